// The arguments of the subcommands.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connection_arguments.hpp"
#include "load_arguments.hpp"
#include "messages/payload.hpp"
#include "metrics_arguments.hpp"

namespace wsmq::command {

struct PubArguments {
    ConnectionArguments connection;
    std::string topic;
    PayloadArguments payload;
    unsigned qos = 0;
    bool retain = false;
    double repeat_delay = 0;        ///< seconds between repeats
    std::optional<double> timeout;  ///< seconds
    void add_to(CLI::App&);
};

struct SubArguments {
    ConnectionArguments connection;
    std::vector<std::string> topic_filters;
    std::vector<std::string> filtered_out;
    std::vector<std::string> unsubscribed;
    unsigned qos = 0;
    std::optional<std::uint64_t> count;
    std::optional<double> timeout;  ///< seconds
    bool verbose = false;
    bool no_newline = false;
    std::optional<std::string> format;
    bool pretty = false;
    bool no_retained = false;
    bool retained_only = false;
    bool remove_retained = false;
    bool exit_after_subscribe = false;
    std::string store;
    bool no_local = false;
    bool retain_as_published = false;
    std::optional<unsigned> retain_handling;
    void add_to(CLI::App&);
};

struct BenchArguments {
    ConnectionArguments connection;
    std::string topic = "wsmq/bench/%i";
    unsigned publishers = 1;
    unsigned subscribers = 1;
    std::uint64_t messages = 100'000;  ///< of each publisher
    std::size_t size = 64;             ///< bytes of payload, 16 at least
    unsigned qos = 0;
    std::optional<double> rate;  ///< messages a second of each publisher
    unsigned window = 100;       ///< unacknowledged messages of each publisher
    double timeout = 60;         ///< seconds without progress
    MetricsArguments metrics;
    LoadArguments load;  ///< of webapps instead
    void add_to(CLI::App&);
};

}  // namespace wsmq::command
