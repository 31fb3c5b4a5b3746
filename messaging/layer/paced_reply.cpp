#include "layer/paced_reply.hpp"

#include <algorithm>

namespace wsmq::messaging {

namespace {

// docs/protocol.md, Roll call.
constexpr Duration longest_delay{500};
constexpr Duration shortest_pause{2'000};
constexpr Duration longest_pause{64'000};

}  // namespace

void PacedReply::request(TimePoint now, Random& random) {
    if (now - last_asked_ >= longest_pause) pause_ = {};
    last_asked_ = now;
    if (timers_.is_set(timer_)) return;
    const Duration delay{static_cast<Duration::rep>(random.up_to(static_cast<std::uint64_t>(longest_delay.count())))};
    timers_.set(timer_, std::max(now + delay, last_answer_ + std::max(pause_, shortest_pause)));
}

bool PacedReply::take(TimePoint now) {
    if (!timers_.expired(timer_, now)) return false;
    last_answer_ = now;
    pause_ = std::clamp(2 * pause_, shortest_pause, longest_pause);
    return true;
}

}  // namespace wsmq::messaging
