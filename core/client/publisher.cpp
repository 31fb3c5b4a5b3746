#include "client/publisher.hpp"

#include <algorithm>

#include "codec/property_block.hpp"
#include "wsmq/property.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::client {

using session::InflightMessages;

namespace {

// What an alias adds to a packet: the property, and a longer length of the properties.
constexpr std::size_t alias_size = 4;

codec::Publish make_packet(std::string_view topic, Bytes payload, const PublishOptions& options) {
    codec::Publish packet;
    packet.topic = topic;
    packet.payload = payload;
    packet.properties = options.encoded_properties;
    packet.qos = options.qos;
    packet.retain = options.retain;
    if (options.qos != Qos::at_most_once) packet.packet_identifier = codec::any_packet_identifier;
    return packet;
}

Errc check_properties(Bytes block) {
    if (block.empty()) return Errc::none;
    const auto checked = codec::check_properties(PropertyOwner::publish, block, true);
    if (checked.error == Errc::invalid_character) return checked.error;
    // [MQTT-3.3.4-6]: subscription identifiers are the broker's to send.
    const bool is_reserved =
        checked.holds(PropertyId::topic_alias) || checked.holds(PropertyId::subscription_identifier);
    return checked.error != Errc::none || is_reserved ? Errc::invalid_property : Errc::none;
}

/// The broker may have received it, and its packet identifier must not be reused before the exchange is complete
/// (MQTT 5.0, 4.3.3).
bool may_be_delivered(const session::InflightMessage& message) {
    return message.sent && message.qos == Qos::exactly_once;
}

std::size_t size_with_payload(const codec::Publish& header, std::size_t payload_size, Version version) {
    auto sized = header;
    // Only the length is read.
    sized.payload = {static_cast<const std::uint8_t*>(nullptr), payload_size};
    return codec::publish_size(sized, version);
}

}  // namespace

Result<OperationId> Publisher::publish(std::string_view topic, Bytes payload, const PublishOptions& options) {
    auto packet = make_packet(topic, payload, options);
    const auto size = codec::publish_size(packet, context_.version());
    if (const auto error = check(topic, size, options); error != Errc::none) return error;
    const auto destination = route(size, options);
    if (!destination) return destination.error();
    if (destination->kind == Destination::Kind::output) {
        write(packet, size);
    } else if (destination->index != InflightMessages::none) {
        // Encoded once, with its identifier: what is stored is what is sent, unless an alias takes the topic's place.
        const bool is_sent =
            destination->kind == Destination::Kind::exchange && messages_.assign_identifier(destination->index);
        auto& message = messages_.at(destination->index);
        if (is_sent) packet.packet_identifier = message.packet_identifier;
        start_expiry(destination->index, packet.properties);
        codec::encode_publish(message.packet, packet, context_.version());
        if (is_sent && messages_.begin_exchange(destination->index)) {
            if (!await_store(destination->index)) write(packet, size, message.packet);
        } else {
            enqueue(destination->index);
        }
    }
    return destination->operation;
}

Result<Client::Prepared> Publisher::prepare(std::string_view topic, std::size_t payload_size,
                                            const PublishOptions& options) {
    const auto packet = make_packet(topic, {}, options);
    const auto size = size_with_payload(packet, payload_size, context_.version());
    if (const auto error = check(topic, size, options); error != Errc::none) return error;
    const auto destination = route(size, options);
    if (!destination) return destination.error();
    // A message that is dropped at once is still written, into a slot that commit() frees.
    prepared_ = *destination;
    if (prepared_.kind == Destination::Kind::nowhere) {
        prepared_.index = messages_.create({}, Qos::at_most_once, false);
    }
    if (prepared_.index != InflightMessages::none) start_expiry(prepared_.index, packet.properties);
    auto& buffer =
        prepared_.kind == Destination::Kind::output ? context_.output.buffer() : messages_.at(prepared_.index).packet;
    codec::encode_publish_header(buffer, packet, payload_size, context_.version());
    return Client::Prepared{destination->operation, std::span{buffer}.last(payload_size)};
}

void Publisher::commit() {
    const auto destination = std::exchange(prepared_, {Destination::Kind::nowhere});
    if (destination.index == InflightMessages::none) return;
    if (destination.kind == Destination::Kind::nowhere) {
        messages_.erase(destination.index);
    } else if (destination.kind == Destination::Kind::queue || !transmit(destination.index)) {
        enqueue(destination.index);
    }
}

void Publisher::start_expiry(Index index, Bytes properties) {
    if (properties.empty() || context_.version() != Version::v5) return;
    const auto interval = PropertyView{properties}.integer(PropertyId::message_expiry_interval);
    if (!interval) return;
    messages_.at(index).expires = context_.now + std::chrono::seconds{*interval};
    any_expires_ = true;
}

void Publisher::enqueue(Index index) {
    messages_.enqueue(index);
    schedule_expiry(messages_.at(index));
}

void Publisher::schedule_expiry(const session::InflightMessage& message) {
    if (!message.expires) return;
    // In full seconds, so that one pass over the queue serves many messages.
    const auto due = std::chrono::ceil<std::chrono::seconds>(*message.expires);
    if (!expiry_deadline_ || due < *expiry_deadline_) expiry_deadline_ = due;
}

void Publisher::drop_expired() {
    if (!expiry_deadline_ || context_.now < *expiry_deadline_) return;
    expiry_deadline_.reset();
    for (auto index = messages_.waiting().first; index != InflightMessages::none;) {
        const auto current = std::exchange(index, messages_.next(index));
        auto& message = messages_.at(current);
        if (!message.expires || may_be_delivered(message)) continue;
        if (*message.expires <= context_.now) {
            fail(current, Errc::expired);
        } else {
            schedule_expiry(message);
        }
    }
}

bool Publisher::shorten_expiry(session::InflightMessage& message) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(*message.expires - context_.now).count();
    if (left <= 0 && !may_be_delivered(message)) return false;
    auto seconds = static_cast<std::uint32_t>(std::max<std::int64_t>(left, 1));
    const auto offset = codec::message_expiry_offset(message.packet);
    for (std::size_t i = 4; i-- != 0; seconds >>= 8) message.packet[offset + i] = static_cast<std::uint8_t>(seconds);
    return true;
}

/// session_lost() stores them anew, and a store counts from then on.
void Publisher::shorten_expiry_of_sent() {
    if (!any_expires_) return;
    for (auto index = messages_.waiting().first; index != InflightMessages::none; index = messages_.next(index)) {
        auto& message = messages_.at(index);
        if (message.sent && message.expires) (void)shorten_expiry(message);
    }
}

Errc Publisher::check(std::string_view topic, std::size_t size, const PublishOptions& options) const {
    if (!context_.is_started()) return Errc::not_started;
    if (options.qos > Qos::exactly_once) return Errc::invalid_argument;
    if (const auto error = validate_topic_name(topic); error != Errc::none) return error;
    if (size > limits::largest_packet) return Errc::packet_too_large;
    if (context_.version() == Version::v5) {
        if (const auto error = check_properties(options.encoded_properties); error != Errc::none) {
            return error;
        }
    }
    return context_.is_connected() ? refused_by_broker(options.qos, options.retain, size) : Errc::none;
}

Errc Publisher::refused_by_broker(Qos qos, bool retain, std::size_t size) const noexcept {
    const auto& negotiated = context_.negotiated;
    if (size > negotiated.maximum_packet_size) return Errc::packet_too_large;  // [MQTT-3.2.2-15]
    if (qos > negotiated.maximum_qos) return Errc::not_supported;              // [MQTT-3.2.2-11]
    if (retain && !negotiated.retain_available) return Errc::not_supported;    // [MQTT-3.2.2-14]
    return Errc::none;
}

Result<Publisher::Destination> Publisher::route(std::size_t size, const PublishOptions& options) {
    const bool at_most_once = options.qos == Qos::at_most_once;
    if (!can_send_now(options.qos) || (!at_most_once && !has_room_for(size))) {
        return route_to_queue(size, options);
    }
    if (at_most_once) return Destination{Destination::Kind::output};
    const auto operation = context_.next_operation();
    return Destination{Destination::Kind::exchange, messages_.create(operation, options.qos, false), operation};
}

Result<Publisher::Destination> Publisher::route_to_queue(std::size_t size, const PublishOptions& options) {
    if (options.when_blocked == WhenBlocked::fail) {
        return context_.is_connected() ? Errc::queue_full : Errc::not_connected;
    }
    drain_awaited_ = true;
    const bool drops_oldest = options.when_blocked == WhenBlocked::drop_oldest;
    while (drops_oldest && !has_room_for(size)) {
        const auto oldest = messages_.oldest_droppable();
        if (oldest == InflightMessages::none) break;
        fail(oldest, Errc::queue_full);
    }
    const bool has_room = has_room_for(size);
    if (!has_room && options.when_blocked != WhenBlocked::drop_newest) return Errc::queue_full;
    const auto operation = context_.next_operation();
    if (!has_room) {
        context_.events.push(Failed{operation, Errc::queue_full});
        return Destination{Destination::Kind::nowhere, InflightMessages::none, operation};
    }
    return Destination{Destination::Kind::queue, messages_.create(operation, options.qos, drops_oldest), operation};
}

bool Publisher::has_room_for(std::size_t size) const noexcept {
    const auto& options = context_.options;
    if (messages_.size() == 0) return options.queue_maximum_messages != 0;
    return messages_.waiting().size < options.queue_maximum_messages &&
           messages_.bytes() + size <= options.queue_maximum_bytes;
}

bool Publisher::is_quota_used_up() const noexcept {
    return messages_.in_flight() >= context_.negotiated.receive_maximum;
}

bool Publisher::can_send_now(Qos qos) const noexcept {
    if (!context_.is_connected() || context_.output.is_congested()) return false;
    const bool queue_is_empty = messages_.waiting().empty();
    // The broker's receive maximum limits only QoS 1 and 2 (MQTT 5.0, 4.9).
    if (qos == Qos::at_most_once) return queue_is_empty || is_quota_used_up();
    return queue_is_empty && !is_quota_used_up();
}

void Publisher::write(codec::Publish packet, std::size_t size, Bytes encoded) {
    if (size + alias_size <= context_.negotiated.maximum_packet_size) {
        const auto alias = aliases_.find_or_assign(packet.topic);
        packet.topic_alias = alias.alias;
        if (alias.alias != 0 && !alias.is_new) packet.topic = {};
    }
    if (packet.topic_alias == 0 && !encoded.empty()) return context_.output.append(encoded);
    codec::encode_publish(context_.output.buffer(), packet, context_.version());
}

bool Publisher::transmit(Index index) {
    if (!messages_.begin_exchange(index)) return false;
    if (!await_store(index)) context_.output.append(messages_.at(index).packet);
    return true;
}

bool Publisher::await_store(Index index) {
    auto& message = messages_.at(index);
    // An operation that is isolated is sent when it is its turn.
    message.awaits_store =
        message.qos == Qos::exactly_once && !context_.output.is_held() && !messages_.is_stored(index);
    return message.awaits_store;
}

void Publisher::handle_stored() {
    if (!context_.is_connected()) return;
    for (auto index = messages_.unacknowledged().first; index != InflightMessages::none;
         index = messages_.next(index)) {
        auto& message = messages_.at(index);
        if (!message.awaits_store) continue;
        if (!messages_.is_stored(index)) break;
        message.awaits_store = false;
        context_.output.append(message.packet);
    }
    send_releases();
}

bool Publisher::can_pump() const noexcept {
    if (!context_.is_connected() || messages_.waiting().empty() || context_.output.is_congested()) {
        return false;
    }
    return messages_.qos(messages_.waiting().first) == Qos::at_most_once || !is_quota_used_up();
}

void Publisher::pump() {
    while (can_pump() && send_first_waiting()) continue;
    if (drain_awaited_ && context_.is_connected() && messages_.waiting().empty()) {
        drain_awaited_ = false;
        context_.events.push(QueueDrained{});
    }
}

bool Publisher::send_first_waiting() {
    const auto index = messages_.waiting().first;
    auto& message = messages_.at(index);
    if (message.expires && !shorten_expiry(message)) {
        fail(index, Errc::expired);
        return true;
    }
    const bool retain = (message.packet[0] & 1) != 0;
    const auto refusal = refused_by_broker(message.qos, retain, message.packet.size());
    if (refusal != Errc::none) {
        fail(index, refusal);
    } else if (message.qos == Qos::at_most_once) {
        context_.output.append(message.packet);
        complete(index, ReasonCode::success, {});
    } else {
        return transmit(index);
    }
    return true;
}

void Publisher::send_release(Index index) {
    auto& message = messages_.at(index);
    message.release_sent = true;
    codec::encode_acknowledgement(context_.output.buffer(), codec::PacketType::pubrel,
                                  {message.packet_identifier, ReasonCode::success, {}}, context_.version());
}

Errc Publisher::handle_acknowledgement(codec::PacketType type, const codec::Acknowledgement& acknowledgement) {
    const auto identifier = acknowledgement.packet_identifier;
    const auto value = context_.identifiers.find(identifier);
    if (!value) {
        // Of an unknown message.
        if (type == codec::PacketType::pubrec) {
            codec::encode_acknowledgement(context_.output.buffer(), codec::PacketType::pubrel,
                                          {identifier, ReasonCode::packet_identifier_not_found, {}},
                                          context_.version());
        }
        return Errc::none;
    }
    if ((*value & request_bit) != 0) return Errc::protocol_error;
    const auto state =
        session::next_delivery_state(messages_.at(*value).state, type, is_failure(acknowledgement.reason));
    if (!state) return Errc::protocol_error;
    if (*state == session::DeliveryState::done) {
        // A broker that had said so before the connection was lost does not know the identifier any more: it has the
        // message (MQTT 5.0, 3.7.2.1).
        const bool was_done =
            type == codec::PacketType::pubcomp && acknowledgement.reason == ReasonCode::packet_identifier_not_found;
        complete(*value, was_done ? ReasonCode::success : acknowledgement.reason, acknowledgement.properties);
    } else {
        messages_.release(*value);
        if (may_send_release(*value)) send_release(*value);
    }
    return Errc::none;
}

/// The store was read before there was a time.
void Publisher::handle_started() {
    if (std::exchange(was_started_, true)) return;
    for (auto index = messages_.waiting().first; index != InflightMessages::none; index = messages_.next(index)) {
        auto& message = messages_.at(index);
        if (!message.expires) continue;
        *message.expires += context_.now.time_since_epoch();
        any_expires_ = true;
        if (!may_be_delivered(message)) schedule_expiry(message);
    }
}

void Publisher::handle_connected(bool session_present) {
    aliases_.reset(std::min(context_.options.outgoing_topic_alias_maximum, context_.negotiated.topic_alias_maximum));
    if (session_present) {
        send_releases();
    } else {
        shorten_expiry_of_sent();
        messages_.session_lost();
        finish_released();
    }
    pump();
}

void Publisher::send_releases() {
    if (!context_.is_connected() || context_.output.is_held()) return;
    for (auto index = messages_.releasing().first; index != InflightMessages::none; index = messages_.next(index)) {
        if (messages_.at(index).release_sent) continue;
        if (!may_send_release(index)) return;
        send_release(index);
    }
}

bool Publisher::may_send_release(Index index) const noexcept {
    // In the order of their PUBRECs [MQTT-4.6.0-4].
    const auto previous = messages_.previous(index);
    const bool is_in_turn = previous == InflightMessages::none || messages_.at(previous).release_sent;
    return is_in_turn && messages_.is_stored(index);
}

Suspect Publisher::oldest_sent() const noexcept {
    for (auto index = messages_.releasing().first; index != InflightMessages::none; index = messages_.next(index)) {
        const auto& message = messages_.at(index);
        if (message.release_sent) return {Suspect::Kind::release, message.sequence};
    }
    for (auto index = messages_.unacknowledged().first; index != InflightMessages::none;
         index = messages_.next(index)) {
        const auto& message = messages_.at(index);
        if (!message.awaits_store) return {Suspect::Kind::publish, message.sequence};
    }
    return {};
}

Suspect Publisher::oldest_resent() const noexcept {
    if (!messages_.releasing().empty()) {
        return {Suspect::Kind::release, messages_.at(messages_.releasing().first).sequence};
    }
    if (messages_.waiting().empty()) return {};
    const auto& message = messages_.at(messages_.waiting().first);
    return message.ever_sent ? Suspect{Suspect::Kind::publish, message.sequence} : Suspect{};
}

void Publisher::send_alone(const Suspect& suspect) {
    if (suspect.kind == Suspect::Kind::release) return send_release(messages_.releasing().first);
    (void)send_first_waiting();
}

void Publisher::give_up(const Suspect& suspect, ReasonCode reason, Bytes properties) {
    const auto& list = suspect.kind == Suspect::Kind::release ? messages_.releasing() : messages_.waiting();
    for (auto index = list.first; index != InflightMessages::none; index = messages_.next(index)) {
        if (messages_.at(index).sequence != suspect.number) continue;
        return is_failure(reason) ? complete(index, reason, properties) : fail(index, Errc::broker_closed);
    }
}

void Publisher::finish_released() {
    // The broker accepted them with PUBREC; the rest of the exchange was lost with the session.
    while (!messages_.releasing().empty()) {
        complete(messages_.releasing().first, ReasonCode::success, {});
    }
}

void Publisher::handle_connection_lost() {
    messages_.connection_lost();
    if (!any_expires_) return;
    for (auto index = messages_.waiting().first; index != InflightMessages::none; index = messages_.next(index)) {
        const auto& message = messages_.at(index);
        if (!may_be_delivered(message)) schedule_expiry(message);
    }
}

void Publisher::give_up_all(Errc why, bool session_lasts) {
    const auto report = [&](const InflightMessages::List& list) {
        for (auto index = list.first; index != InflightMessages::none;) {
            const auto current = std::exchange(index, messages_.next(index));
            auto& message = messages_.at(current);
            if (message.operation != OperationId{}) {
                context_.events.push(Failed{message.operation, why});
                message.operation = {};
            }
            if (!session_lasts || message.qos == Qos::at_most_once) messages_.erase(current, why);
        }
    };
    report(messages_.releasing());
    report(messages_.waiting());
}

bool Publisher::cancel(OperationId operation) {
    const auto index = messages_.find(operation);
    if (index == InflightMessages::none) return false;
    auto& message = messages_.at(index);
    if (message.state == session::DeliveryState::waiting && !message.sent) {
        fail(index, Errc::cancelled);
    } else {
        context_.events.push(Failed{operation, Errc::cancelled});
        message.operation = {};
    }
    return true;
}

void Publisher::complete(Index index, ReasonCode reason, Bytes properties) {
    const auto operation = messages_.at(index).operation;
    messages_.erase(index, Errc::none, reason);
    if (operation != OperationId{}) {
        context_.events.push(Completed{operation, reason, {}, properties});
    }
}

void Publisher::fail(Index index, Errc error) {
    const auto operation = messages_.at(index).operation;
    messages_.erase(index, error);
    if (operation != OperationId{}) context_.events.push(Failed{operation, error});
}

}  // namespace wsmq::client
