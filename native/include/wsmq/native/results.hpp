// The results of operations, beside their error.
#pragma once
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/event.hpp"
#include "wsmq/property.hpp"

namespace wsmq::native {

/// The broker's acknowledgement of a publish, subscribe or unsubscribe; empty where there was none.
struct Answer {
    /// Of PUBACK, PUBREC or PUBCOMP; of SUBACK and UNSUBACK the first failure, else the first code.
    ReasonCode reason = ReasonCode::success;
    /// One for each topic filter, in their order; empty for a publish.
    std::vector<ReasonCode> reason_codes{};
    std::vector<std::uint8_t> encoded_properties{};

    [[nodiscard]] PropertyView properties() const noexcept { return PropertyView{encoded_properties}; }
    /// The Reason String of the broker; mostly empty.
    [[nodiscard]] std::string_view reason_string() const {
        return properties().text(PropertyId::reason_string).value_or("");
    }
};

/// The broker's CONNACK; without a connection, why the last attempt failed.
struct ConnectAnswer {
    bool session_present = false;
    ReasonCode reason = ReasonCode::success;
    std::vector<std::uint8_t> encoded_properties{};
    /// For people: what failed, as Transport::failure_detail(), or which option is invalid.
    std::string detail{};
    /// The same for programs, as Transport::failure_cause().
    boost::system::error_code cause{};

    [[nodiscard]] PropertyView properties() const noexcept { return PropertyView{encoded_properties}; }
    [[nodiscard]] std::string_view reason_string() const {
        return properties().text(PropertyId::reason_string).value_or("");
    }
};

/// A connection, or an attempt to connect, ended.
struct Disconnection : Disconnected {
    /// A TransportError where the transport failed, else the broker's ReasonCode, else an Errc; none after
    /// async_disconnect() and for reconnect().
    boost::system::error_code error;
    /// For people: what failed, as Transport::failure_detail(), or which option is invalid.
    std::string detail;
    /// The same for programs, as Transport::failure_cause().
    boost::system::error_code cause{};
};

/// Bytes of MQTT, without those of TLS and WebSocket.
struct Traffic {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
};

}  // namespace wsmq::native
