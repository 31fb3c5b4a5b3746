// The limits of MQTT, and ranges of options that several places check.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace wsmq::limits {

/// Bytes of a UTF-8 string or of binary data: its length takes two bytes (MQTT 5.0, 1.5.4 and 1.5.6).
inline constexpr std::size_t longest_string = 65'535;
/// Packet identifiers are 1 to this; as many operations can be in flight (MQTT 5.0, 2.2.1).
inline constexpr std::size_t packet_identifiers = 65'535;
/// The largest packet that the fixed header can describe, in bytes (MQTT 5.0, 2.1.4).
inline constexpr std::uint32_t largest_packet = 268'435'460;

/// ConnectOptions::keep_alive (MQTT 5.0, 3.1.2.10).
inline constexpr std::chrono::seconds longest_keep_alive{65'535};
/// ConnectOptions::maximum_packet_size: less could not hold a CONNACK with its properties.
inline constexpr std::uint32_t smallest_maximum_packet_size = 64;
/// Negotiated::receive_maximum below MQTT 5, where a broker cannot say how much it takes at once. Mosquitto 2.0 keeps
/// 1,000 messages of a session, and may lose the rest, acknowledged or not, when it is stopped.
inline constexpr std::uint16_t version_3_receive_maximum = 500;

}  // namespace wsmq::limits
