#include "layer/membership.hpp"

#include <utility>

namespace wsmq::messaging {

bool Membership::join() {
    if (joined_ || leaving_ || !context_.broker.is_connected()) return false;
    joined_ = true;
    context_.events.push(Joined{std::exchange(joined_before_, true)});
    return true;
}

bool Membership::leave(Duration patience) {
    if (leaving_) return false;
    if (!context_.broker.client().is_started()) {
        context_.events.push(Left{});
        return false;
    }
    leaving_ = true;
    joined_ = false;
    if (context_.broker.is_connected()) {
        context_.timers.set(Timer::leave, context_.now + patience);
        return true;
    }
    stop();
    return false;
}

void Membership::stop(ReasonCode reason) {
    context_.timers.stop(Timer::leave);
    context_.broker.client().stop(context_.now, reason);
}

bool Membership::handle_disconnected(const Disconnected& event) {
    joined_ = false;
    if (event.reconnecting) {
        if (leaving_) stop();
        return false;
    }
    joined_before_ = false;
    context_.timers.stop(Timer::leave);
    return true;
}

void Membership::report_left() {
    if (std::exchange(leaving_, false)) context_.events.push(Left{});
}

}  // namespace wsmq::messaging
