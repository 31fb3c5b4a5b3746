// Decides when a read waits a moment to coalesce several messages. A broker that writes each message by itself wakes
// its reader for each, and a wake-up costs several times as much as reading a message. So after many small reads in
// quick succession, the next ones wait. Waiting continues only while the stream keeps its rate: a peer that waits for
// our answers or acknowledgements must not be slowed down.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

#include "wsmq/types.hpp"

namespace wsmq::native {

class ReadCoalescer {
public:
    /// After so many small reads in quick succession the next ones wait.
    static constexpr unsigned sample = 64;
    /// The most that this number grows to after waits without gain.
    static constexpr unsigned longest_sample = 4096;
    /// A wait must yield this many times the bytes of a read without one.
    static constexpr unsigned gain = 2;
    /// The rate of the stream is judged over so many waits.
    static constexpr unsigned trial = 8;

    /// `limit` of a wait. 0 or less: no read waits.
    explicit ReadCoalescer(std::chrono::microseconds limit) noexcept : limit_{limit} {}

    [[nodiscard]] std::chrono::microseconds limit() const noexcept { return limit_; }
    /// Whether a read that begins now should wait.
    [[nodiscard]] bool is_due() const noexcept { return single_.reads >= needed_ && !has_more_; }

    /// The next reads do not wait.
    void stop() noexcept { single_ = waited_ = {}; }
    /// A read into a buffer of `room` bytes returned `size`.
    void read(std::size_t size, std::size_t room, TimePoint now) noexcept {
        const bool waited = is_due();
        const auto before = std::exchange(last_, now);
        has_more_ = size >= room;
        if (before == TimePoint{}) return;  // the first one
        const auto elapsed = now - before;
        if (waited) {
            if (has_more_) return;  // the peer does not wait for us
            waited_.add(size, elapsed);
            judge(size);
        } else if (4 * size < room) {  // a large read needs no wait
            single_.add(size, elapsed);
            if (2 * gain * single_.time > limit_ * std::max(single_.reads, needed_)) stop();
        }
    }

private:
    struct Reads {
        unsigned reads = 0;
        std::size_t bytes = 0;
        TimePoint::duration time{};

        void add(std::size_t size, TimePoint::duration elapsed) noexcept {
            ++reads;
            bytes += size;
            time += elapsed;
        }
        [[nodiscard]] double rate() const noexcept {
            return static_cast<double>(bytes) / static_cast<double>(time.count());
        }
    };

    void judge(std::size_t size) noexcept {
        const bool gained = size * single_.reads >= gain * single_.bytes;
        if (gained && waited_.reads < trial) return;
        if (gained && 3 * waited_.rate() >= 2 * single_.rate()) {
            waited_ = {};
            needed_ = std::max(needed_ / 4, sample);
        } else {
            stop();
            needed_ = std::min(needed_ * 4, longest_sample);
        }
    }

    std::chrono::microseconds limit_;
    TimePoint last_{};
    Reads single_;  ///< consecutive reads without a wait
    Reads waited_;
    unsigned needed_ = sample;
    bool has_more_ = false;  ///< the last read filled its buffer
};

}  // namespace wsmq::native
