// A small generator (SplitMix64) with an injected seed: for jitter, delays and identifiers that need not be secret.
#pragma once
#include <cstdint>

namespace wsmq {

class Random {
public:
    explicit Random(std::uint64_t seed) noexcept : state_{seed} {}

    std::uint64_t next() noexcept {
        std::uint64_t z = (state_ += 0x9E37'79B9'7F4A'7C15);
        z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9;
        z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EB;
        return z ^ (z >> 31);
    }
    /// 0 to `bound`, both included.
    std::uint64_t up_to(std::uint64_t bound) noexcept { return bound == UINT64_MAX ? next() : next() % (bound + 1); }

private:
    std::uint64_t state_;
};

}  // namespace wsmq
