// SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK.
#include <algorithm>

#include "codec/decode.hpp"
#include "codec/property_block.hpp"
#include "codec/reason_codes.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::codec {
namespace {

constexpr std::uint8_t required_flags = 0x02;

/// The options byte behind a topic filter (MQTT 5.0, 3.8.3.1). Its upper bits are reserved: six of them below MQTT 5,
/// two since [MQTT-3.8.3-5].
Errc read_options(std::uint8_t options, Subscription& out, Version version) noexcept {
    const unsigned reserved = version == Version::v5 ? 0xC0u : 0xFCu;
    const unsigned qos = options & 0x03u;
    const unsigned retain_handling = options >> 4 & 0x03u;
    if ((options & reserved) != 0) return Errc::malformed_packet;
    // A QoS of 3 is malformed in MQTT 3.1.1 [MQTT-3-8.3-4], a protocol error in MQTT 5, as a retain handling of 3 is.
    if (qos == 3) return version == Version::v5 ? Errc::protocol_error : Errc::malformed_packet;
    if (retain_handling == 3) return Errc::protocol_error;
    out.qos = static_cast<Qos>(qos);
    out.no_local = (options & 0x04u) != 0;
    out.retain_as_published = (options & 0x08u) != 0;
    out.retain_handling = static_cast<RetainHandling>(retain_handling);
    // [MQTT-3.8.3-4]
    return out.no_local && out.topic_filter.starts_with("$share/") ? Errc::protocol_error : Errc::none;
}

Errc read_subscription(Reader& reader, Subscription& out, Version version) noexcept {
    out.topic_filter = reader.text();
    const std::uint8_t options = reader.byte();
    if (!reader.ok() || !is_valid_topic_filter(out.topic_filter)) return Errc::malformed_packet;
    return read_options(options, out, version);
}

Errc check_subscriptions(Bytes payload, Version version) noexcept {
    SubscriptionView view{payload};
    Subscription subscription;
    while (view.next(subscription, version)) continue;
    return view.error();
}

Errc check_filters(Bytes payload) noexcept {
    Reader reader{payload};
    while (reader.remaining() != 0) {
        if (!is_valid_topic_filter(reader.text())) return Errc::malformed_packet;
    }
    return Errc::none;
}

/// The part that all four packets begin with, and their payload, which has at least one entry unless it says otherwise.
template <class Packet>
Errc read_start(const Frame& frame, PropertyOwner owner, Version version, Packet& packet, Bytes& payload) noexcept {
    Reader reader{frame.body};
    packet.packet_identifier = reader.two_byte_integer();
    const PropertyBlock block = read_properties(reader, owner, version);
    if (block.error != Errc::none) return block.error;
    if (!reader.ok()) return Errc::malformed_packet;
    if (packet.packet_identifier == 0) return Errc::protocol_error;  // [MQTT-2.2.1-3]
    packet.properties = block.bytes;
    payload = reader.rest();
    return Errc::none;
}

/// Only MQTT 3.1 knows the duplicate flag here [MQTT-3.8.1-1] [MQTT-3.10.1-1].
bool has_sound_flags(const Frame& frame, Version version) noexcept {
    return frame.flags == required_flags || version == Version::v3_1;
}

bool all_may_be_carried(PacketType type, Bytes reasons) noexcept {
    return std::all_of(reasons.begin(), reasons.end(), [=](std::uint8_t reason) { return may_carry(type, reason); });
}

/// 0, 1, 2 and 0x80 [MQTT-3.9.3-2 of MQTT 3.1.1]; what is above fails as well.
bool are_version_3_codes(Bytes codes) noexcept {
    return std::all_of(codes.begin(), codes.end(), [](std::uint8_t code) { return code <= 2 || code >= 0x80; });
}

}  // namespace

bool SubscriptionView::next(Subscription& out, Version version) noexcept {
    if (rest_.remaining() == 0) return false;
    error_ = read_subscription(rest_, out, version);
    if (error_ != Errc::none) rest_.fail();
    return ok();
}

Result<Subscribe> decode_subscribe(const Frame& frame, Version version) noexcept {
    if (!has_sound_flags(frame, version)) return Errc::malformed_packet;
    Subscribe packet;
    if (const Errc error = read_start(frame, PropertyOwner::subscribe, version, packet, packet.payload);
        error != Errc::none) {
        return error;
    }
    if (packet.payload.empty()) return Errc::protocol_error;  // [MQTT-3.8.3-2]
    if (const Errc error = check_subscriptions(packet.payload, version); error != Errc::none) return error;
    return packet;
}

Result<Unsubscribe> decode_unsubscribe(const Frame& frame, Version version) noexcept {
    if (!has_sound_flags(frame, version)) return Errc::malformed_packet;
    Unsubscribe packet;
    if (const Errc error = read_start(frame, PropertyOwner::unsubscribe, version, packet, packet.payload);
        error != Errc::none) {
        return error;
    }
    if (packet.payload.empty()) return Errc::protocol_error;  // [MQTT-3.10.3-2]
    if (const Errc error = check_filters(packet.payload); error != Errc::none) return error;
    return packet;
}

Result<SubscribeAcknowledgement> decode_suback(const Frame& frame, Version version) noexcept {
    SubscribeAcknowledgement packet;
    if (const Errc error = read_start(frame, PropertyOwner::suback, version, packet, packet.reason_codes);
        error != Errc::none) {
        return error;
    }
    // One code for each filter, and no SUBSCRIBE is without filters (3.9.3).
    if (packet.reason_codes.empty()) return Errc::protocol_error;
    if (version != Version::v5) {
        if (!are_version_3_codes(packet.reason_codes)) return Errc::malformed_packet;
        return packet;
    }
    if (!all_may_be_carried(frame.type, packet.reason_codes)) return Errc::protocol_error;  // [MQTT-3.9.3-2]
    return packet;
}

Result<SubscribeAcknowledgement> decode_unsuback(const Frame& frame, Version version) noexcept {
    SubscribeAcknowledgement packet;
    if (const Errc error = read_start(frame, PropertyOwner::unsuback, version, packet, packet.reason_codes);
        error != Errc::none) {
        return error;
    }
    if (version != Version::v5) {  // has no payload (MQTT 3.1.1, 3.11.3)
        if (!packet.reason_codes.empty()) return Errc::malformed_packet;
        return packet;
    }
    if (packet.reason_codes.empty()) return Errc::protocol_error;
    if (!all_may_be_carried(frame.type, packet.reason_codes)) return Errc::protocol_error;  // [MQTT-3.11.3-2]
    return packet;
}

}  // namespace wsmq::codec
