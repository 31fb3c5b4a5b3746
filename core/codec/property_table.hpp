// The one table of the properties of MQTT 5 (MQTT 5.0, table 2-4), and what is derived from it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "wsmq/property.hpp"

namespace wsmq::codec {

/// A set of places where property blocks stand.
using OwnerSet = std::uint16_t;

constexpr OwnerSet only(PropertyOwner owner) noexcept {
    return static_cast<OwnerSet>(1u << static_cast<unsigned>(owner));
}

struct PropertySpec {
    PropertyType type{};
    OwnerSet owners = 0;         ///< where it may stand
    OwnerSet repeatable_in = 0;  ///< where it may stand more than once
    std::uint32_t minimum = 0;   ///< of an integer
    std::uint32_t maximum = 0;
};

struct PropertyEntry {
    PropertyId id;
    std::string_view name;
    PropertySpec spec;
};

namespace property_owners {
constexpr OwnerSet connect = only(PropertyOwner::connect);
constexpr OwnerSet will = only(PropertyOwner::will);
constexpr OwnerSet connack = only(PropertyOwner::connack);
constexpr OwnerSet publish = only(PropertyOwner::publish);
constexpr OwnerSet subscribe = only(PropertyOwner::subscribe);
constexpr OwnerSet disconnect = only(PropertyOwner::disconnect);
constexpr OwnerSet auth = only(PropertyOwner::auth);
constexpr OwnerSet message = publish | will;
constexpr OwnerSet acknowledgements = only(PropertyOwner::puback) | only(PropertyOwner::pubrec) |
                                      only(PropertyOwner::pubrel) | only(PropertyOwner::pubcomp) |
                                      only(PropertyOwner::suback) | only(PropertyOwner::unsuback);
constexpr OwnerSet all = connect | will | connack | publish | subscribe | only(PropertyOwner::unsubscribe) |
                         disconnect | auth | acknowledgements;
}  // namespace property_owners

/// Names are the specification's.
constexpr auto property_entries = [] {
    using enum PropertyType;
    using Id = PropertyId;
    namespace in = property_owners;
    constexpr std::uint32_t any32 = std::numeric_limits<std::uint32_t>::max();
    constexpr std::uint32_t any16 = 65'535;
    constexpr std::uint32_t any_variable = 268'435'455;
    return std::array{
        PropertyEntry{Id::payload_format_indicator, "Payload Format Indicator", {byte, in::message, 0, 0, 1}},
        PropertyEntry{
            Id::message_expiry_interval, "Message Expiry Interval", {four_byte_integer, in::message, 0, 0, any32}},
        PropertyEntry{Id::content_type, "Content Type", {text, in::message}},
        PropertyEntry{Id::response_topic, "Response Topic", {text, in::message}},
        PropertyEntry{Id::correlation_data, "Correlation Data", {binary, in::message}},
        PropertyEntry{Id::subscription_identifier,
                      "Subscription Identifier",
                      {variable_byte_integer, in::publish | in::subscribe, in::publish, 1, any_variable}},
        PropertyEntry{Id::session_expiry_interval,
                      "Session Expiry Interval",
                      {four_byte_integer, in::connect | in::connack | in::disconnect, 0, 0, any32}},
        PropertyEntry{Id::assigned_client_identifier, "Assigned Client Identifier", {text, in::connack}},
        PropertyEntry{Id::server_keep_alive, "Server Keep Alive", {two_byte_integer, in::connack, 0, 0, any16}},
        PropertyEntry{Id::authentication_method, "Authentication Method", {text, in::connect | in::connack | in::auth}},
        PropertyEntry{Id::authentication_data, "Authentication Data", {binary, in::connect | in::connack | in::auth}},
        PropertyEntry{Id::request_problem_information, "Request Problem Information", {byte, in::connect, 0, 0, 1}},
        PropertyEntry{Id::will_delay_interval, "Will Delay Interval", {four_byte_integer, in::will, 0, 0, any32}},
        PropertyEntry{Id::request_response_information, "Request Response Information", {byte, in::connect, 0, 0, 1}},
        PropertyEntry{Id::response_information, "Response Information", {text, in::connack}},
        PropertyEntry{Id::server_reference, "Server Reference", {text, in::connack | in::disconnect}},
        PropertyEntry{
            Id::reason_string, "Reason String", {text, in::connack | in::acknowledgements | in::disconnect | in::auth}},
        PropertyEntry{
            Id::receive_maximum, "Receive Maximum", {two_byte_integer, in::connect | in::connack, 0, 1, any16}},
        PropertyEntry{
            Id::topic_alias_maximum, "Topic Alias Maximum", {two_byte_integer, in::connect | in::connack, 0, 0, any16}},
        PropertyEntry{Id::topic_alias, "Topic Alias", {two_byte_integer, in::publish, 0, 1, any16}},
        PropertyEntry{Id::maximum_qos, "Maximum QoS", {byte, in::connack, 0, 0, 1}},
        PropertyEntry{Id::retain_available, "Retain Available", {byte, in::connack, 0, 0, 1}},
        PropertyEntry{Id::user_property, "User Property", {text_pair, in::all, in::all}},
        PropertyEntry{Id::maximum_packet_size,
                      "Maximum Packet Size",
                      {four_byte_integer, in::connect | in::connack, 0, 1, any32}},
        PropertyEntry{
            Id::wildcard_subscription_available, "Wildcard Subscription Available", {byte, in::connack, 0, 0, 1}},
        PropertyEntry{
            Id::subscription_identifier_available, "Subscription Identifier Available", {byte, in::connack, 0, 0, 1}},
        PropertyEntry{Id::shared_subscription_available, "Shared Subscription Available", {byte, in::connack, 0, 0, 1}},
    };
}();

/// One more than the highest identifier. All fit into a set of 64 bits.
constexpr std::size_t property_id_end = static_cast<std::size_t>(PropertyId::shared_subscription_available) + 1;

/// By identifier, without the names, which a program that never asks for them need not carry. Gaps have no owners.
constexpr auto property_specs = [] {
    std::array<PropertySpec, property_id_end> table{};
    for (const PropertyEntry& entry : property_entries) table[static_cast<std::size_t>(entry.id)] = entry.spec;
    return table;
}();

/// Null where the specification has no such property.
[[nodiscard]] constexpr const PropertySpec* find_property(std::uint8_t id) noexcept {
    if (id >= property_specs.size() || property_specs[id].owners == 0) return nullptr;
    return &property_specs[id];
}

[[nodiscard]] constexpr bool is_integer(PropertyType type) noexcept {
    return type <= PropertyType::variable_byte_integer;
}

}  // namespace wsmq::codec
