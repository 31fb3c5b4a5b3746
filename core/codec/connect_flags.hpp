// The bits of the connect flags (MQTT 5.0, 3.1.2.3).
#pragma once
#include <cstdint>

namespace wsmq::codec::connect_flag {

inline constexpr std::uint8_t reserved = 0x01;
inline constexpr std::uint8_t clean_start = 0x02;
inline constexpr std::uint8_t will = 0x04;
inline constexpr std::uint8_t will_qos = 0x18;
inline constexpr unsigned will_qos_shift = 3;
inline constexpr std::uint8_t will_retain = 0x20;
inline constexpr std::uint8_t password = 0x40;
inline constexpr std::uint8_t username = 0x80;

}  // namespace wsmq::codec::connect_flag
