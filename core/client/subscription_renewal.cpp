// Where subscriptions are renewed: those that the broker granted, after it lost the session, and again where it refuses
// them for a while.
#include <algorithm>

#include "client/subscriber.hpp"
#include "codec/decode.hpp"
#include "codec/encode.hpp"

namespace wsmq::client {

namespace {

/// Whenever it would have been due.
constexpr TimePoint any_time = TimePoint::max() - Duration{1};

/// Of a SUBACK: a node whose cluster has lost another says the same for a while. Below MQTT 5 there is no other
/// failure.
bool is_temporary(ReasonCode reason) {
    return reason == ReasonCode::unspecified_error || reason == ReasonCode::implementation_specific_error ||
           reason == ReasonCode::quota_exceeded;
}

}  // namespace

void Subscriber::handle_connected(bool session_present) {
    // Those that are still owed are cut anew where each has to go alone.
    const bool rebatches = context_.output.is_held() &&
                           std::ranges::any_of(requests_, [](const auto& each) { return each.second.renewal; });
    if ((!session_present || rebatches) && context_.options.resubscribe) {
        add_renewals();
    } else {
        add_postponed_renewals(any_time);
    }
    if (!context_.negotiated.subscription_identifier_available) remove_subscription_identifiers();
    send_unsent();
}

void Subscriber::handle_granted(const Request& request, Bytes reason_codes, Refusal refusal) {
    const auto packet = codec::decode_subscribe(codec::frame_of(request.packet), context_.version());
    std::size_t index = 0;
    for (const auto& each : filters_of(request)) {
        const auto reason = ReasonCode{reason_codes[index++]};
        if (!is_failure(reason)) {
            if (!request.abandoned) granted_.insert(each, packet->properties);
        } else if (request.renewal) {
            handle_refused(each.topic_filter, reason, refusal);
        }
    }
}

void Subscriber::handle_refused(std::string_view topic_filter, ReasonCode reason, Refusal refusal) {
    const bool is_retried = refusal == Refusal::may_be_temporary && is_temporary(reason);
    const auto patience = context_.options.reconnect.refusal_patience;
    if (is_retried && granted_.postpone(topic_filter, context_.now, patience)) return;
    granted_.erase(topic_filter);
    reported_filters_.emplace_back(topic_filter);
    context_.events.push(SubscriptionLost{reported_filters_.back(), reason});
}

void Subscriber::add_renewals() {
    // Before what was asked for since: an UNSUBSCRIBE that waits must have the last word. Keys of
    // requests only grow, so the renewals' are made room for by numbering everything anew.
    Requests renewed;
    Key key = 0;
    for (const auto& batch : granted_.batches(filters_per_packet(), context_.negotiated.maximum_packet_size)) {
        renewed.emplace_hint(renewed.end(), ++key, renewal_of(batch));
    }
    for (auto& [old_key, request] : requests_) {
        if (!request.renewal) renewed.emplace_hint(renewed.end(), ++key, std::move(request));
    }
    requests_ = std::move(renewed);
    last_key_ = key;
}

void Subscriber::add_postponed_renewals(TimePoint due_at) {
    if (!deadline() || *deadline() > due_at) return;
    for (const auto& batch : granted_.batches(filters_per_packet(), context_.negotiated.maximum_packet_size, due_at)) {
        last_key_ = (last_key_ + 1) & ~request_bit;
        requests_.emplace(last_key_, renewal_of(batch));
    }
}

std::size_t Subscriber::filters_per_packet() const noexcept {
    return context_.output.is_held() ? 1 : context_.options.subscribe_batch;
}

Subscriber::Request Subscriber::renewal_of(const Subscriptions::Batch& batch) const {
    Request request;
    request.type = codec::PacketType::subscribe;
    request.renewal = true;
    request.number = batch.number;
    codec::encode_subscribe(request.packet, codec::any_packet_identifier, batch.subscriptions, batch.properties,
                            context_.version());
    return request;
}

void Subscriber::handle_timeout() {
    const auto due = deadline();
    if (!due || *due > context_.now) return;
    add_postponed_renewals(context_.now);
    send_unsent();
}

}  // namespace wsmq::client
