// Calls back at a protocol's deadline. Internal to the driver.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "wsmq/types.hpp"

namespace wsmq::native {

/// Not thread-safe. The timer is set as seldom as possible: one that expires too early costs one spurious call, and
/// setting it for each packet costs more.
class Alarm {
public:
    /// `ring` may destroy the alarm.
    Alarm(const boost::asio::any_io_executor& executor, std::function<void()> ring)
        : state_{std::make_shared<State>(executor, std::move(ring))} {}

    /// Calls `ring` at `due` or earlier. Without `due` never, and the loop has nothing to wait for.
    void set(std::optional<TimePoint> due) {
        if (due && state_->due && *state_->due <= *due) return;
        state_->due = due;
        if (!due) {
            state_->timer.cancel();
            return;
        }
        state_->timer.expires_at(*due);
        state_->timer.async_wait([weak = std::weak_ptr{state_}, due](boost::system::error_code error) {
            const auto state = weak.lock();
            if (error || !state || state->due != due) return;
            state->due.reset();
            state->ring();
        });
    }

private:
    struct State {
        State(const boost::asio::any_io_executor& executor, std::function<void()> to_ring)
            : timer{executor}, ring{std::move(to_ring)} {}

        boost::asio::steady_timer timer;
        std::function<void()> ring;
        std::optional<TimePoint> due;
    };

    std::shared_ptr<State> state_;
};

}  // namespace wsmq::native
