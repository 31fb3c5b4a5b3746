// The arguments of `wsmq bench --webapps`.
#pragma once
#include <sys/types.h>

#include <string>

namespace CLI {
class App;
}

namespace wsmq::command {

struct LoadArguments {
    unsigned webapps = 0;  ///< 0: it is a benchmark of messages
    unsigned services = 1;
    unsigned tenants = 1;
    std::string watch = "all";  ///< or "none"
    unsigned rooms = 0;
    unsigned join_at_once = 50;
    unsigned requests = 10;  ///< of each webapp
    pid_t broker = 0;        ///< 0: not measured
    std::string restart_command;
    std::string root = "wsmq/bench/";

    /// After the options of the other benchmark, which are refused beside --webapps.
    void add_to(CLI::App&);
    /// What else cannot be. Throws UsageError.
    void check() const;
    [[nodiscard]] bool watches() const { return watch == "all"; }
};

}  // namespace wsmq::command
