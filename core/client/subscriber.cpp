#include "client/subscriber.hpp"

#include <algorithm>
#include <utility>

#include "codec/decode.hpp"
#include "wsmq/property.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::client {

namespace {

constexpr std::uint16_t any_packet_identifier = 1;
constexpr std::string_view shared_prefix = "$share/";

bool has_wildcard(std::string_view filter) { return filter.find_first_of("+#") != std::string_view::npos; }

codec::Frame frame_of(Bytes packet) { return codec::read_frame(packet, codec::maximum_packet_size_possible).frame; }

/// Behind the fixed header in SUBSCRIBE and UNSUBSCRIBE.
void write_packet_identifier(codec::Buffer& packet, std::uint16_t identifier) {
    const auto offset = packet.size() - frame_of(packet).body.size();
    packet[offset] = static_cast<std::uint8_t>(identifier >> 8);
    packet[offset + 1] = static_cast<std::uint8_t>(identifier);
}

ReasonCode first_failure_or_first(Bytes codes) {
    for (const auto code : codes) {
        if (is_failure(ReasonCode{code})) return ReasonCode{code};
    }
    return codes.empty() ? ReasonCode::success : ReasonCode{codes[0]};
}

}  // namespace

Result<OperationId> Subscriber::subscribe(std::span<const Subscription> subscriptions, Bytes properties) {
    if (const auto error = check(subscriptions, properties); error != Errc::none) return error;
    codec::Buffer packet;
    codec::encode_subscribe(packet, any_packet_identifier, subscriptions, properties, context_.version());
    return add(codec::PacketType::subscribe, std::move(packet));
}

Errc Subscriber::check(std::span<const Subscription> subscriptions, Bytes properties) const {
    if (!context_.started) return Errc::not_started;
    if (subscriptions.empty()) return Errc::invalid_argument;  // [MQTT-3.8.3-2]
    if (const auto error = check_properties(PropertyOwner::subscribe, properties); error != Errc::none) return error;
    for (const auto& each : subscriptions) {
        if (const auto error = validate_topic_filter(each.topic_filter); error != Errc::none) return error;
        if (each.qos > Qos::exactly_once || each.retain_handling > RetainHandling::do_not_send) {
            return Errc::invalid_argument;
        }
        // [MQTT-3.8.3-4]
        if (each.no_local && each.topic_filter.starts_with(shared_prefix)) {
            return Errc::invalid_argument;
        }
        const auto refusal = context_.connected ? refused_by_broker(each, properties) : Errc::none;
        if (refusal != Errc::none) return refusal;
    }
    return Errc::none;
}

Errc Subscriber::check_properties(PropertyOwner owner, Bytes block) const noexcept {
    return context_.version() == Version::v5 ? validate_outgoing_properties(owner, block) : Errc::none;
}

Errc Subscriber::refused_by_broker(const Subscription& subscription, Bytes properties) const noexcept {
    const auto& negotiated = context_.negotiated;
    const auto filter = subscription.topic_filter;
    const bool shared = filter.starts_with(shared_prefix);
    if (shared && !negotiated.shared_subscription_available) return Errc::not_supported;
    if (has_wildcard(filter) && !negotiated.wildcard_subscription_available) {
        return Errc::not_supported;
    }
    if (!negotiated.subscription_identifier_available &&
        PropertyView{properties}.integer(PropertyId::subscription_identifier)) {
        return Errc::not_supported;
    }
    return Errc::none;
}

Result<OperationId> Subscriber::unsubscribe(std::span<const std::string_view> topic_filters, Bytes properties) {
    if (!context_.started) return Errc::not_started;
    if (topic_filters.empty()) return Errc::invalid_argument;  // [MQTT-3.10.3-2]
    if (const auto error = check_properties(PropertyOwner::unsubscribe, properties); error != Errc::none) return error;
    for (const auto filter : topic_filters) {
        if (const auto error = validate_topic_filter(filter); error != Errc::none) return error;
    }
    codec::Buffer packet;
    codec::encode_unsubscribe(packet, any_packet_identifier, topic_filters, properties, context_.version());
    auto operation = add(codec::PacketType::unsubscribe, std::move(packet));
    // Not at the UNSUBACK: nobody wants them renewed until then.
    if (operation) std::ranges::for_each(topic_filters, [&](auto each) { granted_.erase(each); });
    return operation;
}

Result<OperationId> Subscriber::add(codec::PacketType type, codec::Buffer packet) {
    const auto maximum =
        context_.connected ? context_.negotiated.maximum_packet_size : codec::maximum_packet_size_possible;
    if (packet.size() > maximum) return Errc::packet_too_large;
    constexpr std::size_t most_requests = 65'535;
    if (requests_.size() >= most_requests) return Errc::packet_identifiers_exhausted;
    Request request;
    request.operation = context_.next_operation();
    request.type = type;
    request.packet = std::move(packet);
    const auto operation = request.operation;
    last_key_ = (last_key_ + 1) & ~request_bit;
    requests_.emplace(last_key_, std::move(request));
    if (context_.connected) send_unsent();
    return operation;
}

void Subscriber::send_unsent() {
    for (auto each = requests_.begin(); each != requests_.end();) {
        auto& [key, request] = *each;
        if (request.packet_identifier != 0) {
            ++each;
            continue;
        }
        if (request.packet.size() > context_.negotiated.maximum_packet_size) {
            if (request.renewal) {
                const auto too_large = static_cast<std::uint8_t>(ReasonCode::packet_too_large);
                handle_granted(request, codec::Buffer(filters_of(request).size(), too_large));
            } else {
                context_.events.push(Failed{request.operation, Errc::packet_too_large});
            }
            each = requests_.erase(each);
            continue;
        }
        const auto identifier = context_.identifiers.allocate(key | request_bit);
        is_starved_ = !identifier;  // of identifiers: pump() tries again when an answer has come
        if (is_starved_) return;
        request.packet_identifier = *identifier;
        write_packet_identifier(request.packet, *identifier);
        context_.output.append(request.packet);
        ++each;
    }
}

Errc Subscriber::handle_acknowledgement(codec::PacketType type,
                                        const codec::SubscribeAcknowledgement& acknowledgement) {
    const auto value = context_.identifiers.find(acknowledgement.packet_identifier);
    if (!value) return Errc::none;
    if ((*value & request_bit) == 0) return Errc::protocol_error;
    const auto found = requests_.find(*value & ~request_bit);
    if (found == requests_.end()) return Errc::protocol_error;
    const auto awaited =
        found->second.type == codec::PacketType::subscribe ? codec::PacketType::suback : codec::PacketType::unsuback;
    if (type != awaited) return Errc::protocol_error;
    // [MQTT-3.8.4-6], [MQTT-3.11.3-1]: a code for each filter. A MQTT 3 UNSUBACK has none.
    const bool has_codes = type == codec::PacketType::suback || context_.version() == Version::v5;
    if (has_codes && filters_of(found->second).size() != acknowledgement.reason_codes.size()) {
        return Errc::protocol_error;
    }
    finish(found, acknowledgement);
    return Errc::none;
}

void Subscriber::finish(Requests::iterator position, const codec::SubscribeAcknowledgement& acknowledgement) {
    const auto request = std::move(position->second);
    requests_.erase(position);
    context_.identifiers.release(request.packet_identifier);
    if (request.type == codec::PacketType::subscribe) {
        handle_granted(request, acknowledgement.reason_codes);
    } else {
        handle_unsubscribed(request);
    }
    if (request.operation != OperationId{}) {
        const auto codes = acknowledgement.reason_codes;
        context_.events.push(
            Completed{request.operation, first_failure_or_first(codes), codes, acknowledgement.properties});
    }
    send_unsent();
}

std::vector<Subscription> Subscriber::filters_of(const Request& request) const {
    std::vector<Subscription> filters;
    const auto frame = frame_of(request.packet);
    if (request.type == codec::PacketType::subscribe) {
        const auto packet = codec::decode_subscribe(frame, context_.version());
        codec::SubscriptionView view{packet->payload};
        for (Subscription each; view.next(each, context_.version());) filters.push_back(each);
    } else {
        const auto packet = codec::decode_unsubscribe(frame, context_.version());
        codec::Reader rest{packet->payload};
        while (rest.remaining() != 0) filters.push_back({codec::as_text(rest.binary())});
    }
    return filters;
}

void Subscriber::handle_granted(const Request& request, Bytes reason_codes) {
    const auto packet = codec::decode_subscribe(frame_of(request.packet), context_.version());
    std::size_t index = 0;
    for (const auto& each : filters_of(request)) {
        const auto reason = ReasonCode{reason_codes[index++]};
        if (!is_failure(reason)) {
            if (!request.abandoned) granted_.insert(each, packet->properties);
        } else if (request.renewal) {
            granted_.erase(each.topic_filter);
            lost_.emplace_back(each.topic_filter);
            context_.events.push(SubscriptionLost{lost_.back(), reason});
        }
    }
}

void Subscriber::handle_unsubscribed(const Request& request) {
    // Again, for a SUBACK may have come in between.
    for (const auto& each : filters_of(request)) granted_.erase(each.topic_filter);
}

void Subscriber::handle_connected(bool session_present) {
    if (!session_present && context_.options.resubscribe) add_renewals();
    if (!context_.negotiated.subscription_identifier_available) leave_out_identifiers();
    send_unsent();
}

void Subscriber::leave_out_identifiers() {
    // They were asked for before it was known that this broker has none (3.2.2.3.12).
    for (auto& [key, request] : requests_) {
        if (request.type != codec::PacketType::subscribe) continue;
        const auto packet = codec::decode_subscribe(frame_of(request.packet), context_.version());
        const PropertyView properties{packet->properties};
        if (!properties.integer(PropertyId::subscription_identifier)) continue;
        PropertyWriter others;
        for (const auto& each : properties) {
            if (const auto* user = std::get_if<UserProperty>(&each.value))
                others.user_property(user->name, user->value);
        }
        codec::Buffer without;
        codec::encode_subscribe(without, any_packet_identifier, filters_of(request), others.bytes(),
                                context_.version());
        request.packet = std::move(without);
    }
}

void Subscriber::add_renewals() {
    // Before what was asked for since: an UNSUBSCRIBE that waits must have the last word. Keys of
    // requests only grow, so the renewals' are made room for by numbering everything anew.
    Requests renewed;
    Key key = 0;
    for (const auto& batch : granted_.batches(context_.negotiated.maximum_packet_size)) {
        Request request;
        request.type = codec::PacketType::subscribe;
        request.renewal = true;
        codec::encode_subscribe(request.packet, any_packet_identifier, batch.subscriptions, batch.properties,
                                context_.version());
        renewed.emplace_hint(renewed.end(), ++key, std::move(request));
    }
    for (auto& [old_key, request] : requests_) {
        if (!request.renewal) renewed.emplace_hint(renewed.end(), ++key, std::move(request));
    }
    requests_ = std::move(renewed);
    last_key_ = key;
}

void Subscriber::pump() {
    if (is_starved_ && context_.connected) send_unsent();
}

void Subscriber::handle_connection_lost() {
    is_starved_ = false;
    for (auto each = requests_.begin(); each != requests_.end();) {
        auto& request = each->second;
        if (request.packet_identifier != 0) context_.identifiers.release(request.packet_identifier);
        request.packet_identifier = 0;
        // A renewal that was not answered is still owed, even if the broker kept the session this time.
        each = request.abandoned ? requests_.erase(each) : std::next(each);
    }
}

void Subscriber::handle_stopped(bool session_lasts) {
    for (const auto& [key, request] : requests_) {
        if (request.operation != OperationId{}) {
            context_.events.push(Failed{request.operation, Errc::stopped});
        }
    }
    std::erase_if(requests_, [&](const auto& each) { return !session_lasts || !each.second.renewal; });
    if (!session_lasts) granted_.clear();
}

bool Subscriber::cancel(OperationId operation) {
    if (operation == OperationId{}) return false;
    const auto found =
        std::ranges::find_if(requests_, [&](const auto& each) { return each.second.operation == operation; });
    if (found == requests_.end()) return false;
    context_.events.push(Failed{operation, Errc::cancelled});
    auto& request = found->second;
    if (request.packet_identifier == 0) {
        requests_.erase(found);
    } else {
        request.operation = {};
        request.abandoned = true;
    }
    return true;
}

}  // namespace wsmq::client
