// Joining and leaving: the subscriptions, the record, and what the broker answers.
#include <algorithm>
#include <utility>

#include "service/impl.hpp"

namespace wsmq::messaging {

namespace {

/// Which subscription a Purpose::join is.
constexpr std::uint64_t shared_requests = 1;
constexpr std::uint64_t share_probe = 2;

}  // namespace

void Service::Impl::handle_connected(const Connected&) {
    membership.handle_connected();
    instances.clear();
    janitor.clear();
    if (!started) return begin();
    if (wanted == 0) handle_granted();
}

/// Only now is it known whether the broker shares subscriptions.
void Service::Impl::begin() {
    started = true;
    membership.handle_opening();
    refused = false;
    wanted = 0;
    shares = is_named() && options.shares;
    janitor.subscribe();
    const auto requests = requests_filter();
    if (!is_named()) return join({live_subscription(requests)});
    const auto own = context.topics.instance(options.service, options.instance, "+");
    const auto everybodys = context.topics.instance(options.service, all_instances, "+");
    join({live_subscription(own), live_subscription(everybodys)});
    if (!shares || !context.broker.client().negotiated().shared_subscription_available) return elect_by_rendezvous();
    const auto subscription = live_subscription(requests);
    const auto error = context.broker.subscribe({&subscription, 1}, {Purpose::join, shared_requests}, context.now);
    if (error != Error::none) return elect_by_rendezvous();
    ++wanted;
    // With MQTT 5 CONNACK tells.
    if (!context.broker.is_v5() && probe.subscribe({Purpose::join, share_probe})) ++wanted;
}

void Service::Impl::join(const std::vector<Subscription>& subscriptions) {
    const auto error = context.broker.subscribe(subscriptions, {Purpose::join}, context.now);
    if (error != Error::none) return handle_refused({Purpose::join}, error, ReasonCode::success);
    ++wanted;
}

/// The records of the other instances arrive before the first request.
void Service::Impl::elect_by_rendezvous() {
    shares = false;
    const auto records = context.topics.record(options.service, "+");
    const auto requests = requests_filter();
    join({retained_subscription(records), live_subscription(requests)});
}

void Service::Impl::handle_lost(const SubscriptionLost& lost) {
    if (shares && lost.topic_filter == requests_filter()) return elect_by_rendezvous();
    if (lost.topic_filter == probe.filter()) return probe.drop();
    if (started) context.events.push(JoinFailed{Error::refused, lost.reason});
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
    // Reported by the Disconnected event.
    if (error == Errc::stopped) return;
    if (operation.purpose == Purpose::join) --wanted;
    if (operation.purpose == Purpose::join || operation.purpose == Purpose::presence) {
        handle_refused(operation, error_of(error), ReasonCode::success);
    }
    if (membership.is_leaving()) check_left();
}

void Service::Impl::handle_refused(const Operation& operation, Error why, ReasonCode reason) {
    const bool of_sharing = operation.purpose == Purpose::join && operation.number == shared_requests;
    if (operation.purpose == Purpose::join && operation.number == share_probe) {
        probe.drop();
        return handle_granted();
    }
    if (of_sharing && shares) return elect_by_rendezvous();
    refused = true;
    context.events.push(JoinFailed{why, reason});
}

void Service::Impl::handle_granted() {
    if (wanted != 0 || !context.broker.is_connected() || probe.is_running()) return;
    if (!probe.is_wanted()) return announce();
    shares ? probe.begin() : end_probe(false);
}

void Service::Impl::end_probe(bool shares_requests) {
    probe.end();
    if (shares_requests || !shares) return announce();
    (void)context.broker.unsubscribe(requests_filter(), context.now);
    elect_by_rendezvous();
}

/// After the subscriptions: those who receive the record can reach us.
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
    probe.handle_disconnected();
    if (!membership.handle_disconnected(event)) return;
    started = false;
    responder.end_all();
    membership.report_left();
}

// --- The end ---------------------------------------------------------------------------------------

void Service::Impl::leave(Duration patience) {
    if (!membership.leave(patience)) return;
    if (is_named()) (void)record.publish_offline();
    (void)context.broker.unsubscribe(requests_filter(), context.now);
}

Error Service::Impl::ended(Error error) {
    // The end of a notification is not published, so no acknowledgement follows.
    if (membership.is_leaving()) check_left();
    return error;
}

void Service::Impl::check_left() {
    if (responder.unanswered() == 0 && context.broker.is_idle()) stop();
}

void Service::Impl::stop(ReasonCode reason) {
    if (context.broker.is_connected()) responder.fail_all("The responder has left");
    membership.stop(reason);
}

}  // namespace wsmq::messaging
