// A packet that owns what it holds: what a test expects from the client, and what its broker answers.
#pragma once
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "codec/frame.hpp"
#include "support/text.hpp"
#include "wsmq/options.hpp"
#include "wsmq/property.hpp"

namespace wsmq::test {

using codec::PacketType;

inline constexpr Qos qos0 = Qos::at_most_once;
inline constexpr Qos qos1 = Qos::at_least_once;
inline constexpr Qos qos2 = Qos::exactly_once;

struct Filter {
    std::string filter{};
    Qos qos = Qos::at_most_once;
    bool no_local = false;
    bool retain_as_published = false;
    RetainHandling retain_handling = RetainHandling::send;
    friend bool operator==(const Filter&, const Filter&) = default;
};

struct Packet {
    PacketType type{};
    std::uint16_t id = 0;
    ReasonCode reason = ReasonCode::success;
    Block properties{};

    // CONNECT and CONNACK
    Version version = Version::v5;
    bool clean_start = true;
    std::uint16_t keep_alive = 0;
    std::string client_id{};
    std::optional<Will> will{};
    std::optional<std::string> username{};
    std::optional<std::string> password{};
    bool session_present = false;

    // PUBLISH
    std::string topic{};
    std::string payload{};
    Qos qos = Qos::at_most_once;
    std::uint16_t topic_alias = 0;
    bool retain = false;
    bool duplicate = false;

    // SUBSCRIBE and UNSUBSCRIBE, SUBACK and UNSUBACK
    std::vector<Filter> filters{};
    std::vector<ReasonCode> reason_codes{};

    [[nodiscard]] Packet with(PropertyId, std::uint32_t value) const;
    [[nodiscard]] Packet with(PropertyId, std::string_view value) const;
    [[nodiscard]] Packet with_binary(PropertyId, std::string_view value) const;
    [[nodiscard]] Packet with_user_property(std::string_view name, std::string_view value) const;
    [[nodiscard]] Packet with_reason(ReasonCode) const;
    [[nodiscard]] Packet with_session() const;
    [[nodiscard]] Packet at(Qos, std::uint16_t packet_identifier) const;
    [[nodiscard]] Packet with_alias(std::uint16_t) const;
    [[nodiscard]] Packet retained() const;
    [[nodiscard]] Packet again() const;  ///< DUP

    [[nodiscard]] std::optional<std::uint32_t> integer(PropertyId) const;
    [[nodiscard]] std::optional<std::string> text(PropertyId) const;
};

bool operator==(const Packet&, const Packet&);
std::ostream& operator<<(std::ostream&, const Packet&);

// --- What a broker sends, and what a test expects from the client ----------------------------------
[[nodiscard]] Packet connack(ReasonCode reason = ReasonCode::success);
[[nodiscard]] Packet publish(std::string_view topic, std::string_view payload);
[[nodiscard]] Packet puback(std::uint16_t id, ReasonCode reason = ReasonCode::success);
[[nodiscard]] Packet pubrec(std::uint16_t id, ReasonCode reason = ReasonCode::success);
[[nodiscard]] Packet pubrel(std::uint16_t id, ReasonCode reason = ReasonCode::success);
[[nodiscard]] Packet pubcomp(std::uint16_t id, ReasonCode reason = ReasonCode::success);
[[nodiscard]] Packet subscribe(std::uint16_t id, std::vector<Filter> filters);
[[nodiscard]] Packet suback(std::uint16_t id, std::vector<ReasonCode> reason_codes);
[[nodiscard]] Packet unsubscribe(std::uint16_t id, const std::vector<std::string>& filters);
[[nodiscard]] Packet unsuback(std::uint16_t id, std::vector<ReasonCode> reason_codes = {});
[[nodiscard]] Packet pingreq();
[[nodiscard]] Packet pingresp();
[[nodiscard]] Packet disconnect(ReasonCode reason = ReasonCode::success);
[[nodiscard]] Packet auth(ReasonCode reason, std::string_view method, std::string_view data);

/// The bytes that a broker sends for it. Types that only a client sends give nothing.
[[nodiscard]] Block encode_from_broker(const Packet&, Version);
/// What a client sent. Nothing where the frame is not a sound packet of a client.
[[nodiscard]] std::optional<Packet> decode_from_client(const codec::Frame&, Version);

/// Writes what the block holds, but for these.
void copy_properties(PropertyWriter&, Bytes block, std::initializer_list<PropertyId> except);

}  // namespace wsmq::test
