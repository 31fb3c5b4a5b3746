// Rendezvous hashing: which instance answers a request where the broker has no shared subscriptions. Every instance
// receives it, and all elect the same winner without exchanging messages (docs/protocol.md).
#pragma once
#include <cstdint>
#include <string_view>

namespace wsmq::messaging {

/// FNV-1a of 64 bits over "{instance}/{uid}/{id}", with the characters of the id, and then MurmurHash3's finalizer: the
/// names of instances are alike, and FNV alone gives some of them twice the share of others. The highest wins; of equal
/// ones the instance that sorts last.
[[nodiscard]] constexpr std::uint64_t rendezvous_weight(std::string_view instance, std::string_view uid,
                                                        std::string_view id_text) noexcept {
    std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
    const auto add = [&hash](std::string_view text) {
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3;
    };
    add(instance);
    add("/");
    add(uid);
    add("/");
    add(id_text);
    hash = (hash ^ (hash >> 33)) * 0xFF51'AFD7'ED55'8CCD;
    hash = (hash ^ (hash >> 33)) * 0xC4CE'B9FE'1A85'EC53;
    return hash ^ (hash >> 33);
}

}  // namespace wsmq::messaging
