// Which reason codes a packet may carry.
#pragma once
#include <cstdint>

#include "codec/frame.hpp"

namespace wsmq::codec {

/// MQTT 5.0, table 2-6 and the tables of the packets.
[[nodiscard]] bool may_carry(PacketType, std::uint8_t reason) noexcept;

}  // namespace wsmq::codec
