// Where a received packet becomes an event.
#include "client/impl.hpp"
#include "codec/decode.hpp"
#include "wsmq/property.hpp"

namespace wsmq {

using client::Phase;
using client::Step;
using codec::PacketType;

void Client::Impl::receive(Bytes chunk) {
    aliases.forget_retired();
    subscriber.release_reported();
    if (!is_receiving() || chunk.empty()) return;
    keep_alive.received(context.now);
    inbound.feed(chunk);
}

Event Client::Impl::next_event() {
    for (;;) {
        if (!context.events.empty()) return context.events.pop();
        if (!is_receiving()) return NeedInput{};
        const auto result = inbound.next(context.options.maximum_packet_size);
        if (result.status == codec::FrameResult::Status::complete) {
            Message message;
            if (handle_frame(result.frame, message)) return message;
        } else if (result.status == codec::FrameResult::Status::bad) {
            give_up(result.error);
        } else {
            inbound.exhausted();
            isolate();
            subscriber.pump();
            publisher.pump();
            if (replace_by) replace_when_quiet();
            if (context.events.empty()) return NeedInput{};
        }
    }
}

bool Client::Impl::handle_frame(const codec::Frame& frame, Message& message) {
    if (context.phase == Phase::connected && frame.type == PacketType::publish) {
        return handle_publish(frame, message);
    }
    const auto error =
        context.phase == Phase::connected ? handle_connected_frame(frame) : handle_during_handshake(frame);
    if (error != Errc::none) give_up(error);
    return false;
}

bool Client::Impl::handle_publish(const codec::Frame& frame, Message& message) {
    auto packet = codec::decode_publish(frame, context.version());
    if (!packet) {
        give_up(packet.error());
        return false;
    }
    if (!resolve_topic(*packet)) return false;
    if (packet->qos == Qos::exactly_once && !accept_exactly_once(packet->packet_identifier)) {
        return false;
    }
    if (packet->qos == Qos::at_least_once) {
        codec::encode_acknowledgement(context.output.buffer(), PacketType::puback,
                                      {packet->packet_identifier, ReasonCode::success, {}}, context.version());
    }
    message = {packet->topic, packet->payload, packet->properties, packet->qos, packet->retain, packet->duplicate};
    return true;
}

bool Client::Impl::resolve_topic(codec::Publish& packet) {
    if (packet.topic_alias == 0) return true;
    if (!packet.topic.empty()) {
        if (aliases.assign(packet.topic_alias, packet.topic)) return true;
    } else if (const auto topic = aliases.find(packet.topic_alias)) {
        packet.topic = *topic;
        return true;
    }
    // An allowed alias without a topic is a Protocol Error; one out of range has its own reason (MQTT 5.0, 3.3.4).
    const bool allowed = packet.topic_alias <= context.options.topic_alias_maximum;
    give_up(Errc::topic_alias_invalid, allowed ? ReasonCode::protocol_error : ReasonCode::topic_alias_invalid);
    return false;
}

bool Client::Impl::accept_exactly_once(std::uint16_t packet_identifier) {
    const bool is_new = received.insert(packet_identifier);
    const bool is_limited = context.version() == Version::v5;
    if (is_limited && is_new && received.size() > context.options.receive_maximum) {  // [MQTT-3.3.4-9]
        received.erase(packet_identifier);  // it was not delivered, and may come again
        give_up(Errc::receive_maximum_exceeded);
        return false;
    }
    codec::encode_acknowledgement(context.output.buffer(), PacketType::pubrec,
                                  {packet_identifier, ReasonCode::success, {}}, context.version());
    return is_new;
}

Errc Client::Impl::handle_during_handshake(const codec::Frame& frame) {
    if (frame.type == PacketType::connack) return handle_connack(frame);
    if (frame.type == PacketType::auth) return handle_auth(frame);
    return Errc::protocol_error;  // [MQTT-3.2.0-1]
}

Errc Client::Impl::handle_connected_frame(const codec::Frame& frame) {
    switch (frame.type) {
        case PacketType::puback:
        case PacketType::pubrec:
        case PacketType::pubcomp:
        case PacketType::suback:
        case PacketType::unsuback: return handle_acknowledgement(frame);
        case PacketType::pubrel: return handle_pubrel(frame);
        case PacketType::pingresp:
            keep_alive.answered(context.now);
            poison_detector.answered();
            return codec::decode_empty(frame);
        case PacketType::disconnect: return handle_disconnect(frame);
        case PacketType::auth: return handle_auth(frame);
        default: return Errc::protocol_error;
    }
}

Errc Client::Impl::handle_connack(const codec::Frame& frame) {
    const auto packet = codec::decode_connack(frame, context.version());
    if (!packet) return packet.error();
    if (is_failure(packet->reason)) {
        close({Errc::connection_refused, packet->reason, packet->properties,
               refusals.after_refusal(packet->reason, context.options, continuity.was_connected(), context.now)});
        return Errc::none;
    }
    if (packet->session_present && continuity.asks_for_clean_start(context.options)) {  // [MQTT-3.2.2-2]
        return Errc::protocol_error;
    }
    handle_accepted(*packet);
    return Errc::none;
}

void Client::Impl::handle_accepted(const codec::Connack& packet) {
    step(Step::accepted);
    authentication.end();
    refusals.clear();
    context.negotiated = client::negotiate(context.options, packet.properties);
    connected_since = context.now;
    keep_alive.start(context.negotiated.keep_alive, context.now, context.options.keep_alive_by_sending);
    aliases.reset(context.options.topic_alias_maximum);
    const PropertyView properties{packet.properties};
    if (const auto assigned = properties.text(PropertyId::assigned_client_identifier)) {
        client_id = *assigned;
    }
    if (const auto data = properties.binary(PropertyId::authentication_data)) {
        const auto method = properties.text(PropertyId::authentication_method);
        context.events.push(Authentication{ReasonCode::success, method.value_or(""), *data, packet.properties});
    }
    context.events.push(Connected{packet.session_present, continuity.was_connected(), packet.properties});
    const auto survivors = continuity.accepted(packet.session_present, context.options);
    if (!survivors.messages) received.clear();
    poison_detector.connected();
    context.output.hold(poison_detector.is_isolating());
    subscriber.handle_connected(survivors.subscriptions);
    publisher.handle_connected(survivors.messages);
    isolate();
    if (is_outdated) reconnect();
}

Errc Client::Impl::handle_acknowledgement(const codec::Frame& frame) {
    const bool of_subscribe = frame.type == PacketType::suback;
    if (of_subscribe || frame.type == PacketType::unsuback) {
        const auto packet = of_subscribe ? codec::decode_suback(frame, context.version())
                                         : codec::decode_unsuback(frame, context.version());
        return packet ? subscriber.handle_acknowledgement(frame.type, *packet) : packet.error();
    }
    const auto packet = codec::decode_acknowledgement(frame, context.version());
    return packet ? publisher.handle_acknowledgement(frame.type, *packet) : packet.error();
}

Errc Client::Impl::handle_pubrel(const codec::Frame& frame) {
    const auto packet = codec::decode_acknowledgement(frame, context.version());
    if (!packet) return packet.error();
    const auto reason =
        received.erase(packet->packet_identifier) ? ReasonCode::success : ReasonCode::packet_identifier_not_found;
    codec::encode_acknowledgement(context.output.buffer(), PacketType::pubcomp, {packet->packet_identifier, reason, {}},
                                  context.version());
    return Errc::none;
}

Errc Client::Impl::handle_disconnect(const codec::Frame& frame) {
    if (context.version() != Version::v5) return Errc::protocol_error;
    const auto packet = codec::decode_disconnect(frame, context.version());
    if (!packet) return packet.error();
    const bool is_final = client::is_final_disconnect(packet->reason, context.options);
    close({Errc::disconnected_by_broker, packet->reason, packet->properties,
           is_final ? client::Retry::never : client::Retry::by_policy});
    return Errc::none;
}

Errc Client::Impl::handle_auth(const codec::Frame& frame) {
    const auto& own_method = context.options.authentication_method;
    if (!authentication.is_running()) return Errc::protocol_error;
    const auto packet = codec::decode_auth(frame, context.version());
    if (!packet) return packet.error();
    const PropertyView properties{packet->properties};
    const auto method = properties.text(PropertyId::authentication_method).value_or("");
    if (method != own_method) return Errc::protocol_error;  // [MQTT-4.12.0-5]
    const bool asks = packet->reason == ReasonCode::continue_authentication;
    // Only the client begins again, and success before CONNACK is for CONNACK to report.
    if (!asks && (packet->reason != ReasonCode::success || context.phase != Phase::connected)) {
        return Errc::protocol_error;
    }
    asks ? authentication.challenged() : authentication.end();
    const auto data = properties.binary(PropertyId::authentication_data).value_or(Bytes{});
    context.events.push(Authentication{packet->reason, method, data, packet->properties});
    return Errc::none;
}

Errc Client::Impl::send_auth(ReasonCode reason, Bytes data) {
    if (data.size() > limits::longest_string) return Errc::invalid_argument;
    PropertyWriter properties;
    properties.text(PropertyId::authentication_method, context.options.authentication_method);
    if (!data.empty()) properties.binary(PropertyId::authentication_data, data);
    codec::encode_auth(context.output.buffer(), {reason, properties.bytes()});
    return Errc::none;
}

}  // namespace wsmq
