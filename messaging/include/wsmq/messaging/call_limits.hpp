// Bounds for a responder; notifications count as requests. One account, "{org}:{user}" of the sender, takes at most
// half of each of the first three, and at least one request: more of it wait, and those of other accounts go first.
#pragma once
#include <cstddef>

#include "wsmq/types.hpp"

namespace wsmq::messaging {

struct CallLimits {
    /// Requests that are delivered and not yet answered.
    std::size_t concurrency = 64;
    /// Requests that wait for their turn, and the bytes that their messages may take; one more is answered with -32004,
    /// overloaded, and a notification dropped.
    std::size_t queue = 256;
    std::size_t queue_bytes = 4u << 20;
    /// A stream that has an item to send and no credit for this long ends with -32003, cancelled.
    Duration stall_timeout{30'000};
    /// Lifetime of a call that came without an expiry (MQTT 3), and of its answer.
    Duration default_expiry{60'000};
    /// A longer expiry is shortened to this.
    Duration longest_expiry{3'600'000};
    /// Answers kept for duplicates, and the bytes that they may take; the oldest are discarded first.
    std::size_t remembered_answers = 1'024;
    std::size_t remembered_bytes = 4u << 20;
};

/// Whether requests can be processed at all within them.
[[nodiscard]] constexpr bool is_valid(const CallLimits& limits) noexcept {
    constexpr Duration none{0};
    return limits.concurrency > 0 && limits.stall_timeout > none && limits.default_expiry > none &&
           limits.longest_expiry > none;
}

}  // namespace wsmq::messaging
