// Keep alive (MQTT 5.0, 3.1.2.10) with two timers: since the last packet sent, as the protocol requires, and since the
// last byte received, so that a dead connection is detected even while we are sending.
#pragma once
#include <algorithm>
#include <optional>

#include "wsmq/types.hpp"

namespace wsmq::client {

class KeepAlive {
public:
    enum class Action : std::uint8_t { none, send_ping, give_up };

    /// How long the broker may take to answer a PINGREQ: half the interval, within these bounds.
    static constexpr Duration shortest_answer{1'000};
    static constexpr Duration longest_answer{10'000};
    /// Shorter after a wake-up, when the user is probably waiting.
    static constexpr Duration probe_answer{5'000};
    /// A timer that is later than this was delayed (a page in the background, a machine asleep), and does not show that
    /// the broker is gone.
    static constexpr Duration held_back{1'000};

    /// An interval of zero: no keep alive, only probes. `by_sending`: see ConnectOptions.
    void start(Duration interval, TimePoint now, bool by_sending = false) noexcept {
        interval_ = interval;
        by_sending_ = by_sending;
        last_sent_ = last_received_ = now;
        answer_due_.reset();
    }

    void sent(TimePoint now) noexcept {
        // Not for the PINGREQ itself, which is sent at the time of the last one.
        if (by_sending_ && now > last_sent_) answer_due_.reset();
        last_sent_ = now;
    }
    void received(TimePoint now) noexcept {
        if (by_sending_) return;
        last_received_ = now;
        answer_due_.reset();
    }
    void answered(TimePoint now) noexcept {
        if (by_sending_) last_sent_ = now;
        answer_due_.reset();
    }

    /// Part of a large output got through: the connection is slow and not dead. A PINGREQ may be queued behind the
    /// rest, so its answer gets its full time from now on, and at least as long again as it was awaited: buffers on the
    /// way to the broker may hold as much.
    void progressed(TimePoint now) noexcept {
        if (by_sending_) return sent(now);
        last_received_ = now;
        if (answer_due_) answer_due_ = std::max(*answer_due_, now + std::max(answer_time(), since_ping(now)));
    }

    /// Whether received bytes are deliberately not read. Meanwhile PINGREQs are sent for the broker's keep alive, and
    /// no answer is awaited.
    void hold_input(bool held, TimePoint now) noexcept {
        if (held_ == held) return;
        held_ = held;
        last_received_ = now;
        answer_due_.reset();
    }

    /// The PINGREQ was sent.
    void ping_sent(TimePoint now) noexcept {
        if (!answer_due_) pinged_ = now;
        probing_ = probing_ && answer_due_;
        expect_answer(now + answer_time());
    }
    /// Does not extend the time of an answer that is overdue.
    void probe_sent(TimePoint now) noexcept {
        if (!answer_due_) pinged_ = now;
        probing_ = true;
        const auto due = now + probe_answer;
        expect_answer(answer_due_ && *answer_due_ > now ? std::min(*answer_due_, due) : due);
    }
    [[nodiscard]] bool is_answer_due() const noexcept { return answer_due_.has_value(); }

    /// Since a wake-up, nothing has shown that the connection is there.
    [[nodiscard]] bool is_probing() const noexcept { return probing_ && answer_due_; }

    [[nodiscard]] std::optional<TimePoint> deadline() const noexcept {
        if (answer_due_) return answer_due_;
        if (interval_ == Duration::zero()) return std::nullopt;
        return (by_sending_ || held_ ? last_sent_ : std::min(last_sent_, last_received_)) + interval_;
    }

    [[nodiscard]] Action poll(TimePoint now) noexcept {
        const auto due = deadline();
        if (!due || now < *due) return Action::none;
        if (!answer_due_) return Action::send_ping;
        if (now - *due > held_back && !grace_given_) {
            // The answer may be received but unread: it gets its time from now.
            grace_given_ = true;
            answer_due_ = now + answer_time();
            return Action::none;
        }
        return Action::give_up;
    }

private:
    [[nodiscard]] Duration answer_time() const noexcept {
        if (by_sending_ && interval_ != Duration::zero()) return interval_;
        return interval_ == Duration::zero() ? probe_answer
                                             : std::clamp(interval_ / 2, shortest_answer, longest_answer);
    }
    [[nodiscard]] Duration since_ping(TimePoint now) const noexcept {
        return std::chrono::duration_cast<Duration>(now - pinged_);
    }
    void expect_answer(TimePoint due) noexcept {
        if (held_) return;
        grace_given_ = false;
        answer_due_ = due;
    }

    Duration interval_{0};
    TimePoint last_sent_{};
    TimePoint last_received_{};
    TimePoint pinged_{};  ///< the first PINGREQ since an answer
    std::optional<TimePoint> answer_due_;
    bool grace_given_ = false;
    bool probing_ = false;  ///< the answer that is due is a probe's
    bool by_sending_ = false;
    bool held_ = false;
};

}  // namespace wsmq::client
