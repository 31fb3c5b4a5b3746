// CONNECT and CONNACK.
#include "codec/connect_flags.hpp"
#include "codec/decode.hpp"
#include "codec/property_block.hpp"
#include "codec/reason_codes.hpp"
#include "codec/return_codes.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::codec {
namespace {

/// Name and level belong together [MQTT-3.1.2-1]. A level that we do not know can be read all the same, and gets an
/// error of its own [MQTT-3.1.2-2].
Errc read_protocol(Reader& reader, Version& version) noexcept {
    const std::string_view name = reader.text();
    const std::uint8_t level = reader.byte();
    if (!reader.ok()) return Errc::malformed_packet;
    if (name == "MQIsdp" && level == static_cast<std::uint8_t>(Version::v3_1)) {
        version = Version::v3_1;
        return Errc::none;
    }
    if (name != "MQTT") return Errc::malformed_packet;
    if (level != static_cast<std::uint8_t>(Version::v3_1_1) && level != static_cast<std::uint8_t>(Version::v5)) {
        return Errc::protocol_error;
    }
    version = static_cast<Version>(level);
    return Errc::none;
}

bool are_sound(unsigned flags, Version version) noexcept {
    using namespace connect_flag;
    const unsigned qos_and_retain = flags & (will_qos | will_retain);
    if ((flags & reserved) != 0) return false;                     // [MQTT-3.1.2-3]
    if ((flags & will) == 0 && qos_and_retain != 0) return false;  // [MQTT-3.1.2-11] [MQTT-3.1.2-13]
    if ((flags & will_qos) == will_qos) return false;              // [MQTT-3.1.2-12]
    const bool password_alone = (flags & (username | password)) == password;
    return !password_alone || version == Version::v5;  // [MQTT-3.1.2-22 of MQTT 3.1.1]
}

Errc read_will(Reader& reader, unsigned flags, Connect& packet) noexcept {
    if ((flags & connect_flag::will) == 0) return Errc::none;
    const PropertyBlock block = read_properties(reader, PropertyOwner::will, packet.version);
    if (block.error != Errc::none) return block.error;
    WillView& will = packet.will.emplace();
    will.properties = block.bytes;
    will.topic = as_text(reader.binary());
    will.payload = reader.binary();
    will.qos = static_cast<Qos>((flags & connect_flag::will_qos) >> connect_flag::will_qos_shift);
    will.retain = (flags & connect_flag::will_retain) != 0;
    return is_valid_topic_name(will.topic) ? Errc::none : Errc::malformed_packet;  // [MQTT-3.1.3-11]
}

void read_credentials(Reader& reader, unsigned flags, Connect& packet) noexcept {
    // In MQTT 3.1 the remaining length has the last word: flagged fields may be missing at the end (MQTT 3.1, 3.1).
    const auto is_there = [&](std::uint8_t flag) {
        return (flags & flag) != 0 && (packet.version != Version::v3_1 || reader.remaining() != 0);
    };
    if (is_there(connect_flag::username)) packet.username = reader.text();
    if (is_there(connect_flag::password)) packet.password = reader.binary();
}

/// Authentication data belongs to a method (MQTT 5.0, 3.1.2.11.10).
bool is_data_without_method(const PropertyBlock& block) noexcept {
    return block.holds(PropertyId::authentication_data) && !block.holds(PropertyId::authentication_method);
}

/// A broker that does not speak MQTT 5 may refuse in the only form that it knows [MQTT-3.1.2-2 of MQTT 3.1.1].
bool is_refusal_of_version(Bytes body) noexcept { return body.size() == 2 && body[0] == 0 && body[1] == 1; }

Errc read_reason(std::uint8_t code, Version version, ReasonCode& out) noexcept {
    if (version == Version::v5) {
        out = static_cast<ReasonCode>(code);
        return may_carry(PacketType::connack, code) ? Errc::none : Errc::protocol_error;  // [MQTT-3.2.2-8]
    }
    out = from_return_code(code);
    return Errc::none;
}

}  // namespace

Result<Connect> decode_connect(const Frame& frame) noexcept {
    Reader reader{frame.body};
    Connect packet;
    if (const Errc error = read_protocol(reader, packet.version); error != Errc::none) return error;
    const unsigned flags = reader.byte();
    packet.clean_start = (flags & connect_flag::clean_start) != 0;
    packet.keep_alive = reader.two_byte_integer();
    if (!reader.ok() || !are_sound(flags, packet.version)) return Errc::malformed_packet;

    const PropertyBlock block = read_properties(reader, PropertyOwner::connect, packet.version);
    if (block.error != Errc::none) return block.error;
    if (is_data_without_method(block)) return Errc::protocol_error;
    packet.properties = block.bytes;
    packet.client_id = reader.text();
    if (const Errc error = read_will(reader, flags, packet); error != Errc::none) return error;
    read_credentials(reader, flags, packet);
    if (!reader.ok() || reader.remaining() != 0) return Errc::malformed_packet;
    return packet;
}

Result<Connack> decode_connack(const Frame& frame, Version version) noexcept {
    Connack packet;
    if (version == Version::v5 && is_refusal_of_version(frame.body)) {
        packet.reason = ReasonCode::unsupported_protocol_version;
        return packet;
    }
    Reader reader{frame.body};
    unsigned flags = reader.byte();
    const std::uint8_t code = reader.byte();
    if (version == Version::v3_1) flags = 0;  // a reserved byte that says nothing (MQTT 3.1, 3.2)
    const PropertyBlock block = read_properties(reader, PropertyOwner::connack, version);
    if (block.error != Errc::none) return block.error;
    if (!reader.ok() || reader.remaining() != 0 || flags > 1) return Errc::malformed_packet;  // [MQTT-3.2.2-1]
    if (const Errc error = read_reason(code, version, packet.reason); error != Errc::none) return error;
    packet.session_present = flags == 1;
    packet.properties = block.bytes;
    // [MQTT-3.2.2-6]
    if (packet.session_present && packet.reason != ReasonCode::success) return Errc::protocol_error;
    if (is_data_without_method(block)) return Errc::protocol_error;
    return packet;
}

}  // namespace wsmq::codec
