// Uses the client from outside: an address, an error that says what it is, and a message to itself through the broker
// that the environment names.
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <variant>

#include "wsmq/native/client.hpp"
#include "wsmq/native/transport_error.hpp"
#include "wsmq/native/url.hpp"

namespace native = wsmq::native;

namespace {

bool knows_addresses_and_errors() {
    const auto parsed = native::parse_url("wss://example.org/mqtt?room=1");
    const auto* const url = std::get_if<native::Url>(&parsed);
    if (url == nullptr || url->port != 443 || url->target != "/mqtt?room=1") return false;
    const native::ErrorCode error = native::TransportError::host_name_mismatch;
    return error && !error.message().empty();
}

/// Ends the connection, and with it the loop, once the message has come and was acknowledged, or something failed.
bool sends_itself_a_message(const char* broker) {
    constexpr auto patience = std::chrono::seconds{30};
    constexpr auto qos = wsmq::Qos::exactly_once;
    boost::asio::io_context io;
    native::Client client{io.get_executor(), broker};
    int events = 0;
    bool failed = false;
    const auto happened = [&] {
        if (++events == 2 || failed) client.async_disconnect([](const native::ErrorCode&) {});
    };
    const auto ended = [&](const native::ErrorCode& error, const auto& answer) {
        if (error && !failed) std::cerr << error.message() << ": " << answer.reason_string() << '\n';
        failed = failed || error;
    };
    client.async_connect(ended);
    client.async_subscribe(
        {"install/native", qos},
        [&](const wsmq::Message& message) {
            failed = native::as_text(message.payload) != "hello";
            happened();
        },
        ended);
    client.async_publish("install/native", "hello", {.qos = qos},
                         [&](const native::ErrorCode& error, const native::Answer& answer) {
                             ended(error, answer);
                             happened();
                         });
    io.run_for(patience);
    return events == 2 && !failed && io.stopped();
}

}  // namespace

int main() {
    const char* const broker = std::getenv("WSMQ_BROKER");
    if (broker == nullptr) return 2;
    return knows_addresses_and_errors() && sends_itself_a_message(broker) ? 0 : 1;
}
