// From the start to the end: subscriptions, the record, joined, left.
#include <algorithm>

#include "webapp/impl.hpp"

namespace wsmq::patterns {

namespace {

constexpr Duration farewell_time{2'000};

}  // namespace

void Webapp::Impl::handle_opening() {
    if (std::exchange(begun, true)) return;
    leaving = granted = false;
    (void)context.port.subscribe(join_filters, {Purpose::join}, context.now);
    for (const auto& room : rooms) (void)want(context.topics.room(room, "+"));
    for (const auto& device : devices) (void)want(context.topics.device(device));
    discovery.subscribe_again();
}

void Webapp::Impl::handle_connected(const Connected& event) {
    announced = joined = false;
    if (event.reconnected) roster.handle_connected(event.session_present);
    announce();
}

/// Behind the subscriptions: whoever sees the record can reach us.
void Webapp::Impl::announce() {
    if (!options.appears) {
        announced = true;
        return check_joined();
    }
    const auto error = announcer.announce(Purpose::presence);
    if (error != Error::none) fail_to_join(error, ReasonCode::success);
}

void Webapp::Impl::handle_disconnected(const Disconnected& event) {
    announced = joined = false;
    announcer.handle_disconnected();
    if (event.reconnecting) {
        if (leaving) stop();
        return;
    }
    begun = granted = joined_before = false;
    const bool on_purpose = leaving || event.why == Errc::none;
    caller.fail_all(on_purpose ? Error::left : Error::not_connected);
    responder.end_all();
    roster.handle_stopped();
    leave_due.reset();
    if (std::exchange(leaving, false)) context.events.push(Left{});
}

void Webapp::Impl::handle_completed(const Operation& operation, const Completed& event) {
    switch (operation.purpose) {
        case Purpose::nothing: return;
        case Purpose::join:
            if (is_failure(event.reason)) return fail_to_join(Error::refused, event.reason);
            granted = true;
            return check_joined();
        case Purpose::presence:
            if (is_failure(event.reason)) return fail_to_join(Error::refused, event.reason);
            announced = true;
            return check_joined();
        case Purpose::farewell: return stop();
        case Purpose::request: return caller.handle_delivered(operation.number, event.reason);
        case Purpose::roster: return roster.handle_subscribed();
        case Purpose::janitor: return;
        case Purpose::discovery: return discovery.handle_subscribed(operation.number);
    }
}

void Webapp::Impl::handle_failed(const Operation& operation, Errc error) {
    if (operation.purpose == Purpose::request) return caller.handle_undelivered(operation.number, error_of(error));
    // The client was stopped, and says so itself.
    if (error == Errc::stopped) return;
    if (operation.purpose == Purpose::farewell) return stop();
    const bool was_to_join = operation.purpose == Purpose::join || operation.purpose == Purpose::presence;
    if (was_to_join) fail_to_join(error_of(error), ReasonCode::success);
}

void Webapp::Impl::check_joined() {
    if (joined || leaving || !granted || !announced || !context.port.is_connected()) return;
    joined = true;
    context.events.push(Joined{std::exchange(joined_before, true)});
    roster.handle_joined();
}

void Webapp::Impl::fail_to_join(Error why, ReasonCode reason) { context.events.push(JoinFailed{why, reason}); }

void Webapp::Impl::handle_lost(const SubscriptionLost& lost) {
    if (std::ranges::find(join_filters, lost.topic_filter) == join_filters.end()) return;
    fail_to_join(Error::refused, lost.reason);
}

void Webapp::Impl::leave() {
    if (leaving) return;
    if (!context.port.client().is_started()) {
        context.events.push(Left{});
        return;
    }
    leaving = true;
    joined = false;
    caller.fail_all(Error::left);
    if (!context.port.is_connected()) return stop();
    responder.fail_all("The responder has left");
    leave_due = context.now + farewell_time;
    if (!options.appears || announcer.say_farewell() != Error::none) stop();
}

void Webapp::Impl::stop() {
    leave_due.reset();
    context.port.client().stop(context.now);
}

}  // namespace wsmq::patterns
