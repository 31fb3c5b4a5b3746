// The arguments of the subcommands of the messaging layer.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connection_arguments.hpp"
#include "metrics_arguments.hpp"
#include "wsmq/messaging/names.hpp"

namespace wsmq::command {

/// Throws UsageError where it is invalid.
/// The rule for names, for error texts.
inline constexpr auto name_rule = "1 to 64 of A-Z a-z 0-9 _ . -";
inline constexpr auto account_rule = "--org and --user have 1 to 64 bytes of UTF-8 each, without / + # and :.";

void check_root(const std::string& root);

struct RequestArguments {
    enum class Progress : std::uint8_t { error_output, output, none };

    ConnectionArguments connection;
    std::optional<std::string> words[3];  ///< SERVICE METHOD [PARAMS], without SERVICE where it is for somebody else
    std::optional<std::string> peer;
    bool backend = false;
    std::optional<std::string> file;
    double timeout = 10;  ///< seconds
    bool notify = false;
    Progress progress = Progress::error_output;
    bool pretty = false;
    std::string content_type;
    std::string traceparent;
    std::string root{messaging::default_root};
    std::string org = "wsmq";
    std::string user;  ///< empty: the login name
    std::string uid;   ///< empty: made of org and user
    void add_to(CLI::App&);
};

struct ServeArguments {
    ConnectionArguments connection;
    std::optional<std::string> service;
    bool backend = false;
    bool echo = false;
    std::optional<std::string> executable;  ///< --exec
    std::vector<std::string> program;       ///< behind --, with its arguments
    bool text = false;
    bool lines = false;
    bool raw = false;
    std::string content_type;
    std::vector<std::string> methods;
    std::string instance;
    std::string version = "0";
    bool no_share = false;
    std::uint32_t janitor = 0;  ///< seconds; 0: it is none
    unsigned jobs = 0;          ///< 0: as many as there are processors
    std::size_t queue = 256;
    std::size_t queue_bytes = 4u << 20;
    double stall = 30;                      ///< seconds
    std::size_t maximum_output = 4u << 20;  ///< bytes
    double patience = 30;                   ///< seconds
    std::optional<double> timeout;          ///< seconds until it has joined
    MetricsArguments metrics;
    std::string root{messaging::default_root};
    void add_to(CLI::App&);
};

/// Of `presence` and `services`.
struct WatchArguments {
    ConnectionArguments connection;
    std::optional<double> timeout;  ///< seconds
    double settle = 0.5;            ///< seconds without a retained record after which all are here
    std::string root{messaging::default_root};

protected:
    void add_common(CLI::App&);
};

struct PresenceArguments : WatchArguments {
    std::string org;
    std::string user;
    bool once = false;
    bool roll_call = false;
    void add_to(CLI::App&);
};

struct ServicesArguments : WatchArguments {
    std::string service;
    bool watch = false;
    bool online = false;
    void add_to(CLI::App&);
};

}  // namespace wsmq::command
