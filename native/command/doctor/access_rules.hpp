// What the convention allows an account and what it forbids (docs/protocol.md, Access rules), as topics and filters to
// try.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace wsmq::command {

enum class Role : std::uint8_t { webapp, service, device };

/// "webapp", "service", "device".
[[nodiscard]] std::string name_of(Role);

struct Trial {
    enum class Action : std::uint8_t { publish, subscribe };
    Action action;
    std::string topic;
    bool is_allowed;
};

/// Who the account is for.
struct Holder {
    Role role;
    std::string name;  ///< the uid of a webapp; of a service NAME or NAME/INSTANCE; the serial number of a device
    std::string root;

    /// The user name and the client identifier of accounts that are made by `npm run access`.
    [[nodiscard]] std::string account() const;
};

/// Beside others of the same kind, under names that nobody has.
[[nodiscard]] std::vector<Trial> trials_of(const Holder&);

}  // namespace wsmq::command
