// The packets as views. Decoded ones borrow from the received bytes; property blocks of decoded
// packets are validated. Below MQTT 5 the property blocks are empty and reason codes are mapped.
#pragma once
#include <optional>
#include <string_view>

#include "codec/reader.hpp"
#include "wsmq/error.hpp"
#include "wsmq/options.hpp"
#include "wsmq/reason_code.hpp"
#include "wsmq/types.hpp"

namespace wsmq::codec {

struct WillView {
    std::string_view topic{};
    Bytes payload{};
    Qos qos = Qos::at_most_once;
    bool retain = false;
    Bytes properties{};
};

struct Connect {
    Version version = Version::v5;
    bool clean_start = true;
    std::uint16_t keep_alive = 0;
    std::string_view client_id{};
    std::optional<WillView> will{};
    std::optional<std::string_view> username{};
    std::optional<Bytes> password{};
    Bytes properties{};
};

struct Connack {
    bool session_present = false;
    ReasonCode reason = ReasonCode::success;
    Bytes properties{};
};

struct Publish {
    std::string_view topic{};  ///< empty where only an alias came
    Bytes payload{};
    Bytes properties{};                   ///< without the topic alias when encoding: see topic_alias
    std::uint16_t packet_identifier = 0;  ///< 0 for QoS 0
    std::uint16_t topic_alias = 0;        ///< 0: none
    Qos qos = Qos::at_most_once;
    bool retain = false;
    bool duplicate = false;
};

/// PUBACK, PUBREC, PUBREL, PUBCOMP.
struct Acknowledgement {
    std::uint16_t packet_identifier = 0;
    ReasonCode reason = ReasonCode::success;
    Bytes properties{};
};

/// Walks the payload of a SUBSCRIBE: topic filter and options byte each.
class SubscriptionView {
public:
    explicit SubscriptionView(Bytes payload) noexcept : rest_{payload} {}
    /// False at the end, or (and then !ok()) where the payload is malformed.
    bool next(Subscription& out, Version) noexcept;
    [[nodiscard]] bool ok() const noexcept { return error_ == Errc::none; }
    /// malformed_packet or protocol_error.
    [[nodiscard]] Errc error() const noexcept { return error_; }

private:
    Reader rest_;
    Errc error_ = Errc::none;
};

struct Subscribe {
    std::uint16_t packet_identifier = 0;
    Bytes properties{};
    Bytes payload{};  ///< validated, for SubscriptionView
};

/// Payload: length-prefixed filters, validated.
struct Unsubscribe {
    std::uint16_t packet_identifier = 0;
    Bytes properties{};
    Bytes payload{};
};

/// SUBACK, UNSUBACK. Below MQTT 5 a SUBACK's 0x80 stands as it is, and an UNSUBACK has no codes.
struct SubscribeAcknowledgement {
    std::uint16_t packet_identifier = 0;
    Bytes properties{};
    Bytes reason_codes{};
};

struct Disconnect {
    ReasonCode reason = ReasonCode::success;
    Bytes properties{};
};

struct Auth {
    ReasonCode reason = ReasonCode::success;
    Bytes properties{};
};

}  // namespace wsmq::codec
