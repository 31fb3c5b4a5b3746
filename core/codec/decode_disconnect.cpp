// DISCONNECT, AUTH, and the packets with nothing in them.
#include "codec/decode.hpp"
#include "codec/property_block.hpp"
#include "codec/reason_codes.hpp"

namespace wsmq::codec {

Result<Disconnect> decode_disconnect(const Frame& frame, Version version) noexcept {
    Disconnect packet;
    if (frame.body.empty()) return packet;  // success (MQTT 5.0, 3.14.2.1)
    if (version != Version::v5) return Errc::malformed_packet;
    Reader reader{frame.body};
    const std::uint8_t reason = reader.byte();
    if (!may_carry(frame.type, reason)) return Errc::protocol_error;  // [MQTT-3.14.2-1]
    packet.reason = static_cast<ReasonCode>(reason);
    if (reader.remaining() != 0) {  // a reason alone needs no property length (3.14.2.2.1)
        const PropertyBlock block = read_properties(reader, PropertyOwner::disconnect, version);
        if (block.error != Errc::none) return block.error;
        packet.properties = block.bytes;
    }
    if (reader.remaining() != 0) return Errc::malformed_packet;
    return packet;
}

Result<Auth> decode_auth(const Frame& frame, Version version) noexcept {
    if (version != Version::v5) return Errc::protocol_error;  // a reserved packet type
    Auth packet;
    if (frame.body.empty()) return packet;  // success (MQTT 5.0, 3.15.2.1)
    Reader reader{frame.body};
    const std::uint8_t reason = reader.byte();
    if (!may_carry(frame.type, reason)) return Errc::protocol_error;  // [MQTT-3.15.2-1]
    packet.reason = static_cast<ReasonCode>(reason);
    const PropertyBlock block = read_properties(reader, PropertyOwner::auth, version);
    if (block.error != Errc::none) return block.error;
    if (reader.remaining() != 0) return Errc::malformed_packet;
    packet.properties = block.bytes;
    // The method is left out only where the whole body could have been (3.15.2.2.2).
    const bool says_nothing = packet.reason == ReasonCode::success && block.bytes.empty();
    if (!says_nothing && !block.holds(PropertyId::authentication_method)) return Errc::protocol_error;
    return packet;
}

Errc decode_empty(const Frame& frame) noexcept { return frame.body.empty() ? Errc::none : Errc::malformed_packet; }

}  // namespace wsmq::codec
