#include "metrics_arguments.hpp"

#include <CLI/CLI.hpp>

#include "arguments/option_kinds.hpp"

namespace wsmq::command {

void MetricsArguments::add_to(CLI::App& app) {
    auto* const option = app.add_option("--metrics-file", file,
                                        "Keep metrics in this file, in the text format of Prometheus; its name ends in "
                                        ".prom for the textfile collector of node_exporter")
                             ->type_name("FILE");
    app.add_option("--metrics-interval", interval, "Seconds after which the file is written again")
        ->check(number(0.1, 86'400))
        ->capture_default_str()
        ->needs(option);
    app.add_option("--metrics-listen", listen,
                   "Serve metrics over HTTP for Prometheus, at /metrics; on loopback, unless an address is given")
        ->type_name("[ADDRESS:]PORT");
}

}  // namespace wsmq::command
