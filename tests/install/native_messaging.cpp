// Uses services and webapps from outside: handlers of each shape, and options that cannot work.
#include <boost/asio/io_context.hpp>
#include <optional>

#include "wsmq/native/device.hpp"
#include "wsmq/native/service.hpp"
#include "wsmq/native/webapp.hpp"

int main() {
    using namespace wsmq::native;
    boost::asio::io_context io;
    Service service{io, "mqtt://localhost", {.service = "not/sound"}};
    service.on("sum", [](const Request& request) { return request.params().at(0); });
    service.on("later", [](const Request& request) -> boost::asio::awaitable<Response> { co_return request.method(); });
    if (service.run() != wsmq::messaging::Error::invalid_name) return 1;

    Webapp app{io.get_executor(), "mqtt://localhost", {.uid = make_uid("acme", "ann")}};
    std::optional<ErrorCode> ended;
    app.async_request(Target::service("orders"), "sum", {1, 2}, {},
                      [&](ErrorCode error, const Reply&) { ended = error; });
    const Device device{io.get_executor(), "mqtt://localhost", {.serial_number = "SN-1"}};
    io.restart();
    io.run();
    return ended == wsmq::messaging::Error::not_connected && !device.is_joined() ? 0 : 1;
}
