// Packet to bytes, appended to a buffer. Arguments were validated by whoever calls: topics,
// property blocks, text, and the size by the *_size functions. Property blocks are ignored below
// MQTT 5.
#pragma once
#include <span>
#include <vector>

#include "codec/frame.hpp"
#include "codec/packets.hpp"

namespace wsmq::codec {

using Buffer = std::vector<std::uint8_t>;

/// Of a packet that is given its identifier when it is sent; 0 would not be a packet.
inline constexpr std::uint16_t any_packet_identifier = 1;

void encode_connect(Buffer&, const Connect&);
void encode_connack(Buffer&, const Connack&, Version);

/// The whole packet's size in bytes; over limits::largest_packet where it cannot be encoded.
[[nodiscard]] std::size_t publish_size(const Publish&, Version) noexcept;
/// Grows the buffer once, and writes everything.
void encode_publish(Buffer&, const Publish&, Version);
/// Everything but the payload, for which it makes room at the end of the buffer: the last
/// `payload_size` bytes are the caller's to fill. `Publish::payload` is ignored.
void encode_publish_header(Buffer&, const Publish&, std::size_t payload_size, Version);
/// Where in an encoded PUBLISH of QoS 1 or 2 its packet identifier stands.
[[nodiscard]] std::size_t packet_identifier_offset(Bytes encoded_publish) noexcept;

/// Where in an encoded PUBLISH of MQTT 5 its Message Expiry Interval stands, four bytes; 0 where it has none.
[[nodiscard]] std::size_t message_expiry_offset(Bytes encoded_publish) noexcept;

/// PUBACK, PUBREC, PUBREL, PUBCOMP; a success without properties takes the short form of MQTT 5.
void encode_acknowledgement(Buffer&, PacketType, const Acknowledgement&, Version);
void encode_subscribe(Buffer&, std::uint16_t packet_identifier, std::span<const Subscription>, Bytes properties,
                      Version);
void encode_suback(Buffer&, const SubscribeAcknowledgement&, Version);
void encode_unsubscribe(Buffer&, std::uint16_t packet_identifier, std::span<const std::string_view> topic_filters,
                        Bytes properties, Version);
void encode_unsuback(Buffer&, const SubscribeAcknowledgement&, Version);
void encode_pingreq(Buffer&);
void encode_pingresp(Buffer&);
void encode_disconnect(Buffer&, const Disconnect&, Version);
void encode_auth(Buffer&, const Auth&);

}  // namespace wsmq::codec
