// Which reason codes a packet may carry.
#pragma once
#include <cstdint>

#include "codec/frame.hpp"

namespace wsmq::codec {

/// Successes: those that MQTT 5.0 lists for the packet. Failures: all, in packets that can report one. Brokers send
/// codes that are not listed (a PUBACK with 0x95), and any from 0x80 on means failure (2.4).
[[nodiscard]] bool may_carry(PacketType, std::uint8_t reason) noexcept;

}  // namespace wsmq::codec
