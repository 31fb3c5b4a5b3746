// A histogram of durations, as Prometheus has them.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace wsmq::command {

class Durations {
public:
    /// Upper bounds of the buckets, in seconds.
    static constexpr std::array bounds{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0};

    void add(std::chrono::duration<double> duration) noexcept {
        std::size_t bucket = 0;
        while (bucket < bounds.size() && duration.count() > bounds[bucket]) ++bucket;
        ++buckets_[bucket];
        sum_ += duration.count();
    }

    /// How many there are in a bucket alone; the last one has no bound.
    [[nodiscard]] std::uint64_t in_bucket(std::size_t bucket) const noexcept { return buckets_[bucket]; }
    /// In seconds.
    [[nodiscard]] double sum() const noexcept { return sum_; }

private:
    std::array<std::uint64_t, bounds.size() + 1> buckets_{};
    double sum_ = 0;
};

}  // namespace wsmq::command
