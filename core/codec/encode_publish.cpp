// PUBLISH and its acknowledgements.
#include "codec/encode.hpp"
#include "codec/property_block.hpp"
#include "codec/writer.hpp"
#include "wsmq/property.hpp"

namespace wsmq::codec {
namespace {

constexpr std::size_t topic_alias_size = 3;

/// Of the properties, the alias included.
std::size_t block_size(const Publish& packet) noexcept {
    return packet.properties.size() + (packet.topic_alias != 0 ? topic_alias_size : 0);
}

/// What stands between the fixed header and the payload.
std::size_t variable_header_size(const Publish& packet, Version version) noexcept {
    const std::size_t identifier = packet.qos == Qos::at_most_once ? 0 : 2;
    return binary_size(packet.topic.size()) + identifier + properties_size(block_size(packet), version);
}

/// Writes everything but the payload. Makes room for `room` bytes of payload as well, of which it takes `taken`.
void write_header(Buffer& out, const Publish& packet, std::size_t room, std::size_t taken, Version version) {
    const std::size_t header = variable_header_size(packet, version);
    const std::size_t remaining_length = header + room;
    const std::size_t size = packet_size(remaining_length);
    const std::size_t start = out.size();
    make_room(out, size);
    out.resize(start + size - room + taken);

    const unsigned flags = static_cast<unsigned>(packet.duplicate) << 3 | static_cast<unsigned>(packet.qos) << 1 |
                           static_cast<unsigned>(packet.retain);
    Writer writer{out.data() + start};
    writer.byte(static_cast<unsigned>(PacketType::publish) << 4 | flags).variable_byte_integer(remaining_length);
    writer.text(packet.topic);
    if (packet.qos != Qos::at_most_once) writer.two_byte_integer(packet.packet_identifier);
    if (version != Version::v5) return;
    writer.variable_byte_integer(block_size(packet));
    if (packet.topic_alias != 0) {
        writer.byte(static_cast<unsigned>(PropertyId::topic_alias)).two_byte_integer(packet.topic_alias);
    }
    writer.raw(packet.properties);
}

}  // namespace

std::size_t publish_size(const Publish& packet, Version version) noexcept {
    return packet_size(variable_header_size(packet, version) + packet.payload.size());
}

void encode_publish(Buffer& out, const Publish& packet, Version version) {
    // The payload is inserted, not copied over zeros: for a large one that is a pass less.
    write_header(out, packet, packet.payload.size(), 0, version);
    out.insert(out.end(), packet.payload.begin(), packet.payload.end());
}

void encode_publish_header(Buffer& out, const Publish& packet, std::size_t payload_size, Version version) {
    write_header(out, packet, payload_size, payload_size, version);
}

std::size_t packet_identifier_offset(Bytes encoded_publish) noexcept {
    Reader reader{encoded_publish};
    reader.byte();
    reader.variable_byte_integer();
    reader.binary();
    return encoded_publish.size() - reader.remaining();
}

std::size_t message_expiry_offset(Bytes encoded_publish) noexcept {
    const bool has_identifier = (encoded_publish[0] >> 1 & 3u) != 0;
    Reader reader{encoded_publish.subspan(packet_identifier_offset(encoded_publish))};
    if (has_identifier) reader.two_byte_integer();
    const Bytes block = reader.take(reader.variable_byte_integer());
    const std::size_t offset = value_offset(block, PropertyId::message_expiry_interval);
    return offset == block.size() ? 0 : static_cast<std::size_t>(block.data() - encoded_publish.data()) + offset;
}

void encode_acknowledgement(Buffer& out, PacketType type, const Acknowledgement& packet, Version version) {
    const bool with_properties = version == Version::v5 && !packet.properties.empty();
    const bool with_reason = with_properties || (version == Version::v5 && packet.reason != ReasonCode::success);
    const std::size_t properties = with_properties ? properties_size(packet.properties.size(), version) : 0;
    // Alone among the four, PUBREL has flags [MQTT-3.6.1-1].
    const unsigned flags = type == PacketType::pubrel ? 0x02 : 0x00;
    Writer writer = begin_packet(out, type, flags, 2 + (with_reason ? 1u : 0u) + properties);
    writer.two_byte_integer(packet.packet_identifier);
    if (with_reason) writer.byte(static_cast<std::uint8_t>(packet.reason));
    if (with_properties) writer.properties(packet.properties, version);
}

}  // namespace wsmq::codec
