// Types that all public headers share.
#pragma once
#include <chrono>
#include <cstdint>
#include <span>

namespace wsmq {

/// Borrowed bytes; ownership and lifetime are documented where they appear.
using Bytes = std::span<const std::uint8_t>;

/// A time on the driver's monotonic clock. The time is always a parameter; the engine reads no clock.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::milliseconds;

/// The value is the protocol version byte of CONNECT (MQTT 5.0, 3.1.2.2).
enum class Version : std::uint8_t { v3_1 = 3, v3_1_1 = 4, v5 = 5 };

/// Quality of service (MQTT 5.0, 4.3).
enum class Qos : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

/// Identifies one publish, subscribe or unsubscribe. Never 0, and unlike a packet identifier not reused by a client.
enum class OperationId : std::uint32_t {};

}  // namespace wsmq
