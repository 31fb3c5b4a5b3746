// The fixed header (MQTT 5.0, 2.1): where a packet begins and ends, and nothing else. Every length
// is checked here, once.
#pragma once
#include <cstdint>

#include "wsmq/error.hpp"
#include "wsmq/limits.hpp"
#include "wsmq/types.hpp"

namespace wsmq::codec {

enum class PacketType : std::uint8_t {
    connect = 1,
    connack,
    publish,
    puback,
    pubrec,
    pubrel,
    pubcomp,
    subscribe,
    suback,
    unsubscribe,
    unsuback,
    pingreq,
    pingresp,
    disconnect,
    auth
};

struct Frame {
    PacketType type{};
    std::uint8_t flags = 0;  ///< the low four bits of the first byte
    Bytes body;              ///< everything after the fixed header
};

/// What the first bytes of a stream hold.
struct FrameResult {
    enum class Status : std::uint8_t { complete, incomplete, bad } status{};
    Errc error = Errc::none;  ///< where bad: malformed_packet or packet_too_large
    Frame frame{};            ///< where complete
    std::size_t size = 0;     ///< where complete: of the whole packet. Where incomplete: how many
                              ///< bytes the packet needs, or 0 while its length is not known yet
};

/// Reads the packet at the beginning of `stream`. Type 0, and flags that the type does not allow
/// [MQTT-2.1.3-1], are malformed; so is a length of more than four bytes, or not in its shortest
/// form. Version-free: whether AUTH may come at all, and the duplicate flag that MQTT 3.1 has on
/// PUBREL, SUBSCRIBE and UNSUBSCRIBE too, are the decoder's affair.
[[nodiscard]] FrameResult read_frame(Bytes stream, std::uint32_t maximum_packet_size) noexcept;

/// The only frame of a whole packet that we encoded ourselves.
[[nodiscard]] inline Frame frame_of(Bytes packet) noexcept { return read_frame(packet, limits::largest_packet).frame; }

}  // namespace wsmq::codec
