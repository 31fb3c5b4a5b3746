// A cursor over received bytes. A read past the end fails, and so do all later ones: a sequence of reads is checked
// once, at its end, with ok().
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/utf8.hpp"
#include "wsmq/types.hpp"

namespace wsmq::codec {

struct VariableByteInteger {
    std::uint32_t value = 0;
    std::uint32_t size = 0;  ///< in bytes; 0 where there is none
};

/// At the beginning of `bytes`: at most four bytes, in the shortest form [MQTT-1.5.5-1]. A function of values, so that
/// readers stay in registers.
[[nodiscard]] VariableByteInteger read_variable_byte_integer(Bytes bytes) noexcept;

class Reader {
public:
    explicit Reader(Bytes bytes) noexcept : bytes_{bytes} {}

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::size_t remaining() const noexcept { return bytes_.size(); }
    [[nodiscard]] Bytes rest() const noexcept { return bytes_; }

    std::uint8_t byte() noexcept {
        const auto b = take(1);
        return b.empty() ? std::uint8_t{0} : b[0];
    }
    std::uint16_t two_byte_integer() noexcept {
        const auto b = take(2);
        return b.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(b[0] << 8 | b[1]);
    }
    std::uint32_t four_byte_integer() noexcept {
        const auto b = take(4);
        if (b.empty()) return 0;
        return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
    }
    std::uint32_t variable_byte_integer() noexcept {
        if (!bytes_.empty() && bytes_[0] < 0x80) return byte();
        const VariableByteInteger read = read_variable_byte_integer(bytes_);
        if (read.size == 0) fail();
        take(read.size);
        return read.value;
    }
    /// A length of two bytes, and as many bytes.
    Bytes binary() noexcept { return take(two_byte_integer()); }
    /// The same, and well-formed UTF-8.
    std::string_view text() noexcept;
    /// Exactly n bytes; empty, and no longer ok, where there are fewer.
    Bytes take(std::size_t n) noexcept {
        if (n > bytes_.size()) return fail();
        const auto taken = bytes_.first(n);
        bytes_ = bytes_.subspan(n);
        return taken;
    }

    /// Invalid content: fails like a read past the end.
    Bytes fail() noexcept {
        ok_ = false;
        bytes_ = {};
        return {};
    }

private:
    Bytes bytes_;
    bool ok_ = true;
};

[[nodiscard]] inline std::string_view as_text(Bytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline Bytes as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace wsmq::codec
