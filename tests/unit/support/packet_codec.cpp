// Test packets to and from bytes, by the side of the codec that a client does not use.
#include "codec/decode.hpp"
#include "codec/encode.hpp"
#include "support/packet.hpp"

namespace wsmq::test {

namespace {

codec::Publish view_of(const Packet& packet) {
    return {.topic = packet.topic,
            .payload = bytes_of(packet.payload),
            .properties = packet.properties,
            .packet_identifier = packet.id,
            .topic_alias = packet.topic_alias,
            .qos = packet.qos,
            .retain = packet.retain,
            .duplicate = packet.duplicate};
}

Block codes_of(const Packet& packet) {
    Block codes;
    for (const ReasonCode code : packet.reason_codes) codes.push_back(static_cast<std::uint8_t>(code));
    return codes;
}

std::optional<Packet> decode_connect_packet(const codec::Frame& frame) {
    const auto view = codec::decode_connect(frame);
    if (!view) return std::nullopt;
    Packet packet{.type = frame.type, .properties = block_of(view->properties), .version = view->version};
    packet.clean_start = view->clean_start;
    packet.keep_alive = view->keep_alive;
    packet.client_id = view->client_id;
    if (view->username) packet.username = std::string{*view->username};
    if (view->password) packet.password = text_of(*view->password);
    if (view->will) {
        packet.will = Will{.topic = std::string{view->will->topic},
                           .payload = block_of(view->will->payload),
                           .qos = view->will->qos,
                           .retain = view->will->retain,
                           .encoded_properties = block_of(view->will->properties)};
    }
    return packet;
}

/// The block without the topic alias, which a packet holds as a field of its own.
Block without_alias(Bytes block) {
    PropertyWriter writer;
    copy_properties(writer, block, {PropertyId::topic_alias});
    return block_of(writer.bytes());
}

std::optional<Packet> decode_publish_packet(const codec::Frame& frame, Version version) {
    const auto view = codec::decode_publish(frame, version);
    if (!view) return std::nullopt;
    Packet packet = publish(view->topic, text_of(view->payload)).at(view->qos, view->packet_identifier);
    packet.topic_alias = view->topic_alias;
    packet.retain = view->retain;
    packet.duplicate = view->duplicate;
    packet.properties = without_alias(view->properties);
    return packet;
}

std::optional<Packet> decode_acknowledgement_packet(const codec::Frame& frame, Version version) {
    const auto view = codec::decode_acknowledgement(frame, version);
    if (!view) return std::nullopt;
    Packet packet{.type = frame.type, .id = view->packet_identifier, .reason = view->reason};
    packet.properties = block_of(view->properties);
    return packet;
}

std::optional<Packet> decode_subscribe_packet(const codec::Frame& frame, Version version) {
    const auto view = codec::decode_subscribe(frame, version);
    if (!view) return std::nullopt;
    Packet packet = subscribe(view->packet_identifier, {});
    packet.properties = block_of(view->properties);
    codec::SubscriptionView subscriptions{view->payload};
    for (Subscription one; subscriptions.next(one, version);) {
        packet.filters.push_back({.filter = std::string{one.topic_filter},
                                  .qos = one.qos,
                                  .no_local = one.no_local,
                                  .retain_as_published = one.retain_as_published,
                                  .retain_handling = one.retain_handling});
    }
    return packet;
}

std::optional<Packet> decode_unsubscribe_packet(const codec::Frame& frame, Version version) {
    const auto view = codec::decode_unsubscribe(frame, version);
    if (!view) return std::nullopt;
    Packet packet = unsubscribe(view->packet_identifier, {});
    packet.properties = block_of(view->properties);
    codec::Reader filters{view->payload};
    while (filters.remaining() > 0 && filters.ok()) packet.filters.push_back({.filter = std::string{filters.text()}});
    return packet;
}

template <class View> std::optional<Packet> decode_reason_packet(const codec::Frame& frame, const Result<View>& view) {
    if (!view) return std::nullopt;
    return Packet{.type = frame.type, .reason = view->reason, .properties = block_of(view->properties)};
}

}  // namespace

Block encode_from_broker(const Packet& packet, Version version) {
    Block out;
    const Block codes = codes_of(packet);
    const codec::SubscribeAcknowledgement granted{packet.id, packet.properties, codes};
    switch (packet.type) {
        case PacketType::connack:
            codec::encode_connack(out, {packet.session_present, packet.reason, packet.properties}, version);
            break;
        case PacketType::publish: codec::encode_publish(out, view_of(packet), version); break;
        case PacketType::puback:
        case PacketType::pubrec:
        case PacketType::pubrel:
        case PacketType::pubcomp:
            codec::encode_acknowledgement(out, packet.type, {packet.id, packet.reason, packet.properties}, version);
            break;
        case PacketType::suback: codec::encode_suback(out, granted, version); break;
        case PacketType::unsuback: codec::encode_unsuback(out, granted, version); break;
        case PacketType::pingresp: codec::encode_pingresp(out); break;
        case PacketType::disconnect: codec::encode_disconnect(out, {packet.reason, packet.properties}, version); break;
        case PacketType::auth: codec::encode_auth(out, {packet.reason, packet.properties}); break;
        default: break;
    }
    return out;
}

std::optional<Packet> decode_from_client(const codec::Frame& frame, Version version) {
    switch (frame.type) {
        case PacketType::connect: return decode_connect_packet(frame);
        case PacketType::publish: return decode_publish_packet(frame, version);
        case PacketType::puback:
        case PacketType::pubrec:
        case PacketType::pubrel:
        case PacketType::pubcomp: return decode_acknowledgement_packet(frame, version);
        case PacketType::subscribe: return decode_subscribe_packet(frame, version);
        case PacketType::unsubscribe: return decode_unsubscribe_packet(frame, version);
        case PacketType::disconnect: return decode_reason_packet(frame, codec::decode_disconnect(frame, version));
        case PacketType::auth: return decode_reason_packet(frame, codec::decode_auth(frame, version));
        case PacketType::pingreq:
            if (codec::decode_empty(frame) != Errc::none) return std::nullopt;
            return pingreq();
        default: return std::nullopt;
    }
}

}  // namespace wsmq::test
