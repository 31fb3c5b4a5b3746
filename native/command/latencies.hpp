// A histogram of latencies, whose size depends on their range and not on their number.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

#include "wsmq/native/metrics.hpp"

namespace wsmq::command {

/// Percentiles are exact to a sixteenth of their value.
class Latencies {
public:
    void add(std::uint64_t nanoseconds) noexcept {
        ++buckets_[bucket_of(nanoseconds)];
        ++count_;
        if (nanoseconds > maximum_) maximum_ = nanoseconds;
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t maximum() const noexcept { return maximum_; }

    /// The same as a histogram of Prometheus, exact to a sixteenth.
    [[nodiscard]] native::Durations durations() const noexcept {
        native::Durations all;
        for (std::size_t i = 0; i < buckets_.size(); ++i)
            all.add(std::chrono::nanoseconds{std::min(upper_bound(i), maximum_)}, buckets_[i]);
        return all;
    }

    /// The latency that `share` (0 to 1) of all do not exceed, in nanoseconds; 0 where there are none.
    [[nodiscard]] std::uint64_t percentile(double share) const noexcept {
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += buckets_[i];
            if (seen > wanted) return std::min(upper_bound(i), maximum_);
        }
        return maximum_;
    }

private:
    // 16 buckets for each power of two.
    static constexpr unsigned fine_bits = 4;

    static std::size_t bucket_of(std::uint64_t value) noexcept {
        if (value < 1u << fine_bits) return static_cast<std::size_t>(value);
        const auto exponent = static_cast<unsigned>(std::bit_width(value)) - 1;
        const auto fine = value >> (exponent - fine_bits) & ((1u << fine_bits) - 1);
        return (exponent - fine_bits + 1) << fine_bits | static_cast<std::size_t>(fine);
    }

    static std::uint64_t upper_bound(std::size_t bucket) noexcept {
        if (bucket < 1u << fine_bits) return bucket;
        const auto shift = (bucket >> fine_bits) - 1;
        const auto fine = bucket & ((1u << fine_bits) - 1);
        return (((std::uint64_t{1} << fine_bits) + fine + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (64 - fine_bits + 1) << fine_bits> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t maximum_ = 0;
};

}  // namespace wsmq::command
