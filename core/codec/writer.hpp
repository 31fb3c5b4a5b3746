// Writes packets to the end of a buffer. Sizes are computed first, so that a buffer grows once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "codec/encode.hpp"
#include "codec/reader.hpp"

namespace wsmq::codec {

[[nodiscard]] constexpr std::size_t variable_byte_integer_size(std::size_t value) noexcept {
    return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20'0000 ? 3 : 4;
}

[[nodiscard]] constexpr std::size_t binary_size(std::size_t length) noexcept { return 2 + length; }

/// Of a property block with its length; MQTT 3 has none.
[[nodiscard]] constexpr std::size_t properties_size(std::size_t block, Version version) noexcept {
    return version == Version::v5 ? variable_byte_integer_size(block) + block : 0;
}

/// Of the whole packet.
[[nodiscard]] constexpr std::size_t packet_size(std::size_t remaining_length) noexcept {
    return 1 + variable_byte_integer_size(remaining_length) + remaining_length;
}

/// Makes room for `size` bytes; at least doubles, so that a buffer that many packets are appended to is seldom moved.
inline void make_room(Buffer& buffer, std::size_t size) {
    if (buffer.capacity() - buffer.size() >= size) return;
    const std::size_t needed = buffer.size() + size;
    const std::size_t doubled = 2 * buffer.capacity();
    buffer.reserve(needed > doubled ? needed : doubled);
}

/// A cursor over memory that is large enough.
class Writer {
public:
    explicit Writer(std::uint8_t* to) noexcept : to_{to} {}

    Writer& byte(std::size_t value) noexcept {
        *to_++ = static_cast<std::uint8_t>(value & 0xFFu);
        return *this;
    }
    Writer& two_byte_integer(std::size_t value) noexcept { return byte(value >> 8).byte(value); }
    Writer& variable_byte_integer(std::size_t value) noexcept {
        for (; value >= 0x80; value >>= 7) byte(value | 0x80u);
        return byte(value);
    }
    Writer& raw(Bytes bytes) noexcept {
        if (!bytes.empty()) std::memcpy(to_, bytes.data(), bytes.size());  // an empty span may be null
        to_ += bytes.size();
        return *this;
    }
    Writer& binary(Bytes bytes) noexcept { return two_byte_integer(bytes.size()).raw(bytes); }
    Writer& text(std::string_view text) noexcept { return binary(as_bytes(text)); }
    Writer& properties(Bytes block, Version version) noexcept {
        return version == Version::v5 ? variable_byte_integer(block.size()).raw(block) : *this;
    }

private:
    std::uint8_t* to_;
};

/// Appends a packet's fixed header and room for `remaining_length` bytes, which is where the writer stands.
[[nodiscard]] inline Writer begin_packet(Buffer& out, PacketType type, unsigned flags, std::size_t remaining_length) {
    const std::size_t start = out.size();
    const std::size_t size = packet_size(remaining_length);
    make_room(out, size);
    out.resize(start + size);
    Writer writer{out.data() + start};
    writer.byte(static_cast<unsigned>(type) << 4 | flags).variable_byte_integer(remaining_length);
    return writer;
}

}  // namespace wsmq::codec
