// What to do after a CONNACK that refuses: retry as the policy says, at once with other credentials, or never.
#pragma once
#include <cstdint>
#include <optional>
#include <utility>

#include "wsmq/options.hpp"
#include "wsmq/reason_code.hpp"

namespace wsmq::client {

/// When the next attempt follows the end of a connection or of an attempt.
enum class Retry : std::uint8_t {
    by_policy,
    at_once,  ///< at the same host
    never,
};

class RefusalHistory {
public:
    /// On start() and on every accepted connection.
    void clear() noexcept { *this = {}; }

    /// `was_connected`: the broker accepted us since start().
    [[nodiscard]] Retry after_refusal(ReasonCode reason, const ConnectOptions& options, bool was_connected,
                                      TimePoint now) noexcept {
        const bool moved_elsewhere = reason == ReasonCode::server_moved && options.host_count > 1;
        if (!is_final_refusal(reason) || moved_elsewhere) return Retry::by_policy;
        if (was_connected) {
            // A broker that is starting may not know its users yet.
            if (!refused_since_) refused_since_ = now;
            return now - *refused_since_ < options.reconnect.refusal_patience ? Retry::by_policy : Retry::never;
        }
        const bool by_credentials =
            reason == ReasonCode::bad_user_name_or_password || reason == ReasonCode::not_authorized;
        const bool asks_again = by_credentials && options.ask_credentials && !std::exchange(asked_again_, true);
        return asks_again ? Retry::at_once : Retry::never;
    }

private:
    std::optional<TimePoint> refused_since_;  ///< with a reason that would be final at first
    bool asked_again_ = false;                ///< for credentials
};

}  // namespace wsmq::client
