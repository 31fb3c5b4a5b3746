// The arguments of `wsmq doctor`.
#pragma once
#include <optional>
#include <string>

#include "connection_arguments.hpp"
#include "doctor/access_rules.hpp"
#include "wsmq/messaging/names.hpp"

namespace wsmq::command {

struct DoctorArguments {
    ConnectionArguments connection;
    std::string topic = "doctor";
    bool no_measure = false;
    std::optional<double> idle;  ///< seconds
    std::string as;              ///< a role; empty: the access rules are not tried
    std::string uid;
    std::string name;
    std::string root{messaging::default_root};
    bool strict = false;
    std::optional<double> timeout;  ///< seconds

    void add_to(CLI::App&);
    /// Whose access rules are tried, if any. Throws UsageError.
    [[nodiscard]] std::optional<Holder> holder() const;
    /// What else cannot be. Throws UsageError.
    void check() const;
};

}  // namespace wsmq::command
