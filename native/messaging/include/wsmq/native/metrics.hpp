// What a service has done and is doing, for monitoring. prometheus.hpp makes text of it.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wsmq/messaging/call_counts.hpp"
#include "wsmq/native/results.hpp"

namespace wsmq::native {

/// A histogram with fixed buckets.
class Durations {
public:
    /// Upper bounds of the buckets, in seconds; each includes its bound.
    static constexpr std::array bounds{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0};

    /// `count` times.
    void add(std::chrono::duration<double> duration, std::uint64_t count = 1) noexcept {
        std::size_t bucket = 0;
        while (bucket < bounds.size() && duration.count() > bounds[bucket]) ++bucket;
        buckets_[bucket] += count;
        sum_ += duration.count() * static_cast<double>(count);
    }

    /// How many there are in one bucket alone; the last one, at bounds.size(), has no bound.
    [[nodiscard]] std::uint64_t in_bucket(std::size_t bucket) const noexcept { return buckets_[bucket]; }
    /// In seconds.
    [[nodiscard]] double sum() const noexcept { return sum_; }

private:
    std::array<std::uint64_t, bounds.size() + 1> buckets_{};
    double sum_ = 0;
};

struct MethodMetrics {
    std::uint64_t requests = 0;
    std::uint64_t notifications = 0;
    /// Requests that the handler answered with an error.
    std::uint64_t errors = 0;
    /// From the arrival of a request, with the wait for its turn, until it is answered or has ended without an answer.
    Durations durations;
};

struct ServiceMetrics {
    struct Method {
        std::string name;  ///< empty: all that on_any() takes
        MethodMetrics metrics;
    };

    std::string service;
    std::string instance;
    /// Those with a handler, in the order of their names; so however many a caller invents, these are no more.
    std::vector<Method> methods;
    messaging::CallCounts calls;
    std::size_t open = 0;     ///< calls that handlers work on
    std::size_t waiting = 0;  ///< calls that wait for their turn
    std::size_t streams = 0;  ///< open requests that have sent items
    /// Messages that the broker has not acknowledged yet, or that could not be sent yet, and their bytes.
    std::size_t outgoing = 0;
    std::size_t outgoing_bytes = 0;
    bool is_joined = false;
    std::uint64_t reconnections = 0;  ///< how often it has joined again
    Traffic traffic;
};

}  // namespace wsmq::native
