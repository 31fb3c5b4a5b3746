// The vocabulary shared by every public header.
#pragma once
#include <chrono>
#include <cstdint>
#include <span>

namespace wsmq {

/// Borrowed bytes. Who lends them, and for how long, is said where they appear.
using Bytes = std::span<const std::uint8_t>;

/// A moment on the driver's monotonic clock. The engine only uses the type: the time is always a
/// parameter, and the engine never asks a clock for it.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::milliseconds;

/// The value is the protocol version byte of CONNECT (MQTT 5.0, 3.1.2.2).
enum class Version : std::uint8_t { v3_1 = 3, v3_1_1 = 4, v5 = 5 };

/// Quality of service (MQTT 5.0, 4.3).
enum class Qos : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

/// Names one publish, subscribe or unsubscribe. Unlike a packet identifier it is never used again
/// in the life of a client; 0 is never given out.
enum class OperationId : std::uint32_t {};

}  // namespace wsmq
