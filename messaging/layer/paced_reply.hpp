// When our record is published again for a newcomer that may have missed it: after a random delay, so that not all
// reply at once, and ever more rarely while requests keep coming, since one request makes all reply and all receive the
// replies.
#pragma once
#include "layer/timer_table.hpp"
#include "wsmq/random.hpp"
#include "wsmq/types.hpp"

namespace wsmq::messaging {

class PacedReply {
public:
    PacedReply(TimerTable& timers, Timer timer) noexcept : timers_{timers}, timer_{timer} {}

    /// A request was received. One reply answers all until then.
    void request(TimePoint now, Random&);
    /// True, once, when the reply is due.
    [[nodiscard]] bool take(TimePoint now);
    /// The pending requests were answered by other means, or cannot be answered any more.
    void cancel() noexcept { timers_.stop(timer_); }

private:
    TimerTable& timers_;
    Timer timer_;
    TimePoint last_asked_{};
    TimePoint last_answer_ = TimePoint::min();
    Duration pause_{0};  ///< after the last reply
};

}  // namespace wsmq::messaging
