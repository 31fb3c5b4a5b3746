// Joining and leaving: the subscriptions, the record, and what the broker answers.
#include <algorithm>
#include <vector>

#include "json_rpc/scan.hpp"
#include "webapp/impl.hpp"

namespace wsmq::messaging {

namespace {

constexpr Duration leave_timeout{2'000};
constexpr std::size_t size_of_another_rand = 8;

}  // namespace

void Webapp::Impl::handle_opening() {
    if (std::exchange(started, true)) return;
    membership.handle_opening();
    subscribe_to_join();
    for (const auto& room : rooms) (void)subscribe_if_started(live_subscription(context.topics.room(room, "+")));
    (void)subscribe_to_devices(devices);
    discovery.subscribe_again();
}

void Webapp::Impl::subscribe_to_join() {
    granted = false;
    join_filters = filters_to_join();
    const auto own_record = context.topics.status(options.uid);
    std::vector<Subscription> subscriptions;
    for (const auto& filter : join_filters) {
        subscriptions.push_back(filter == own_record ? retained_subscription(filter) : live_subscription(filter));
    }
    (void)context.broker.subscribe(subscriptions, {Purpose::join}, context.now);
}

void Webapp::Impl::handle_connected(const Connected& event) {
    membership.handle_connected();
    announced = false;
    came_back = event.reconnected;
    if (came_back) roster.handle_connected(event.session_present);
    // Not every broker reports the takeover, but the other webapp has replaced our record. Where the session is lost,
    // the client has renewed the subscription.
    const bool looks = came_back && options.renames && options.appears;
    if (looks && event.session_present)
        (void)subscribe_if_started(retained_subscription(context.topics.status(options.uid)));
    announce();
}

/// After the subscriptions: those who receive the record can reach us.
void Webapp::Impl::announce() {
    if (!options.appears) {
        announced = true;
        return check_joined();
    }
    const auto error = announcer.announce(Purpose::presence);
    if (error != Error::none) membership.fail(error, ReasonCode::success);
}

void Webapp::Impl::handle_disconnected(const Disconnected& event) {
    announced = false;
    announcer.handle_disconnected();
    if (!membership.handle_disconnected(event)) {
        const bool is_displaced = options.renames && event.reason == ReasonCode::session_taken_over;
        if (is_displaced && !membership.is_leaving()) take_new_uid();
        return;
    }
    started = granted = uid_was_taken = false;
    const bool on_purpose = membership.is_leaving() || event.why == Errc::none;
    requester.fail_all(on_purpose ? Error::left : Error::not_connected);
    responder.end_all();
    service_notifications.end_all();
    roster.handle_stopped();
    membership.report_left();
}

bool Webapp::Impl::shows_uid_taken(const IncomingMessage& message) const {
    if (!came_back || !options.renames || !message.retain || !message.may_be_record()) return false;
    const auto since = json_rpc::integer_of(json_rpc::scan(message.payload).find("since"));
    return since.value_or(0) > options.since;
}

void Webapp::Impl::take_new_uid() {
    uid_was_taken = false;
    const auto parts = parse_uid(options.uid);
    const auto uid = make_uid(parts->org, parts->user, make_rand(context.random.next(), size_of_another_rand));
    auto renamed = options;
    renamed.uid = *uid;
    requester.fail_all(Error::session_lost);
    responder.end_all();
    service_notifications.end_all();
    for (const auto purpose : {Purpose::join, Purpose::presence}) context.broker.abandon(purpose);
    // It also discards what is not acknowledged, so that nothing more is sent under the uid of the other webapp.
    if (context.broker.client().rename(*uid, last_will(renamed), context.now) != Errc::none) return;
    (void)context.broker.unsubscribe(join_filters, context.now);
    options.uid = *uid;
    requester.rename(*uid);
    responder.rename(*uid);
    service_notifications.rename(*uid);
    roster.rename(*uid);
    announcer.rename(*uid);
    subscribe_to_join();
    context.events.push(Renamed{options.uid}, {&Renamed::uid});
}

void Webapp::Impl::handle_completed(const Operation& operation, const Completed& event) {
    switch (operation.purpose) {
        case Purpose::nothing: return;
        case Purpose::join:
            if (is_failure(event.reason)) return membership.fail(Error::refused, event.reason);
            granted = true;
            return check_joined();
        case Purpose::presence:
            if (is_failure(event.reason)) return membership.fail(Error::refused, event.reason);
            announced = true;
            return check_joined();
        case Purpose::offline: return membership.stop();
        case Purpose::request: return requester.handle_delivered(operation.number, event.reason);
        case Purpose::roster: return roster.handle_subscribed();
        case Purpose::janitor: return;
        case Purpose::discovery: return discovery.handle_subscribed(operation.number);
    }
}

void Webapp::Impl::handle_failed(const Operation& operation, Errc error) {
    if (operation.purpose == Purpose::request) return requester.handle_undelivered(operation.number, error_of(error));
    // Reported by the Disconnected event.
    if (error == Errc::stopped) return;
    if (operation.purpose == Purpose::offline) return membership.stop(without_goodbye);
    const bool was_to_join = operation.purpose == Purpose::join || operation.purpose == Purpose::presence;
    if (was_to_join) membership.fail(error_of(error), ReasonCode::success);
}

void Webapp::Impl::check_joined() {
    if (granted && announced && membership.join()) roster.handle_joined();
}

void Webapp::Impl::handle_lost(const SubscriptionLost& lost) {
    if (std::ranges::find(join_filters, lost.topic_filter) == join_filters.end()) return;
    membership.fail(Error::refused, lost.reason);
}

void Webapp::Impl::leave() {
    if (membership.is_leaving()) return;
    requester.fail_all(Error::left);
    if (!membership.leave(leave_timeout)) return;
    responder.fail_all("The responder has left");
    service_notifications.end_all();
    if (!options.appears) return membership.stop();
    if (announcer.publish_offline() != Error::none) membership.stop(without_goodbye);
}

}  // namespace wsmq::messaging
