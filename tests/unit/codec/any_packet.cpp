#include "codec/any_packet.hpp"

#include <algorithm>
#include <vector>

#include "wsmq/property.hpp"

namespace wsmq::test {
namespace {

using namespace wsmq::codec;

template <class Packet> Result<AnyPacket> widen(const Result<Packet>& result) {
    if (!result) return result.error();
    return AnyPacket{*result};
}

bool same(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

bool same(const std::optional<Bytes>& a, const std::optional<Bytes>& b) {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

bool same(const std::optional<WillView>& a, const std::optional<WillView>& b) {
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

}  // namespace

Result<AnyPacket> decode_any(const Frame& frame, Version version) {
    switch (frame.type) {
        case PacketType::connect: return widen(decode_connect(frame));
        case PacketType::connack: return widen(decode_connack(frame, version));
        case PacketType::publish: return widen(decode_publish(frame, version));
        case PacketType::puback:
        case PacketType::pubrec:
        case PacketType::pubrel:
        case PacketType::pubcomp: return widen(decode_acknowledgement(frame, version));
        case PacketType::subscribe: return widen(decode_subscribe(frame, version));
        case PacketType::suback: return widen(decode_suback(frame, version));
        case PacketType::unsubscribe: return widen(decode_unsubscribe(frame, version));
        case PacketType::unsuback: return widen(decode_unsuback(frame, version));
        case PacketType::disconnect: return widen(decode_disconnect(frame, version));
        case PacketType::auth: return widen(decode_auth(frame, version));
        case PacketType::pingreq:
        case PacketType::pingresp: break;
    }
    if (const Errc error = decode_empty(frame); error != Errc::none) return error;
    return AnyPacket{Empty{}};
}

void encode_any(Buffer& out, PacketType type, const AnyPacket& packet, Version version) {
    std::visit(Encode{out, type, version}, packet);
}

bool same(const AnyPacket& a, const AnyPacket& b) { return std::visit(Same{}, a, b); }

}  // namespace wsmq::test
