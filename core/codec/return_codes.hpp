// The return codes of CONNACK below MQTT 5, and the reason codes that took their place.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "wsmq/reason_code.hpp"

namespace wsmq::codec {

/// MQTT 3.1.1, table 3.1: the return code is the index. The last stands for the codes that are reserved.
inline constexpr std::array connack_return_codes{
    ReasonCode::success,
    ReasonCode::unsupported_protocol_version,
    ReasonCode::client_identifier_not_valid,
    ReasonCode::server_unavailable,
    ReasonCode::bad_user_name_or_password,
    ReasonCode::not_authorized,
    ReasonCode::unspecified_error,
};

[[nodiscard]] constexpr ReasonCode from_return_code(std::uint8_t code) noexcept {
    return code < connack_return_codes.size() ? connack_return_codes[code] : connack_return_codes.back();
}

/// Reasons that MQTT 3 has no code for become "server unavailable".
[[nodiscard]] constexpr std::uint8_t to_return_code(ReasonCode reason) noexcept {
    for (std::size_t code = 0; code < connack_return_codes.size(); ++code) {
        if (connack_return_codes[code] == reason) return static_cast<std::uint8_t>(code);
    }
    return to_return_code(ReasonCode::server_unavailable);
}

}  // namespace wsmq::codec
