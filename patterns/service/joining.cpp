// From the start to the end: subscriptions, the record, joined, left.
#include <algorithm>
#include <utility>

#include "service/impl.hpp"

namespace wsmq::patterns {

namespace {

/// Which subscription a Purpose::join is.
constexpr std::uint64_t shared_requests = 1;
constexpr std::uint64_t share_on_trial = 2;

}  // namespace

void Service::Impl::handle_connected(const Connected&) {
    membership.handle_connected();
    instances.clear();
    janitor.clear();
    if (!begun) return begin();
    if (wanted == 0) handle_granted();
}

/// Only now is it known whether the broker shares subscriptions.
void Service::Impl::begin() {
    begun = true;
    membership.handle_opening();
    refused = false;
    wanted = 0;
    shares = is_named() && options.shares;
    janitor.subscribe();
    const auto requests = requests_filter();
    if (!is_named()) return join({live(requests)});
    const auto own = context.topics.instance(options.service, options.instance, "+");
    const auto everybodys = context.topics.instance(options.service, all_instances, "+");
    join({live(own), live(everybodys)});
    if (!shares || !context.port.client().negotiated().shared_subscription_available) return do_without_sharing();
    const auto subscription = live(requests);
    const auto error = context.port.subscribe({&subscription, 1}, {Purpose::join, shared_requests}, context.now);
    if (error != Error::none) return do_without_sharing();
    ++wanted;
    // With MQTT 5 the broker has said it.
    if (!context.port.is_v5() && trial.subscribe({Purpose::join, share_on_trial})) ++wanted;
}

void Service::Impl::join(const std::vector<Subscription>& subscriptions) {
    const auto error = context.port.subscribe(subscriptions, {Purpose::join}, context.now);
    if (error != Error::none) return handle_refused({Purpose::join}, error, ReasonCode::success);
    ++wanted;
}

/// Who is there is heard of before the first request.
void Service::Impl::do_without_sharing() {
    shares = false;
    const auto records = context.topics.record(options.service, "+");
    const auto requests = requests_filter();
    join({lasting(records), live(requests)});
}

void Service::Impl::handle_lost(const SubscriptionLost& lost) {
    if (shares && lost.topic_filter == requests_filter()) return do_without_sharing();
    if (lost.topic_filter == trial.filter()) return trial.drop();
    if (begun) context.events.push(JoinFailed{Error::refused, lost.reason});
}

void Service::Impl::handle_completed(const Operation& operation, const Completed& event) {
    const bool failed = is_failure(event.reason);
    if (operation.purpose == Purpose::join) {
        --wanted;
        failed ? handle_refused(operation, Error::refused, event.reason) : handle_granted();
    } else if (operation.purpose == Purpose::presence) {
        if (failed) return handle_refused(operation, Error::refused, event.reason);
        membership.join();
    }
    if (membership.is_leaving()) check_left();
}

void Service::Impl::handle_failed(const Operation& operation, Errc error) {
    // The client was stopped, and says so itself.
    if (error == Errc::stopped) return;
    if (operation.purpose == Purpose::join) --wanted;
    if (operation.purpose == Purpose::join || operation.purpose == Purpose::presence) {
        handle_refused(operation, error_of(error), ReasonCode::success);
    }
    if (membership.is_leaving()) check_left();
}

void Service::Impl::handle_refused(const Operation& operation, Error why, ReasonCode reason) {
    const bool of_sharing = operation.purpose == Purpose::join && operation.number == shared_requests;
    if (operation.purpose == Purpose::join && operation.number == share_on_trial) {
        trial.drop();
        return handle_granted();
    }
    if (of_sharing && shares) return do_without_sharing();
    refused = true;
    context.events.push(JoinFailed{why, reason});
}

void Service::Impl::handle_granted() {
    if (wanted != 0 || !context.port.is_connected() || trial.is_running()) return;
    if (!trial.is_wanted()) return announce();
    shares ? trial.begin() : end_trial(false);
}

void Service::Impl::end_trial(bool shares_requests) {
    trial.end();
    if (shares_requests || !shares) return announce();
    (void)context.port.unsubscribe(requests_filter(), context.now);
    do_without_sharing();
}

/// Behind the subscriptions: whoever sees the record can reach us.
void Service::Impl::announce() {
    if (membership.is_leaving() || refused) return;
    if (!is_named()) {
        membership.join();
        return;
    }
    const auto error = record.announce(Purpose::presence);
    if (error != Error::none) handle_refused({Purpose::presence}, error, ReasonCode::success);
}

void Service::Impl::handle_disconnected(const Disconnected& event) {
    record.handle_disconnected();
    trial.handle_disconnected();
    if (!membership.handle_disconnected(event)) return;
    begun = false;
    responder.end_all();
    membership.say_farewell();
}

// --- The end ---------------------------------------------------------------------------------------

void Service::Impl::leave(Duration patience) {
    if (!membership.leave(patience)) return;
    if (is_named()) (void)record.say_farewell();
    (void)context.port.unsubscribe(requests_filter(), context.now);
}

Error Service::Impl::ended(Error error) {
    // The end of a notification is told to nobody, so that nothing comes back.
    if (membership.is_leaving()) check_left();
    return error;
}

void Service::Impl::check_left() {
    if (responder.unanswered() == 0 && context.port.is_idle()) stop();
}

void Service::Impl::stop() {
    if (context.port.is_connected()) responder.fail_all("The responder has left");
    membership.stop();
}

}  // namespace wsmq::patterns
