// PUBLISH and its acknowledgements: the packets that come by the million.
#include <array>

#include "codec/decode.hpp"
#include "codec/property_block.hpp"
#include "codec/reason_codes.hpp"

namespace wsmq::codec {
namespace {

constexpr std::uint8_t retain_flag = 0x01;
constexpr std::uint8_t duplicate_flag = 0x08;

PropertyOwner owner_of(PacketType type) noexcept {
    constexpr std::array owners{PropertyOwner::puback, PropertyOwner::pubrec, PropertyOwner::pubrel,
                                PropertyOwner::pubcomp};
    return owners[static_cast<std::size_t>(type) - static_cast<std::size_t>(PacketType::puback)];
}

/// A topic of no length needs an alias (MQTT 5.0, 3.3.2.1); without aliases it is no topic at all [MQTT-4.7.3-1].
Errc check_empty_topic(const Publish& packet, Version version) noexcept {
    if (version != Version::v5) return Errc::malformed_packet;
    return packet.topic_alias == 0 ? Errc::protocol_error : Errc::none;
}

Errc read_publish(const Frame& frame, Version version, Publish& out) noexcept {
    const unsigned qos = frame.flags >> 1 & 3u;
    out.retain = (frame.flags & retain_flag) != 0;
    out.duplicate = (frame.flags & duplicate_flag) != 0;
    if (qos == 3) return Errc::malformed_packet;                   // [MQTT-3.3.1-4]
    if (qos == 0 && out.duplicate) return Errc::malformed_packet;  // [MQTT-3.3.1-2]
    out.qos = static_cast<Qos>(qos);

    Reader reader{frame.body};
    const Bytes topic = reader.binary();
    if (qos != 0) out.packet_identifier = reader.two_byte_integer();
    const PropertyBlock block = read_properties(reader, PropertyOwner::publish, version);
    if (block.error != Errc::none) return block.error;
    if (!reader.ok() || !is_topic_name_text(topic)) return Errc::malformed_packet;  // [MQTT-3.3.2-1] [MQTT-3.3.2-2]
    if (qos != 0 && out.packet_identifier == 0) return Errc::protocol_error;        // [MQTT-2.2.1-3]

    out.topic = as_text(topic);
    out.properties = block.bytes;
    out.payload = reader.rest();
    if (block.holds(PropertyId::topic_alias)) {
        const auto alias = PropertyView{block.bytes}.integer(PropertyId::topic_alias);
        out.topic_alias = static_cast<std::uint16_t>(*alias);
    }
    return topic.empty() ? check_empty_topic(out, version) : Errc::none;
}

}  // namespace

Result<Publish> decode_publish(const Frame& frame, Version version) noexcept {
    // Filled where it is returned, and so never copied.
    Result<Publish> result{Publish{}};
    if (const Errc error = read_publish(frame, version, *result); error != Errc::none) result = error;
    return result;
}

Result<Acknowledgement> decode_acknowledgement(const Frame& frame, Version version) noexcept {
    // Only MQTT 3.1 knows a PUBREL with the duplicate flag [MQTT-3.6.1-1].
    if ((frame.flags & duplicate_flag) != 0 && version != Version::v3_1) return Errc::malformed_packet;
    Reader reader{frame.body};
    Acknowledgement packet;
    packet.packet_identifier = reader.two_byte_integer();
    if (version == Version::v5 && reader.remaining() != 0) {
        const std::uint8_t reason = reader.byte();
        // [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1]
        if (!may_carry(frame.type, reason)) return Errc::protocol_error;
        packet.reason = static_cast<ReasonCode>(reason);
        if (reader.remaining() != 0) {  // below 4 bytes there is no property length (3.4.2.2.1)
            const PropertyBlock block = read_properties(reader, owner_of(frame.type), version);
            if (block.error != Errc::none) return block.error;
            packet.properties = block.bytes;
        }
    }
    if (!reader.ok() || reader.remaining() != 0) return Errc::malformed_packet;
    if (packet.packet_identifier == 0) return Errc::protocol_error;  // [MQTT-2.2.1-3]
    return packet;
}

}  // namespace wsmq::codec
