// The README's program: subscribes, publishes, prints what comes back, and ends.
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>

#include "wsmq/native/client.hpp"

int main(int argc, char** argv) {
    boost::asio::io_context io;
    wsmq::native::Client client{io.get_executor(), argc > 1 ? argv[1] : "mqtt://localhost"};
    client.async_connect(boost::asio::detached);
    client.async_subscribe(
        {"lab/#"},
        [&](const wsmq::Message& message) {
            std::cout << message.topic << ": " << wsmq::native::as_text(message.payload) << '\n';
            client.async_disconnect(boost::asio::detached);
        },
        boost::asio::detached);
    client.async_publish("lab/1/temperature", "21.5", {.qos = wsmq::Qos::at_least_once}, boost::asio::detached);
    io.run();
}
