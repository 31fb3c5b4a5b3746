// The timers of a layer and when each is due, in one table. Deadlines of which there are many of a kind are in a
// DeadlineQueue.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "wsmq/types.hpp"

namespace wsmq::messaging {

enum class Timer : std::uint8_t {
    leave,              ///< the broker has not confirmed our goodbye
    owed_record,        ///< the queue had no room for our own record
    presence_renewal,   ///< our own record is about to expire
    presence_reply,     ///< somebody asked for our record
    presence_request,   ///< the broker did not deliver what it retains: we ask for the records
    presence_settled,   ///< all that are there have shown up
    presence_expiry,    ///< the record of another webapp has expired
    discovery_settled,  ///< the retained records of a service have arrived
    discovery_expiry,   ///< the record of an instance has expired
    record_renewal,     ///< our own discovery record is about to expire
    record_reply,       ///< another instance has come, which may not know us
    record_statistics,  ///< the statistics in our record are to be updated
    sharing_probe,      ///< the broker has not delivered through a shared subscription
};

class TimerTable {
public:
    TimerTable() noexcept { due_.fill(never); }

    void set(Timer timer, TimePoint due) noexcept { at(timer) = due; }
    /// Unless it is due earlier.
    void set_earlier(Timer timer, TimePoint due) noexcept { at(timer) = std::min(at(timer), due); }
    /// Unless it is due later.
    void set_later(Timer timer, TimePoint due) noexcept { at(timer) = std::max(at(timer), due); }
    void stop(Timer timer) noexcept { at(timer) = never; }
    [[nodiscard]] bool is_set(Timer timer) const noexcept { return due_[static_cast<std::size_t>(timer)] != never; }
    /// True, once, where it is due.
    [[nodiscard]] bool expired(Timer timer, TimePoint now) noexcept {
        if (at(timer) > now) return false;
        stop(timer);
        return true;
    }
    [[nodiscard]] std::optional<TimePoint> next() const noexcept {
        const auto first = *std::min_element(due_.begin(), due_.end());
        return first == never ? std::nullopt : std::optional{first};
    }

private:
    static constexpr TimePoint never = TimePoint::max();
    static constexpr std::size_t count = static_cast<std::size_t>(Timer::sharing_probe) + 1;
    [[nodiscard]] TimePoint& at(Timer timer) noexcept { return due_[static_cast<std::size_t>(timer)]; }

    std::array<TimePoint, count> due_;
};

}  // namespace wsmq::messaging
