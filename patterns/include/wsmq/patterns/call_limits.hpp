// Bounds for whoever answers requests; notifications count as such. One account, "{org}:{user}" of the sender, takes at
// most half of the first three, and at least one request: its others wait, and those of other accounts go before them.
#pragma once
#include <cstddef>

#include "wsmq/types.hpp"

namespace wsmq::patterns {

struct CallLimits {
    /// Requests that are told and not yet answered.
    std::size_t concurrency = 64;
    /// Requests that wait for their turn, and the bytes that their messages may take; one more is answered with -32004,
    /// overloaded, and a notification dropped.
    std::size_t queue = 256;
    std::size_t queue_bytes = 4u << 20;
    /// A stream that has an item to send, and for so long no credit, is ended with -32003, cancelled.
    Duration stall_timeout{30'000};
    /// A call that came without an expiry (MQTT 3) lives so long, and so does its answer.
    Duration default_expiry{60'000};
    /// A later expiry is cut down to this.
    Duration longest_expiry{3'600'000};
    /// Answers kept for duplicates, and the bytes that they may take; the oldest are forgotten first.
    std::size_t remembered_answers = 1'024;
    std::size_t remembered_bytes = 4u << 20;
};

/// Whether requests can be worked on at all within them.
[[nodiscard]] constexpr bool is_valid(const CallLimits& limits) noexcept {
    constexpr Duration none{0};
    return limits.concurrency > 0 && limits.stall_timeout > none && limits.default_expiry > none &&
           limits.longest_expiry > none;
}

}  // namespace wsmq::patterns
