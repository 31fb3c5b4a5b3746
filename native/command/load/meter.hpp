// What a phase of a load took: time, processor time on both sides, and bytes of each webapp.
#pragma once
#include <optional>

#include "load/crowd.hpp"
#include "load/resources.hpp"
#include "text/json_text.hpp"

namespace wsmq::command {

class Meter {
public:
    /// Begins. `broker`: its process, or 0.
    Meter(const Crowd&, pid_t broker);
    /// So far.
    [[nodiscard]] Json read() const;

private:
    const Crowd& crowd_;
    pid_t broker_;
    LoadClock::time_point start_;
    Usage own_;
    std::optional<Usage> of_broker_;
    native::Traffic traffic_;
};

/// Percentiles in milliseconds; null where there are none.
[[nodiscard]] Json milliseconds_of(const Latencies&);

}  // namespace wsmq::command
