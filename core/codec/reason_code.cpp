#include "wsmq/reason_code.hpp"

#include <array>
#include <cstddef>

#include "codec/reason_codes.hpp"

namespace wsmq {
namespace {

using codec::PacketType;

using PacketSet = std::uint16_t;

constexpr PacketSet packet(PacketType type) noexcept {
    return static_cast<PacketSet>(1u << static_cast<unsigned>(type));
}

constexpr PacketSet received = packet(PacketType::puback) | packet(PacketType::pubrec);
constexpr PacketSet released = packet(PacketType::pubrel) | packet(PacketType::pubcomp);
constexpr PacketSet suback = packet(PacketType::suback);
constexpr PacketSet unsuback = packet(PacketType::unsuback);
constexpr PacketSet disconnect = packet(PacketType::disconnect);
constexpr PacketSet auth = packet(PacketType::auth);
constexpr PacketSet can_fail = packet(PacketType::connack) | received | released | suback | unsuback | disconnect;

struct Success {
    std::uint8_t value;
    PacketSet packets;
};

/// MQTT 5.0, tables 3-1, 3-4 to 3-7, 3-8, 3-9, 3-10 and 3-11.
constexpr Success successes[] = {
    {0x00, can_fail | auth}, {0x01, suback},   {0x02, suback}, {0x04, disconnect},
    {0x10, received},        {0x11, unsuback}, {0x18, auth},   {0x19, auth},
};

/// By value, as acknowledgements are frequent.
constexpr auto packets_by_value = [] {
    std::array<PacketSet, 0x1A> table{};
    for (const Success& each : successes) table[each.value] = each.packets;
    return table;
}();

struct Name {
    std::uint8_t value;
    std::string_view text;
};

/// MQTT 5.0, table 2-6.
constexpr Name code_names[] = {
    {0x00, "Success"},
    {0x01, "Granted QoS 1"},
    {0x02, "Granted QoS 2"},
    {0x04, "Disconnect with Will Message"},
    {0x10, "No matching subscribers"},
    {0x11, "No subscription existed"},
    {0x18, "Continue authentication"},
    {0x19, "Re-authenticate"},
    {0x80, "Unspecified error"},
    {0x81, "Malformed Packet"},
    {0x82, "Protocol Error"},
    {0x83, "Implementation specific error"},
    {0x84, "Unsupported Protocol Version"},
    {0x85, "Client Identifier not valid"},
    {0x86, "Bad User Name or Password"},
    {0x87, "Not authorized"},
    {0x88, "Server unavailable"},
    {0x89, "Server busy"},
    {0x8A, "Banned"},
    {0x8B, "Server shutting down"},
    {0x8C, "Bad authentication method"},
    {0x8D, "Keep Alive timeout"},
    {0x8E, "Session taken over"},
    {0x8F, "Topic Filter invalid"},
    {0x90, "Topic Name invalid"},
    {0x91, "Packet Identifier in use"},
    {0x92, "Packet Identifier not found"},
    {0x93, "Receive Maximum exceeded"},
    {0x94, "Topic Alias invalid"},
    {0x95, "Packet too large"},
    {0x96, "Message rate too high"},
    {0x97, "Quota exceeded"},
    {0x98, "Administrative action"},
    {0x99, "Payload format invalid"},
    {0x9A, "Retain not supported"},
    {0x9B, "QoS not supported"},
    {0x9C, "Use another server"},
    {0x9D, "Server moved"},
    {0x9E, "Shared Subscriptions not supported"},
    {0x9F, "Connection rate exceeded"},
    {0xA0, "Maximum connect time"},
    {0xA1, "Subscription Identifiers not supported"},
    {0xA2, "Wildcard Subscriptions not supported"},
};

}  // namespace

bool codec::may_carry(PacketType type, std::uint8_t reason) noexcept {
    if (is_failure(ReasonCode{reason})) return (can_fail & packet(type)) != 0;
    return reason < packets_by_value.size() && (packets_by_value[reason] & packet(type)) != 0;
}

std::string_view describe(ReasonCode reason) noexcept {
    for (const Name& name : code_names) {
        if (name.value == static_cast<std::uint8_t>(reason)) return name.text;
    }
    return "Unknown reason";
}

}  // namespace wsmq
