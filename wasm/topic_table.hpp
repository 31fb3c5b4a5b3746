// Numbers for the topics of arrived messages, so that JavaScript decodes each distinct topic once.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace wsmq::wasm {

/// Bounded: when all numbers are taken, the one that was given longest ago is given again.
class TopicTable {
public:
    static constexpr std::uint32_t capacity = 16'384;
    /// Longer topics are not kept: they all have the number `capacity`, and are always new.
    static constexpr std::size_t longest_kept = 512;

    struct Interned {
        std::uint32_t id;
        bool is_new;  ///< this number did not mean this topic before
    };

    /// `seed` keeps a broker from choosing topics that collide.
    explicit TopicTable(std::uint64_t seed) : seed_{seed | 1} { index_.fill(vacant); }

    /// Topics are not empty.
    [[nodiscard]] Interned intern(std::string_view topic);

private:
    struct Entry {
        std::unique_ptr<char[]> text;
        std::uint32_t size = 0;
        std::uint32_t hash = 0;
        [[nodiscard]] bool is(std::string_view topic) const;
    };

    static constexpr std::uint32_t slots = capacity * 2;
    static constexpr std::uint16_t vacant = 0xFFFF;

    [[nodiscard]] std::uint32_t hash_of(std::string_view topic) const;
    /// The slot that holds the topic, or the vacant one where it belongs.
    [[nodiscard]] std::uint32_t find(std::string_view topic, std::uint32_t hash) const;
    void remove(std::uint32_t id);

    std::uint64_t seed_;
    std::uint32_t next_ = 0;
    std::uint32_t last_ = 0;  ///< of the topic that was asked for last
    std::array<Entry, capacity> entries_;
    std::array<std::uint16_t, slots> index_;  ///< open addressing, linear probing
};

}  // namespace wsmq::wasm
