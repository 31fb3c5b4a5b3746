// Which host is next, and when: every host in turn, rounds over all of them apart by exponential
// backoff with full jitter.
#pragma once
#include <algorithm>
#include <cstddef>

#include "wsmq/options.hpp"
#include "wsmq/random.hpp"

namespace wsmq::client {

class Reconnector {
public:
    Reconnector(const ReconnectPolicy& policy, std::size_t host_count, std::uint64_t seed) noexcept
        : policy_{policy}, host_count_{host_count}, random_{seed} {}

    [[nodiscard]] std::size_t host() const noexcept { return host_; }
    /// Attempts since start() or since the last stable connection.
    [[nodiscard]] unsigned attempt() const noexcept { return attempt_; }

    void start() noexcept {
        host_ = failed_hosts_ = 0;
        rounds_ = attempt_ = 0;
    }

    /// A connection ended after `lasted`: its host is tried first.
    [[nodiscard]] Duration connection_lost(Duration lasted) noexcept {
        if (lasted >= policy_.stable_after) rounds_ = attempt_ = 0;
        failed_hosts_ = 0;
        ++attempt_;
        return backoff();
    }

    /// An attempt failed. Nothing to wait for until every host had its turn.
    [[nodiscard]] Duration attempt_failed() noexcept {
        host_ = (host_ + 1) % host_count_;
        ++attempt_;
        if (++failed_hosts_ < host_count_) return Duration::zero();
        failed_hosts_ = 0;
        return backoff();
    }

    /// Whether the attempt that just failed was the last of its round.
    [[nodiscard]] bool round_is_over() const noexcept { return failed_hosts_ == 0; }

private:
    Duration backoff() noexcept {
        constexpr unsigned maximum_doublings = 20;
        const auto ceiling =
            std::min(policy_.backoff_max, policy_.backoff_min * (1 << std::min(rounds_, maximum_doublings)));
        ++rounds_;
        const auto bound = static_cast<std::uint64_t>(std::max<Duration::rep>(ceiling.count(), 0));
        return Duration{static_cast<Duration::rep>(random_.up_to(bound))};
    }

    ReconnectPolicy policy_;
    std::size_t host_count_;
    Random random_;
    std::size_t host_ = 0;
    std::size_t failed_hosts_ = 0;
    unsigned rounds_ = 0;
    unsigned attempt_ = 0;
};

}  // namespace wsmq::client
