// One timer of the event loop.
#pragma once
#include <optional>

#include "wsmq/types.hpp"

namespace wsmq::wasm {

class Timer {
public:
    using Callback = void (*)(void* context);

    Timer(Callback callback, void* context) : callback_{callback}, context_{context} {}
    ~Timer() { cancel(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// Fires at the deadline or before it: one that moves later is left to fire early and be armed
    /// again, since setting a timer costs more than that.
    void arm(std::optional<TimePoint> deadline, TimePoint now);
    void cancel();
    /// Called by the event loop.
    void fire();

private:
    Callback callback_;
    void* context_;
    int id_ = 0;
    TimePoint due_{};
    bool is_set_ = false;
    bool is_firing_ = false;   ///< the callback runs, and has not armed the timer yet
    bool is_chained_ = false;  ///< was set by the callback of the one before
};

}  // namespace wsmq::wasm
