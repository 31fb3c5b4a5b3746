#include "support/packet.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace wsmq::test {

namespace {

/// Appends what the writer holds to the packet's properties.
Packet with_block(Packet packet, Bytes block) {
    packet.properties.insert(packet.properties.end(), block.begin(), block.end());
    return packet;
}

Packet acknowledgement(PacketType type, std::uint16_t id, ReasonCode reason) {
    Packet packet{.type = type, .id = id};
    packet.reason = reason;
    return packet;
}

std::string_view name_of(PacketType type) {
    constexpr std::array<std::string_view, 16> names{
        "RESERVED",  "CONNECT", "CONNACK",     "PUBLISH",  "PUBACK",  "PUBREC",   "PUBREL",     "PUBCOMP",
        "SUBSCRIBE", "SUBACK",  "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"};
    return names[static_cast<std::size_t>(type) & 15];
}

void print_publish(std::ostream& out, const Packet& packet) {
    out << " " << quoted(packet.topic) << " " << quoted(packet.payload) << " QoS " << static_cast<int>(packet.qos);
    if (packet.topic_alias != 0) out << " alias " << packet.topic_alias;
    if (packet.retain) out << " RETAIN";
    if (packet.duplicate) out << " DUP";
}

void print_connect(std::ostream& out, const Packet& packet) {
    out << " version " << static_cast<int>(packet.version) << " client " << quoted(packet.client_id)
        << (packet.clean_start ? " clean start" : "") << " keep alive " << packet.keep_alive;
    if (packet.will) out << " will " << quoted(packet.will->topic);
    if (packet.username) out << " username " << quoted(*packet.username);
    if (packet.password) out << " with password";
}

}  // namespace

Packet Packet::with(PropertyId property, std::uint32_t value) const {
    return with_block(*this, PropertyWriter{}.integer(property, value).bytes());
}
Packet Packet::with(PropertyId property, std::string_view value) const {
    return with_block(*this, PropertyWriter{}.text(property, value).bytes());
}
Packet Packet::with_binary(PropertyId property, std::string_view value) const {
    return with_block(*this, PropertyWriter{}.binary(property, bytes_of(value)).bytes());
}
Packet Packet::with_user_property(std::string_view name, std::string_view value) const {
    return with_block(*this, PropertyWriter{}.user_property(name, value).bytes());
}
Packet Packet::with_reason(ReasonCode code) const {
    Packet packet = *this;
    packet.reason = code;
    return packet;
}
Packet Packet::with_session() const {
    Packet packet = *this;
    packet.session_present = true;
    return packet;
}
Packet Packet::at(Qos level, std::uint16_t packet_identifier) const {
    Packet packet = *this;
    packet.qos = level;
    packet.id = packet_identifier;
    return packet;
}
Packet Packet::with_alias(std::uint16_t alias) const {
    Packet packet = *this;
    packet.topic_alias = alias;
    return packet;
}
Packet Packet::retained() const {
    Packet packet = *this;
    packet.retain = true;
    return packet;
}
Packet Packet::again() const {
    Packet packet = *this;
    packet.duplicate = true;
    return packet;
}

std::optional<std::uint32_t> Packet::integer(PropertyId property) const {
    return PropertyView{properties}.integer(property);
}
std::optional<std::string> Packet::text(PropertyId property) const {
    const auto value = PropertyView{properties}.text(property);
    return value ? std::optional<std::string>{*value} : std::nullopt;
}

bool operator==(const Packet& a, const Packet& b) {
    const bool same_will = a.will.has_value() == b.will.has_value() &&
                           (!a.will || (a.will->topic == b.will->topic && a.will->payload == b.will->payload &&
                                        a.will->qos == b.will->qos && a.will->retain == b.will->retain &&
                                        a.will->encoded_properties == b.will->encoded_properties));
    return same_will && a.type == b.type && a.id == b.id && a.reason == b.reason && a.properties == b.properties &&
           a.version == b.version && a.clean_start == b.clean_start && a.keep_alive == b.keep_alive &&
           a.client_id == b.client_id && a.username == b.username && a.password == b.password &&
           a.session_present == b.session_present && a.topic == b.topic && a.payload == b.payload && a.qos == b.qos &&
           a.topic_alias == b.topic_alias && a.retain == b.retain && a.duplicate == b.duplicate &&
           a.filters == b.filters && a.reason_codes == b.reason_codes;
}

std::ostream& operator<<(std::ostream& out, const Packet& packet) {
    out << name_of(packet.type);
    if (packet.id != 0) out << " #" << packet.id;
    if (packet.type == PacketType::publish) print_publish(out, packet);
    if (packet.type == PacketType::connect) print_connect(out, packet);
    if (packet.session_present) out << " session present";
    if (packet.reason != ReasonCode::success) out << " " << name_of(packet.reason);
    for (const Filter& filter : packet.filters) {
        out << " " << quoted(filter.filter) << " QoS " << static_cast<int>(filter.qos) << (filter.no_local ? " nl" : "")
            << (filter.retain_as_published ? " rap" : "") << " rh" << static_cast<int>(filter.retain_handling);
    }
    for (const ReasonCode code : packet.reason_codes) out << " [" << name_of(code) << "]";
    return out << describe_properties(packet.properties);
}

Packet connack(ReasonCode reason) { return Packet{.type = PacketType::connack, .reason = reason}; }

Packet publish(std::string_view topic, std::string_view payload) {
    Packet packet{.type = PacketType::publish};
    packet.topic = topic;
    packet.payload = payload;
    return packet;
}

Packet puback(std::uint16_t id, ReasonCode reason) { return acknowledgement(PacketType::puback, id, reason); }
Packet pubrec(std::uint16_t id, ReasonCode reason) { return acknowledgement(PacketType::pubrec, id, reason); }
Packet pubrel(std::uint16_t id, ReasonCode reason) { return acknowledgement(PacketType::pubrel, id, reason); }
Packet pubcomp(std::uint16_t id, ReasonCode reason) { return acknowledgement(PacketType::pubcomp, id, reason); }

Packet subscribe(std::uint16_t id, std::vector<Filter> filters) {
    Packet packet{.type = PacketType::subscribe, .id = id};
    packet.filters = std::move(filters);
    return packet;
}

Packet suback(std::uint16_t id, std::vector<ReasonCode> reason_codes) {
    Packet packet{.type = PacketType::suback, .id = id};
    packet.reason_codes = std::move(reason_codes);
    return packet;
}

Packet unsubscribe(std::uint16_t id, const std::vector<std::string>& filters) {
    Packet packet{.type = PacketType::unsubscribe, .id = id};
    for (const std::string& filter : filters) packet.filters.push_back({.filter = filter});
    return packet;
}

Packet unsuback(std::uint16_t id, std::vector<ReasonCode> reason_codes) {
    Packet packet{.type = PacketType::unsuback, .id = id};
    packet.reason_codes = std::move(reason_codes);
    return packet;
}

Packet pingreq() { return Packet{.type = PacketType::pingreq}; }
Packet pingresp() { return Packet{.type = PacketType::pingresp}; }
Packet disconnect(ReasonCode reason) { return Packet{.type = PacketType::disconnect, .reason = reason}; }

Packet auth(ReasonCode reason, std::string_view method, std::string_view data) {
    Packet packet = Packet{.type = PacketType::auth, .reason = reason}.with(PropertyId::authentication_method, method);
    return data.empty() ? packet : packet.with_binary(PropertyId::authentication_data, data);
}

void copy_properties(PropertyWriter& writer, Bytes block, std::initializer_list<PropertyId> except) {
    for (const Property& property : PropertyView{block}) {
        if (std::ranges::find(except, property.id) != except.end()) continue;
        if (const auto* integer = std::get_if<std::uint32_t>(&property.value)) writer.integer(property.id, *integer);
        if (const auto* text = std::get_if<std::string_view>(&property.value)) writer.text(property.id, *text);
        if (const auto* binary = std::get_if<Bytes>(&property.value)) writer.binary(property.id, *binary);
        if (const auto* user = std::get_if<UserProperty>(&property.value))
            writer.user_property(user->name, user->value);
    }
}

}  // namespace wsmq::test
