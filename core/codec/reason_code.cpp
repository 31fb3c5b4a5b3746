#include "wsmq/reason_code.hpp"

#include <array>
#include <cstddef>

#include "codec/reason_codes.hpp"

namespace wsmq {
namespace {

using codec::PacketType;

using PacketSet = std::uint16_t;

constexpr PacketSet only(PacketType type) noexcept { return static_cast<PacketSet>(1u << static_cast<unsigned>(type)); }

constexpr PacketSet connack = only(PacketType::connack);
constexpr PacketSet received = only(PacketType::puback) | only(PacketType::pubrec);
constexpr PacketSet released = only(PacketType::pubrel) | only(PacketType::pubcomp);
constexpr PacketSet suback = only(PacketType::suback);
constexpr PacketSet unsuback = only(PacketType::unsuback);
constexpr PacketSet disconnect = only(PacketType::disconnect);
constexpr PacketSet auth = only(PacketType::auth);

struct Entry {
    std::uint8_t value;
    PacketSet packets;
    std::string_view name;
};

/// MQTT 5.0, table 2-6, with the tables of the packets: 3-1, 3-4 to 3-7, 3-8, 3-9, 3-10 and 3-11.
constexpr Entry entries[] = {
    {0x00, connack | received | released | suback | unsuback | disconnect | auth, "Success"},
    {0x01, suback, "Granted QoS 1"},
    {0x02, suback, "Granted QoS 2"},
    {0x04, disconnect, "Disconnect with Will Message"},
    {0x10, received, "No matching subscribers"},
    {0x11, unsuback, "No subscription existed"},
    {0x18, auth, "Continue authentication"},
    {0x19, auth, "Re-authenticate"},
    {0x80, connack | received | suback | unsuback | disconnect, "Unspecified error"},
    {0x81, connack | disconnect, "Malformed Packet"},
    {0x82, connack | disconnect, "Protocol Error"},
    {0x83, connack | received | suback | unsuback | disconnect, "Implementation specific error"},
    {0x84, connack, "Unsupported Protocol Version"},
    {0x85, connack, "Client Identifier not valid"},
    {0x86, connack, "Bad User Name or Password"},
    {0x87, connack | received | suback | unsuback | disconnect, "Not authorized"},
    {0x88, connack, "Server unavailable"},
    {0x89, connack | disconnect, "Server busy"},
    {0x8A, connack, "Banned"},
    {0x8B, disconnect, "Server shutting down"},
    {0x8C, connack | disconnect, "Bad authentication method"},
    {0x8D, disconnect, "Keep Alive timeout"},
    {0x8E, disconnect, "Session taken over"},
    {0x8F, suback | unsuback | disconnect, "Topic Filter invalid"},
    {0x90, connack | received | disconnect, "Topic Name invalid"},
    {0x91, received | suback | unsuback, "Packet Identifier in use"},
    {0x92, released, "Packet Identifier not found"},
    {0x93, disconnect, "Receive Maximum exceeded"},
    {0x94, disconnect, "Topic Alias invalid"},
    {0x95, connack | disconnect, "Packet too large"},
    {0x96, disconnect, "Message rate too high"},
    {0x97, connack | received | suback | disconnect, "Quota exceeded"},
    {0x98, disconnect, "Administrative action"},
    {0x99, connack | received | disconnect, "Payload format invalid"},
    {0x9A, connack | disconnect, "Retain not supported"},
    {0x9B, connack | disconnect, "QoS not supported"},
    {0x9C, connack | disconnect, "Use another server"},
    {0x9D, connack | disconnect, "Server moved"},
    {0x9E, suback | disconnect, "Shared Subscriptions not supported"},
    {0x9F, connack | disconnect, "Connection rate exceeded"},
    {0xA0, disconnect, "Maximum connect time"},
    {0xA1, suback | disconnect, "Subscription Identifiers not supported"},
    {0xA2, suback | disconnect, "Wildcard Subscriptions not supported"},
};

/// By value, as acknowledgements are frequent.
constexpr auto packets_by_value = [] {
    std::array<PacketSet, 0xA3> table{};
    for (const Entry& entry : entries) table[entry.value] = entry.packets;
    return table;
}();

}  // namespace

bool codec::may_carry(PacketType type, std::uint8_t reason) noexcept {
    return reason < packets_by_value.size() && (packets_by_value[reason] & only(type)) != 0;
}

std::string_view describe(ReasonCode reason) noexcept {
    for (const Entry& entry : entries) {
        if (entry.value == static_cast<std::uint8_t>(reason)) return entry.name;
    }
    return "Unknown reason";
}

}  // namespace wsmq
