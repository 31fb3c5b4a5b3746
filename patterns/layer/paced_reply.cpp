#include "layer/paced_reply.hpp"

#include <algorithm>

namespace wsmq::patterns {

namespace {

// docs/protocol.md, Roll call.
constexpr Duration longest_delay{500};
constexpr Duration shortest_pause{2'000};
constexpr Duration longest_pause{64'000};

}  // namespace

void PacedReply::request(TimePoint now, Random& random) {
    if (now - last_asked_ >= longest_pause) pause_ = {};
    last_asked_ = now;
    if (due_) return;
    const Duration delay{static_cast<Duration::rep>(random.up_to(static_cast<std::uint64_t>(longest_delay.count())))};
    due_ = std::max(now + delay, last_answer_ + std::max(pause_, shortest_pause));
}

bool PacedReply::take(TimePoint now) {
    if (!due_ || *due_ > now) return false;
    due_.reset();
    last_answer_ = now;
    pause_ = std::clamp(2 * pause_, shortest_pause, longest_pause);
    return true;
}

}  // namespace wsmq::patterns
