// The README's service: answers webapps until SIGTERM. The second argument is a file of metrics for Prometheus.
#include <iostream>

#include "wsmq/native/metrics_file.hpp"
#include "wsmq/native/service.hpp"

int main(int argc, char** argv) {
    boost::asio::io_context io;
    wsmq::native::Service orders{io, argc > 1 ? argv[1] : "mqtt://localhost", {.service = "orders"}};
    orders.on("create", [](const wsmq::native::Request& request) -> nlohmann::json {
        return {{"user", request.user()}, {"item", request.params().at("item")}};
    });
    if (argc < 3) return orders.run() ? 1 : 0;
    wsmq::native::MetricsFile metrics{orders, argv[2]};
    if (const auto error = metrics.start()) std::cerr << argv[2] << ": " << error.message() << '\n';
    return orders.run() ? 1 : 0;
}
