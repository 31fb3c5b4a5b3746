// SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK.
#include "codec/encode.hpp"
#include "codec/writer.hpp"

namespace wsmq::codec {
namespace {

constexpr unsigned fixed_flags = 0x02;  // [MQTT-3.8.1-1] [MQTT-3.10.1-1]

/// MQTT 5.0, 3.8.3.1. MQTT 3 has the QoS only, and the rest is reserved.
unsigned options_byte(const Subscription& subscription, Version version) noexcept {
    const auto qos = static_cast<unsigned>(subscription.qos);
    if (version != Version::v5) return qos;
    return qos | static_cast<unsigned>(subscription.no_local) << 2 |
           static_cast<unsigned>(subscription.retain_as_published) << 3 |
           static_cast<unsigned>(subscription.retain_handling) << 4;
}

void encode_codes(Buffer& out, PacketType type, const SubscribeAcknowledgement& packet, Bytes codes, Version version) {
    const std::size_t size = 2 + properties_size(packet.properties.size(), version) + codes.size();
    Writer writer = begin_packet(out, type, 0, size);
    writer.two_byte_integer(packet.packet_identifier).properties(packet.properties, version).raw(codes);
}

}  // namespace

void encode_subscribe(Buffer& out, std::uint16_t packet_identifier, std::span<const Subscription> subscriptions,
                      Bytes properties, Version version) {
    std::size_t size = 2 + properties_size(properties.size(), version);
    for (const Subscription& subscription : subscriptions) size += binary_size(subscription.topic_filter.size()) + 1;

    Writer writer = begin_packet(out, PacketType::subscribe, fixed_flags, size);
    writer.two_byte_integer(packet_identifier).properties(properties, version);
    for (const Subscription& subscription : subscriptions) {
        writer.text(subscription.topic_filter).byte(options_byte(subscription, version));
    }
}

void encode_unsubscribe(Buffer& out, std::uint16_t packet_identifier, std::span<const std::string_view> topic_filters,
                        Bytes properties, Version version) {
    std::size_t size = 2 + properties_size(properties.size(), version);
    for (const std::string_view filter : topic_filters) size += binary_size(filter.size());

    Writer writer = begin_packet(out, PacketType::unsubscribe, fixed_flags, size);
    writer.two_byte_integer(packet_identifier).properties(properties, version);
    for (const std::string_view filter : topic_filters) writer.text(filter);
}

void encode_suback(Buffer& out, const SubscribeAcknowledgement& packet, Version version) {
    encode_codes(out, PacketType::suback, packet, packet.reason_codes, version);
}

void encode_unsuback(Buffer& out, const SubscribeAcknowledgement& packet, Version version) {
    // Codes came with MQTT 5; before, an UNSUBACK has no payload.
    encode_codes(out, PacketType::unsuback, packet, version == Version::v5 ? packet.reason_codes : Bytes{}, version);
}

}  // namespace wsmq::codec
