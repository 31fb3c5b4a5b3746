#include "codec/frame.hpp"

#include <array>
#include <cstddef>

namespace wsmq::codec {
namespace {

constexpr std::uint8_t duplicate_bit = 0x08;

/// The flags that a packet type carries; `variable` are the bits that may be 0 or 1 (MQTT 5.0, table 2-2).
struct AllowedFlags {
    std::uint8_t fixed;
    std::uint8_t variable;
};

constexpr std::array<AllowedFlags, 16> allowed_flags = [] {
    std::array<AllowedFlags, 16> table{};
    table[static_cast<std::size_t>(PacketType::publish)] = {0, 0x0F};
    // MQTT 3.1 marks repetitions of these three as duplicates too; decoders of later versions refuse that.
    for (const auto type : {PacketType::pubrel, PacketType::subscribe, PacketType::unsubscribe}) {
        table[static_cast<std::size_t>(type)] = {0x02, duplicate_bit};
    }
    return table;
}();

bool is_sound_first_byte(std::uint8_t first) noexcept {
    const std::size_t type = first >> 4;
    const auto [fixed, variable] = allowed_flags[type];
    return type != 0 && (first & 0x0Fu & ~unsigned{variable}) == fixed;
}

FrameResult bad(Errc error) noexcept { return {.status = FrameResult::Status::bad, .error = error}; }

FrameResult incomplete(std::size_t needed) noexcept {
    return {.status = FrameResult::Status::incomplete, .size = needed};
}

}  // namespace

FrameResult read_frame(Bytes stream, std::uint32_t maximum_packet_size) noexcept {
    if (stream.empty()) return incomplete(0);
    if (!is_sound_first_byte(stream[0])) return bad(Errc::malformed_packet);

    std::size_t length = 0;
    for (std::size_t digit = 0; digit < 4; ++digit) {
        if (stream.size() < digit + 2) return incomplete(0);
        const std::uint8_t value = stream[digit + 1];
        length |= std::size_t{value & 0x7Fu} << (7 * digit);
        if ((value & 0x80u) != 0) continue;
        if (value == 0 && digit != 0) break;  // not the shortest form [MQTT-1.5.5-1]

        const std::size_t header = digit + 2;
        const std::size_t size = header + length;
        if (size > maximum_packet_size) return bad(Errc::packet_too_large);
        if (stream.size() < size) return incomplete(size);
        const Frame frame{.type = static_cast<PacketType>(stream[0] >> 4),
                          .flags = static_cast<std::uint8_t>(stream[0] & 0x0Fu),
                          .body = stream.subspan(header, length)};
        return {.status = FrameResult::Status::complete, .frame = frame, .size = size};
    }
    return bad(Errc::malformed_packet);
}

}  // namespace wsmq::codec
