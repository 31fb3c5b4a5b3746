// Topic aliases of one connection (MQTT 5.0, 3.3.2.3.4), in each direction.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsmq::session {

/// The broker's aliases. A topic that find() returned is valid until forget_retired(), even if its alias is assigned to
/// another topic meanwhile.
class IncomingTopicAliases {
public:
    /// A new connection: nothing is known, and aliases 1 to `maximum` are allowed.
    void reset(std::uint16_t maximum);
    /// False where the alias is not allowed.
    bool assign(std::uint16_t alias, std::string_view topic);
    [[nodiscard]] std::optional<std::string_view> find(std::uint16_t alias) const noexcept;
    void forget_retired() noexcept { retired_.clear(); }

private:
    using Topic = std::vector<char>;  // unlike a short std::string, it moves without moving its bytes
    std::vector<Topic> topics_;       ///< by alias - 1; empty: not assigned
    std::vector<Topic> retired_;
    std::uint16_t maximum_ = 0;
};

/// Ours: assigned to topics in the order of their use until none are left, and then kept, so that a stream of new
/// topics does not pay for aliases that it never uses.
class OutgoingTopicAliases {
public:
    struct Alias {
        std::uint16_t alias = 0;  ///< 0: none for this topic
        bool is_new = false;      ///< the topic is sent with it, once
    };

    void reset(std::uint16_t maximum);
    [[nodiscard]] Alias find_or_assign(std::string_view topic);

private:
    std::vector<std::string> topics_;
    std::uint16_t maximum_ = 0;
};

}  // namespace wsmq::session
