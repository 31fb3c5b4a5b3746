// The metrics of a command while it runs: a file that it keeps, and an address where they can be had.
#pragma once
#include <string>

namespace CLI {
class App;
}

namespace wsmq::command {

struct MetricsArguments {
    std::string file;      ///< empty: none
    double interval = 15;  ///< seconds
    std::string listen;    ///< [ADDRESS:]PORT; empty: nowhere

    void add_to(CLI::App&);
};

}  // namespace wsmq::command
