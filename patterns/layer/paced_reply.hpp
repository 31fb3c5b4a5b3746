// When we say again what a newcomer may have missed: after a random delay, so that not all speak at once, and ever more
// rarely for who asks without end, since one question makes everybody answer, and everybody hear the answers.
#pragma once
#include <optional>

#include "wsmq/random.hpp"
#include "wsmq/types.hpp"

namespace wsmq::patterns {

class PacedReply {
public:
    /// Somebody asks. There will be one answer, however many ask until then.
    void request(TimePoint now, Random&);
    /// True, once, when the answer is to be given.
    [[nodiscard]] bool take(TimePoint now);
    /// Who has asked so far was told by other means, or cannot be told any more.
    void cancel() noexcept { due_.reset(); }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const noexcept { return due_; }

private:
    std::optional<TimePoint> due_;
    TimePoint last_asked_{};
    TimePoint last_answer_ = TimePoint::min();
    Duration pause_{0};  ///< behind the last answer
};

}  // namespace wsmq::patterns
