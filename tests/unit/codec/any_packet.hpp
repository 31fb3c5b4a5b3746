// Any packet at all, for tests and fuzzers that treat them alike.
#pragma once
#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "codec/decode.hpp"
#include "codec/encode.hpp"
#include "wsmq/property.hpp"
#include "wsmq/result.hpp"

namespace wsmq::test {

/// PINGREQ or PINGRESP.
struct Empty {};

using AnyPacket =
    std::variant<Empty, codec::Connect, codec::Connack, codec::Publish, codec::Acknowledgement, codec::Subscribe,
                 codec::SubscribeAcknowledgement, codec::Unsubscribe, codec::Disconnect, codec::Auth>;

namespace any_packet {

using namespace wsmq::codec;

template <class Packet> Result<AnyPacket> widen(const Result<Packet>& result) {
    if (!result) return result.error();
    return AnyPacket{*result};
}

inline bool same(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

inline bool same(const std::optional<Bytes>& a, const std::optional<Bytes>& b) {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

inline bool same(const std::optional<WillView>& a, const std::optional<WillView>& b) {
    if (!a || !b) return !a && !b;
    return a->topic == b->topic && same(a->payload, b->payload) && a->qos == b->qos && a->retain == b->retain &&
           same(a->properties, b->properties);
}

struct Same {
    bool operator()(const Empty&, const Empty&) const { return true; }
    bool operator()(const Connect& a, const Connect& b) const {
        return a.version == b.version && a.clean_start == b.clean_start && a.keep_alive == b.keep_alive &&
               a.client_id == b.client_id && same(a.will, b.will) && a.username == b.username &&
               same(a.password, b.password) && same(a.properties, b.properties);
    }
    bool operator()(const Connack& a, const Connack& b) const {
        return a.session_present == b.session_present && a.reason == b.reason && same(a.properties, b.properties);
    }
    bool operator()(const Publish& a, const Publish& b) const {
        return a.topic == b.topic && same(a.payload, b.payload) && same(a.properties, b.properties) &&
               a.packet_identifier == b.packet_identifier && a.topic_alias == b.topic_alias && a.qos == b.qos &&
               a.retain == b.retain && a.duplicate == b.duplicate;
    }
    bool operator()(const Acknowledgement& a, const Acknowledgement& b) const {
        return a.packet_identifier == b.packet_identifier && a.reason == b.reason && same(a.properties, b.properties);
    }
    bool operator()(const Subscribe& a, const Subscribe& b) const {
        return a.packet_identifier == b.packet_identifier && same(a.properties, b.properties) &&
               same(a.payload, b.payload);
    }
    bool operator()(const SubscribeAcknowledgement& a, const SubscribeAcknowledgement& b) const {
        return a.packet_identifier == b.packet_identifier && same(a.properties, b.properties) &&
               same(a.reason_codes, b.reason_codes);
    }
    bool operator()(const Unsubscribe& a, const Unsubscribe& b) const {
        return a.packet_identifier == b.packet_identifier && same(a.properties, b.properties) &&
               same(a.payload, b.payload);
    }
    bool operator()(const Disconnect& a, const Disconnect& b) const {
        return a.reason == b.reason && same(a.properties, b.properties);
    }
    bool operator()(const Auth& a, const Auth& b) const {
        return a.reason == b.reason && same(a.properties, b.properties);
    }
    template <class A, class B> bool operator()(const A&, const B&) const { return false; }
};

struct Encode {
    Buffer& out;
    PacketType type;
    Version version;

    void operator()(const Empty&) const { type == PacketType::pingreq ? encode_pingreq(out) : encode_pingresp(out); }
    void operator()(const Connect& packet) const { encode_connect(out, packet); }
    void operator()(const Connack& packet) const { encode_connack(out, packet, version); }
    void operator()(Publish packet) const {
        if (PropertyView{packet.properties}.integer(PropertyId::topic_alias)) packet.topic_alias = 0;
        encode_publish(out, packet, version);
    }
    void operator()(const Acknowledgement& packet) const { encode_acknowledgement(out, type, packet, version); }
    void operator()(const Subscribe& packet) const {
        std::vector<Subscription> subscriptions;
        SubscriptionView view{packet.payload};
        for (Subscription subscription; view.next(subscription, version);) subscriptions.push_back(subscription);
        encode_subscribe(out, packet.packet_identifier, subscriptions, packet.properties, version);
    }
    void operator()(const SubscribeAcknowledgement& packet) const {
        type == PacketType::suback ? encode_suback(out, packet, version) : encode_unsuback(out, packet, version);
    }
    void operator()(const Unsubscribe& packet) const {
        std::vector<std::string_view> filters;
        for (Reader reader{packet.payload}; reader.remaining() != 0;) filters.push_back(reader.text());
        encode_unsubscribe(out, packet.packet_identifier, filters, packet.properties, version);
    }
    void operator()(const Disconnect& packet) const { encode_disconnect(out, packet, version); }
    void operator()(const Auth& packet) const { encode_auth(out, packet); }
};

}  // namespace any_packet

inline Result<AnyPacket> decode_any(const codec::Frame& frame, Version version) {
    switch (frame.type) {
        case codec::PacketType::connect: return any_packet::widen(codec::decode_connect(frame));
        case codec::PacketType::connack: return any_packet::widen(codec::decode_connack(frame, version));
        case codec::PacketType::publish: return any_packet::widen(codec::decode_publish(frame, version));
        case codec::PacketType::puback:
        case codec::PacketType::pubrec:
        case codec::PacketType::pubrel:
        case codec::PacketType::pubcomp: return any_packet::widen(codec::decode_acknowledgement(frame, version));
        case codec::PacketType::subscribe: return any_packet::widen(codec::decode_subscribe(frame, version));
        case codec::PacketType::suback: return any_packet::widen(codec::decode_suback(frame, version));
        case codec::PacketType::unsubscribe: return any_packet::widen(codec::decode_unsubscribe(frame, version));
        case codec::PacketType::unsuback: return any_packet::widen(codec::decode_unsuback(frame, version));
        case codec::PacketType::disconnect: return any_packet::widen(codec::decode_disconnect(frame, version));
        case codec::PacketType::auth: return any_packet::widen(codec::decode_auth(frame, version));
        case codec::PacketType::pingreq:
        case codec::PacketType::pingresp: break;
    }
    if (const Errc error = codec::decode_empty(frame); error != Errc::none) return error;
    return AnyPacket{Empty{}};
}

/// A PUBLISH keeps the topic alias that stands in its properties.
inline void encode_any(codec::Buffer& out, codec::PacketType type, const AnyPacket& packet, Version version) {
    std::visit(any_packet::Encode{out, type, version}, packet);
}

/// Whether they say the same.
inline bool same(const AnyPacket& a, const AnyPacket& b) { return std::visit(any_packet::Same{}, a, b); }

}  // namespace wsmq::test
