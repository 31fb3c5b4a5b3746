// Which reason codes a packet may carry.
#pragma once
#include <cstdint>

#include "codec/frame.hpp"

namespace wsmq::codec {

/// Successes: those that MQTT 5.0 lists for the packet. Failures: all, wherever there can be one. Brokers send codes
/// that are not listed (a PUBACK with 0x95), and 0x80 and above says what counts: it failed (2.4).
[[nodiscard]] bool may_carry(PacketType, std::uint8_t reason) noexcept;

}  // namespace wsmq::codec
