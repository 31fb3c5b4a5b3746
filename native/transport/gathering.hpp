// When a read had better wait. A broker that writes each message by itself wakes its reader for each, and waking up
// costs several times what reading a message does. So where little reads follow one another closely, the next one waits
// a moment for several pieces. It goes on where the stream flows on as before: one that waits for us, because it is
// answered or acknowledged, must not be slowed down.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

#include "wsmq/types.hpp"

namespace wsmq::native {

class Gathering {
public:
    /// So many close reads in a row, and the next ones wait.
    static constexpr unsigned sample = 64;
    /// As many at most, after waits that were of no use.
    static constexpr unsigned longest_sample = 4096;
    /// What every wait has to bring, in what a read brings otherwise.
    static constexpr unsigned gain = 2;
    /// So many waits together must not slow the stream down.
    static constexpr unsigned trial = 8;

    /// Of a wait. 0 or less: no read waits.
    explicit Gathering(std::chrono::microseconds limit) noexcept : limit_{limit} {}

    [[nodiscard]] std::chrono::microseconds limit() const noexcept { return limit_; }
    /// Whether the read that begins now is to wait.
    [[nodiscard]] bool is_due() const noexcept { return single_.reads >= needed_ && !has_more_; }

    /// The next reads do not wait.
    void stop() noexcept { single_ = waited_ = {}; }
    /// A read into a buffer of `room` bytes brought `size`.
    void read(std::size_t size, std::size_t room, TimePoint now) noexcept {
        const bool waited = is_due();
        const auto before = std::exchange(last_, now);
        has_more_ = size >= room;
        if (before == TimePoint{}) return;  // the first one
        const auto elapsed = now - before;
        if (waited) {
            if (has_more_) return;  // nobody waits for us
            waited_.add(size, elapsed);
            judge(size);
        } else if (4 * size < room) {  // a larger one was worth its while, and says nothing
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
    Reads single_;  ///< those in a row that did not wait
    Reads waited_;
    unsigned needed_ = sample;
    bool has_more_ = false;  ///< the last read left something
};

}  // namespace wsmq::native
