// CONNECT, CONNACK, DISCONNECT, AUTH, and the packets with nothing in them.
#include "codec/connect_flags.hpp"
#include "codec/encode.hpp"
#include "codec/return_codes.hpp"
#include "codec/writer.hpp"

namespace wsmq::codec {
namespace {

std::string_view protocol_name(Version version) noexcept { return version == Version::v3_1 ? "MQIsdp" : "MQTT"; }

std::size_t connect_size(const Connect& packet) noexcept {
    const Version version = packet.version;
    // Behind the name: level, flags and keep alive.
    std::size_t size = binary_size(protocol_name(version).size()) + 4;
    size += properties_size(packet.properties.size(), version) + binary_size(packet.client_id.size());
    if (packet.will) {
        size += properties_size(packet.will->properties.size(), version);
        size += binary_size(packet.will->topic.size()) + binary_size(packet.will->payload.size());
    }
    if (packet.username) size += binary_size(packet.username->size());
    if (packet.password) size += binary_size(packet.password->size());
    return size;
}

unsigned connect_flags(const Connect& packet) noexcept {
    using namespace connect_flag;
    unsigned flags = packet.clean_start ? clean_start : 0u;
    if (packet.will) {
        flags |= will | static_cast<unsigned>(packet.will->qos) << will_qos_shift;
        if (packet.will->retain) flags |= will_retain;
    }
    if (packet.username) flags |= username;
    if (packet.password) flags |= password;
    return flags;
}

/// Reason and properties, of which MQTT 5 lets us leave out what says nothing.
void encode_reason(Buffer& out, PacketType type, ReasonCode reason, Bytes properties, bool reason_may_stand_alone) {
    const bool with_properties = !properties.empty() || (reason != ReasonCode::success && !reason_may_stand_alone);
    const bool with_reason = with_properties || reason != ReasonCode::success;
    const std::size_t block = with_properties ? properties_size(properties.size(), Version::v5) : 0;
    Writer writer = begin_packet(out, type, 0, (with_reason ? 1u : 0u) + block);
    if (with_reason) writer.byte(static_cast<std::uint8_t>(reason));
    if (with_properties) writer.properties(properties, Version::v5);
}

}  // namespace

void encode_connect(Buffer& out, const Connect& packet) {
    const Version version = packet.version;
    Writer writer = begin_packet(out, PacketType::connect, 0, connect_size(packet));
    writer.text(protocol_name(version)).byte(static_cast<std::uint8_t>(version)).byte(connect_flags(packet));
    writer.two_byte_integer(packet.keep_alive).properties(packet.properties, version).text(packet.client_id);
    if (packet.will) {  // in this order [MQTT-3.1.3-1]
        writer.properties(packet.will->properties, version).text(packet.will->topic).binary(packet.will->payload);
    }
    if (packet.username) writer.text(*packet.username);
    if (packet.password) writer.binary(*packet.password);
}

void encode_connack(Buffer& out, const Connack& packet, Version version) {
    const std::size_t properties = properties_size(packet.properties.size(), version);
    const bool has_session_flag = packet.session_present && version != Version::v3_1;
    const std::uint8_t code =
        version == Version::v5 ? static_cast<std::uint8_t>(packet.reason) : to_return_code(packet.reason);
    Writer writer = begin_packet(out, PacketType::connack, 0, 2 + properties);
    writer.byte(has_session_flag ? 1u : 0u).byte(code).properties(packet.properties, version);
}

void encode_pingreq(Buffer& out) { static_cast<void>(begin_packet(out, PacketType::pingreq, 0, 0)); }

void encode_pingresp(Buffer& out) { static_cast<void>(begin_packet(out, PacketType::pingresp, 0, 0)); }

void encode_disconnect(Buffer& out, const Disconnect& packet, Version version) {
    if (version == Version::v5) {
        encode_reason(out, PacketType::disconnect, packet.reason, packet.properties, true);
    } else {
        static_cast<void>(begin_packet(out, PacketType::disconnect, 0, 0));
    }
}

void encode_auth(Buffer& out, const Auth& packet) {
    encode_reason(out, PacketType::auth, packet.reason, packet.properties, false);
}

}  // namespace wsmq::codec
