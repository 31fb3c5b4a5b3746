// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): 64 bits that cannot be predicted
// without the key, whatever is known of other texts.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace wsmq::messaging {

using SipKey = std::array<std::uint64_t, 2>;

namespace detail {

struct SipState {
    std::uint64_t v0, v1, v2, v3;

    constexpr void mix(int rounds) noexcept {
        for (; rounds > 0; --rounds) {
            v0 += v1;
            v2 += v3;
            v1 = std::rotl(v1, 13) ^ v0;
            v3 = std::rotl(v3, 16) ^ v2;
            v0 = std::rotl(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = std::rotl(v1, 17) ^ v2;
            v3 = std::rotl(v3, 21) ^ v0;
            v2 = std::rotl(v2, 32);
        }
    }
    constexpr void take(std::uint64_t word) noexcept {
        v3 ^= word;
        mix(2);
        v0 ^= word;
    }
};

}  // namespace detail

[[nodiscard]] constexpr std::uint64_t sip_hash(const SipKey& key, std::string_view text) noexcept {
    detail::SipState state{key[0] ^ 0x736F'6D65'7073'6575, key[1] ^ 0x646F'7261'6E64'6F6D,
                           key[0] ^ 0x6C79'6765'6E65'7261, key[1] ^ 0x7465'6462'7974'6573};
    // Words of eight bytes, little-endian; the last one has the length in its highest byte.
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        word |= std::uint64_t{static_cast<unsigned char>(text[i])} << 8 * (i % 8);
        if (i % 8 != 7) continue;
        state.take(word);
        word = 0;
    }
    state.take(word | std::uint64_t{text.size()} << 56);
    state.v2 ^= 0xFF;
    state.mix(4);
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace wsmq::messaging
