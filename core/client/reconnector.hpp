// Which host is tried next, and when: all hosts in turn, with exponential backoff and full jitter between rounds. The
// policy and its reasons are in docs/design.md, "Coming back".
#pragma once
#include <algorithm>
#include <bit>
#include <cstddef>

#include "wsmq/options.hpp"
#include "wsmq/random.hpp"

namespace wsmq::client {

class Reconnector {
public:
    /// Connections in a row that look taken over before that is reported.
    static constexpr unsigned takeover_threshold = 12;

    Reconnector(const ReconnectPolicy& policy, std::size_t host_count, std::uint64_t seed) noexcept
        : policy_{policy}, host_count_{host_count}, random_{seed} {}

    [[nodiscard]] std::size_t host() const noexcept { return host_; }
    /// Attempts since start() or since the last stable connection.
    [[nodiscard]] unsigned attempt() const noexcept { return attempt_; }

    void start() noexcept {
        host_ = failed_hosts_ = 0;
        rounds_ = attempt_ = suspicious_ends_ = 0;
    }

    /// How an accepted connection ended.
    enum class End : std::uint8_t {
        ours,            ///< by us because we wanted to, or by a timeout
        busy,            ///< by the broker, while an operation was unacknowledged that may be the cause
        without_reason,  ///< by the broker, while none was
        with_reason,     ///< likewise, with a failure in DISCONNECT; or by us, because of what the broker sent
    };
    /// A connection ended after `lasted`: its host is tried first.
    [[nodiscard]] Duration connection_lost(Duration lasted, End end) noexcept {
        const bool was_stable = lasted >= policy_.stable_after;
        if (was_stable) attempt_ = 0;
        if (was_stable || end == End::ours || end == End::with_reason) suspicious_ends_ = 0;
        if (!was_stable && end == End::without_reason) ++suspicious_ends_;
        // A broker that disconnects with a failure soon after CONNACK, or sends what it must not, is not retried as
        // fast.
        if (was_stable || end != End::with_reason) rounds_ = 0;
        forgiven_ = 0;
        failed_hosts_ = 0;
        ++attempt_;
        return backoff();
    }
    /// We ended a connection in order to make the next one, at the same host and at once.
    void connection_replaced() noexcept {
        failed_hosts_ = 0;
        rounds_ = suspicious_ends_ = forgiven_ = 0;
        attempt_ = 1;
    }
    [[nodiscard]] bool looks_taken_over() const noexcept { return suspicious_ends_ >= takeover_threshold; }

    /// An attempt failed, whose transport `was_open`. Nothing to wait for until every host had its turn.
    [[nodiscard]] Duration attempt_failed(bool was_open) noexcept {
        host_ = (host_ + 1) % host_count_;
        ++attempt_;
        if (++failed_hosts_ < host_count_) return Duration::zero();
        failed_hosts_ = 0;
        // Attempts that a bad network interrupts do not raise the backoff at once.
        constexpr unsigned most_forgiven = 2;
        if (was_open && rounds_ == 1 && forgiven_ < most_forgiven) {
            ++forgiven_;
            rounds_ = 0;
        }
        return backoff();
    }
    /// The next attempt is at the same host.
    void attempt_again() noexcept { ++attempt_; }

    /// Whether the attempt that just failed was the last of its round.
    [[nodiscard]] bool round_is_over() const noexcept { return failed_hosts_ == 0; }

private:
    Duration backoff() noexcept {
        constexpr unsigned maximum_doublings = 20;
        const auto of_takeover = static_cast<unsigned>(std::bit_width(suspicious_ends_ / takeover_threshold + 1)) - 1;
        const auto doublings = std::min(rounds_ + of_takeover, maximum_doublings);
        const auto ceiling = std::min(policy_.backoff_max, policy_.backoff_min * (1 << doublings));
        ++rounds_;
        const auto bound = static_cast<std::uint64_t>(std::max<Duration::rep>(ceiling.count(), 0));
        return Duration{static_cast<Duration::rep>(random_.up_to(bound))};
    }

    ReconnectPolicy policy_;
    std::size_t host_count_;
    Random random_;
    std::size_t host_ = 0;
    std::size_t failed_hosts_ = 0;
    unsigned rounds_ = 0;  ///< that failed, or ended too soon, and so the doublings
    unsigned attempt_ = 0;
    unsigned suspicious_ends_ = 0;  ///< connections in a row that look taken over
    unsigned forgiven_ = 0;         ///< attempts since the last connection
};

}  // namespace wsmq::client
