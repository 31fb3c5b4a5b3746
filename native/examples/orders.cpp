// The README's service: answers webapps until SIGTERM.
#include "wsmq/native/service.hpp"

int main(int argc, char** argv) {
    boost::asio::io_context io;
    wsmq::native::Service orders{io, argc > 1 ? argv[1] : "mqtt://localhost", {.service = "orders"}};
    orders.on("create", [](const wsmq::native::Request& request) -> nlohmann::json {
        return {{"user", request.user()}, {"item", request.params().at("item")}};
    });
    return orders.run() ? 1 : 0;
}
