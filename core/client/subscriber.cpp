#include "client/subscriber.hpp"

#include <algorithm>
#include <utility>

#include "codec/decode.hpp"
#include "wsmq/property.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::client {

namespace {

bool has_wildcard(std::string_view filter) { return filter.find_first_of("+#") != std::string_view::npos; }

/// Behind the fixed header in SUBSCRIBE and UNSUBSCRIBE.
void write_packet_identifier(codec::Buffer& packet, std::uint16_t identifier) {
    const auto offset = packet.size() - codec::frame_of(packet).body.size();
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
    return add(codec::PacketType::subscribe, subscriptions, [&](codec::Buffer& packet, auto batch) {
        codec::encode_subscribe(packet, codec::any_packet_identifier, batch, properties, context_.version());
    });
}

Errc Subscriber::check(std::span<const Subscription> subscriptions, Bytes properties) const {
    if (!context_.is_started()) return Errc::not_started;
    if (subscriptions.empty()) return Errc::invalid_argument;  // [MQTT-3.8.3-2]
    if (const auto error = check_properties(PropertyOwner::subscribe, properties); error != Errc::none) return error;
    for (const auto& each : subscriptions) {
        if (const auto error = validate_topic_filter(each.topic_filter); error != Errc::none) return error;
        if (each.qos > Qos::exactly_once || each.retain_handling > RetainHandling::do_not_send) {
            return Errc::invalid_argument;
        }
        // [MQTT-3.8.3-4]
        if (each.no_local && each.topic_filter.starts_with(shared_subscription_prefix)) {
            return Errc::invalid_argument;
        }
        const auto refusal = context_.is_connected() ? refused_by_broker(each, properties) : Errc::none;
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
    const bool shared = filter.starts_with(shared_subscription_prefix);
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
    if (!context_.is_started()) return Errc::not_started;
    if (topic_filters.empty()) return Errc::invalid_argument;  // [MQTT-3.10.3-2]
    if (const auto error = check_properties(PropertyOwner::unsubscribe, properties); error != Errc::none) return error;
    for (const auto filter : topic_filters) {
        if (const auto error = validate_topic_filter(filter); error != Errc::none) return error;
    }
    auto operation = add(codec::PacketType::unsubscribe, topic_filters, [&](codec::Buffer& packet, auto batch) {
        codec::encode_unsubscribe(packet, codec::any_packet_identifier, batch, properties, context_.version());
    });
    // Not at the UNSUBACK: nobody wants them renewed until then.
    if (operation) std::ranges::for_each(topic_filters, [&](auto each) { granted_.erase(each); });
    return operation;
}

template <class Filter, class Encode>
Result<OperationId> Subscriber::add(codec::PacketType type, std::span<const Filter> filters, Encode encode) {
    const auto maximum = context_.is_connected() ? context_.negotiated.maximum_packet_size : limits::largest_packet;
    std::vector<Request> parts;
    for (std::size_t first = 0; first < filters.size(); first += context_.options.subscribe_batch) {
        auto& part = parts.emplace_back();
        part.type = type;
        part.first = first;
        encode(part.packet, filters.subspan(first, std::min(context_.options.subscribe_batch, filters.size() - first)));
        if (part.packet.size() > maximum) return Errc::packet_too_large;
    }
    if (requests_.size() + parts.size() > limits::packet_identifiers) return Errc::packet_identifiers_exhausted;
    const auto operation = context_.next_operation();
    if (parts.size() > 1) batched_.push_back({operation, parts.size(), filters.size(), {}});
    for (auto& part : parts) {
        part.operation = operation;
        part.number = ++last_number_;
        last_key_ = (last_key_ + 1) & ~request_bit;
        requests_.emplace(last_key_, std::move(part));
    }
    if (context_.is_connected()) send_unsent();
    return operation;
}

void Subscriber::send_unsent() {
    if (context_.output.is_held()) return;
    for (auto each = requests_.begin(); each != requests_.end();) {
        auto& [key, request] = *each;
        const bool is_unsent = request.packet_identifier == 0;
        if (is_unsent && request.packet.size() > context_.negotiated.maximum_packet_size) {
            refuse_too_large(each);
            each = requests_.begin();
            continue;
        }
        if (is_unsent && !send(key, request)) return;
        ++each;
    }
}

bool Subscriber::send(Key key, Request& request) {
    const auto identifier = context_.identifiers.allocate(key | request_bit);
    awaits_identifier_ = !identifier;  // of identifiers: pump() tries again when an answer has come
    if (awaits_identifier_) return false;
    request.packet_identifier = *identifier;
    request.was_sent = true;
    write_packet_identifier(request.packet, *identifier);
    context_.output.append(request.packet);
    return true;
}

void Subscriber::refuse_too_large(Requests::iterator position) {
    const auto request = std::move(position->second);
    requests_.erase(position);
    if (request.renewal) {
        const auto too_large = static_cast<std::uint8_t>(ReasonCode::packet_too_large);
        handle_granted(request, codec::Buffer(filters_of(request).size(), too_large));
    } else {
        abandon(request.operation);
        context_.events.push(Failed{request.operation, Errc::packet_too_large});
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
        handle_granted(request, acknowledgement.reason_codes, Refusal::may_be_temporary);
    } else {
        handle_unsubscribed(request);
    }
    report(request, first_failure_or_first(acknowledgement.reason_codes), acknowledgement);
    send_unsent();
}

void Subscriber::report(const Request& request, ReasonCode reason,
                        const codec::SubscribeAcknowledgement& acknowledgement) {
    if (request.operation == OperationId{}) return;
    Bytes codes = acknowledgement.reason_codes;
    if (const auto found = find_batched(request.operation); found != batched_.end()) {
        auto& batched = *found;
        if (!codes.empty()) {  // MQTT 3 has none in its UNSUBACK
            batched.codes.resize(batched.filters);
            std::ranges::copy(codes, batched.codes.begin() + static_cast<std::ptrdiff_t>(request.first));
        }
        if (--batched.open != 0) return;
        codes = reported_codes_.emplace_back(std::move(batched.codes));
        reason = first_failure_or_first(codes);
        batched_.erase(found);
    }
    context_.events.push(Completed{request.operation, reason, codes, acknowledgement.properties});
}

std::vector<Subscription> Subscriber::filters_of(const Request& request) const {
    std::vector<Subscription> filters;
    const auto frame = codec::frame_of(request.packet);
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

void Subscriber::handle_unsubscribed(const Request& request) {
    // Again, for a SUBACK may have come in between.
    for (const auto& each : filters_of(request)) granted_.erase(each.topic_filter);
}

void Subscriber::remove_subscription_identifiers() {
    // They were asked for before it was known that this broker has none (3.2.2.3.12).
    for (auto& [key, request] : requests_) {
        if (request.type != codec::PacketType::subscribe) continue;
        const auto packet = codec::decode_subscribe(codec::frame_of(request.packet), context_.version());
        const PropertyView properties{packet->properties};
        if (!properties.integer(PropertyId::subscription_identifier)) continue;
        PropertyWriter others;
        for (const auto& each : properties) {
            if (const auto* user = std::get_if<UserProperty>(&each.value))
                others.user_property(user->name, user->value);
        }
        codec::Buffer without;
        codec::encode_subscribe(without, codec::any_packet_identifier, filters_of(request), others.bytes(),
                                context_.version());
        request.packet = std::move(without);
    }
}

void Subscriber::pump() {
    if (awaits_identifier_ && context_.is_connected()) send_unsent();
}

void Subscriber::handle_connection_lost() {
    awaits_identifier_ = false;
    for (auto each = requests_.begin(); each != requests_.end();) {
        auto& request = each->second;
        if (request.packet_identifier != 0) context_.identifiers.release(request.packet_identifier);
        request.packet_identifier = 0;
        // A renewal that was not answered is still owed, even if the broker kept the session this time.
        each = request.abandoned ? requests_.erase(each) : std::next(each);
    }
}

void Subscriber::handle_stopped(bool session_lasts) {
    OperationId last{};  // the requests of one operation stand together
    for (const auto& [key, request] : requests_) {
        if (request.operation != last && request.operation != OperationId{}) {
            context_.events.push(Failed{request.operation, Errc::stopped});
        }
        last = request.operation;
    }
    batched_.clear();
    std::erase_if(requests_, [&](const auto& each) { return !session_lasts || !each.second.renewal; });
    if (!session_lasts) granted_.clear();
}

bool Subscriber::cancel(OperationId operation) {
    if (operation == OperationId{}) return false;
    const auto is_its = [&](const auto& each) { return each.second.operation == operation; };
    if (std::ranges::none_of(requests_, is_its)) return false;
    abandon(operation);
    context_.events.push(Failed{operation, Errc::cancelled});
    return true;
}

void Subscriber::abandon(OperationId operation) {
    std::erase_if(batched_, [&](const auto& each) { return each.operation == operation; });
    for (auto each = requests_.begin(); each != requests_.end();) {
        auto& request = each->second;
        const bool is_its = request.operation == operation;
        if (is_its && request.packet_identifier == 0) {
            each = requests_.erase(each);
            continue;
        }
        if (is_its) {
            request.operation = {};
            request.abandoned = true;
        }
        ++each;
    }
}

Suspect Subscriber::suspect_of(const Request& request) noexcept {
    return {request.renewal ? Suspect::Kind::renewal : Suspect::Kind::request, request.number};
}

Suspect Subscriber::oldest_sent() const noexcept {
    for (const auto& [key, request] : requests_) {
        if (request.packet_identifier != 0) return suspect_of(request);
    }
    return {};
}

Suspect Subscriber::oldest_resent() const noexcept {
    if (awaits_identifier_) return {};
    for (const auto& [key, request] : requests_) {
        if (request.packet_identifier == 0 && (request.renewal || request.was_sent)) return suspect_of(request);
    }
    return {};
}

void Subscriber::send_alone(const Suspect& suspect) {
    const auto found = std::ranges::find_if(requests_, [&](auto& each) { return suspect_of(each.second) == suspect; });
    if (found == requests_.end()) return;
    if (found->second.packet.size() > context_.negotiated.maximum_packet_size) return refuse_too_large(found);
    (void)send(found->first, found->second);
}

void Subscriber::give_up(const Suspect& suspect, ReasonCode reason, Bytes properties) {
    const auto found = std::ranges::find_if(requests_, [&](auto& each) { return suspect_of(each.second) == suspect; });
    if (found == requests_.end()) return;
    const auto request = std::move(found->second);
    requests_.erase(found);
    const bool has_reason = is_failure(reason);
    const auto code = has_reason ? reason : ReasonCode::unspecified_error;
    const codec::Buffer& codes =
        reported_codes_.emplace_back(filters_of(request).size(), static_cast<std::uint8_t>(code));
    if (request.renewal) return handle_granted(request, codes);
    if (has_reason || find_batched(request.operation) != batched_.end())
        return report(request, code, {0, properties, codes});
    if (request.operation != OperationId{}) context_.events.push(Failed{request.operation, Errc::broker_closed});
}

}  // namespace wsmq::client
