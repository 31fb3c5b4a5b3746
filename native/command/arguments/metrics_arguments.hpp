// The file of metrics that a command keeps while it runs.
#pragma once
#include <string>

namespace CLI {
class App;
}

namespace wsmq::command {

struct MetricsArguments {
    std::string file;      ///< empty: none
    double interval = 15;  ///< seconds

    void add_to(CLI::App&);
};

}  // namespace wsmq::command
