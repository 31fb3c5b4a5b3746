#include "timer.hpp"

#include <emscripten/emscripten.h>

#include <algorithm>
#include <utility>

extern "C" {
// glue/timers.ts
int wsmq_set_timer(double delay, wsmq::wasm::Timer* timer);
void wsmq_clear_timer(int id);
}

namespace wsmq::wasm {

namespace {

constexpr Duration longest_delay{0x7FFF'FFFF};  // browsers take a longer one for 0

}  // namespace

void Timer::arm(std::optional<TimePoint> deadline, TimePoint now) {
    const bool in_callback = std::exchange(is_firing_, false);
    if (!deadline) return cancel();
    // Browsers slow down timers of hidden pages that are set by timers, down to one a minute. One
    // set from a task of another kind begins a new chain.
    const bool breaks_chain = is_chained_ && !in_callback;
    if (is_set_ && due_ <= *deadline && !breaks_chain) return;
    cancel();
    const auto delay = std::clamp(std::chrono::ceil<Duration>(*deadline - now), Duration{0}, longest_delay);
    id_ = wsmq_set_timer(static_cast<double>(delay.count()), this);
    due_ = *deadline;
    is_set_ = true;
    is_chained_ = in_callback;
}

void Timer::cancel() {
    if (is_set_) wsmq_clear_timer(id_);
    is_set_ = false;
}

void Timer::fire() {
    is_set_ = false;
    is_firing_ = true;
    callback_(context_);  // may destroy the timer
}

}  // namespace wsmq::wasm

extern "C" {

EMSCRIPTEN_KEEPALIVE void wsmq_timer_fired(wsmq::wasm::Timer* timer) { timer->fire(); }
}
