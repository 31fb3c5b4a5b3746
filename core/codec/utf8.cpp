#include "codec/utf8.hpp"

#include <cstddef>
#include <cstring>

namespace wsmq::codec {
namespace {

constexpr std::uint64_t each(std::uint8_t byte) noexcept { return 0x0101010101010101u * byte; }

constexpr std::uint64_t high_bits = each(0x80);

/// Sets a high bit where a byte is 0, given that no byte has its high bit set. (A borrow can set others too, but only
/// above a byte that is 0, so the answer for the whole word is exact.)
constexpr std::uint64_t mark_zeros(std::uint64_t word) noexcept { return word - each(0x01); }

constexpr bool is_ascii(std::uint64_t word) noexcept { return (word & high_bits) == 0; }

/// '+' and '#' differ in bit 3 only, so one comparison finds both.
constexpr std::uint64_t mark_wildcards(std::uint64_t word) noexcept {
    return mark_zeros((word | each(0x08)) ^ each('+'));
}
static_assert(('#' | 0x08) == '+');

/// U+0000 to U+001F by a borrow as above, U+007F by its becoming 0x80.
constexpr std::uint64_t mark_controls(std::uint64_t word) noexcept { return (word - each(0x20)) | (word + each(0x01)); }

/// Of a sound sequence of two to four bytes: U+0080 to U+009F, U+FDD0 to U+FDEF, and the last two of each plane.
constexpr bool is_sequence_sendable(const std::uint8_t* text, std::size_t length) noexcept {
    if (length == 2) return text[0] != 0xC2 || text[1] >= 0xA0;
    const std::uint8_t* last = text + length - 2;
    if (length == 3 && text[0] == 0xEF && last[0] == 0xB7) return last[1] < 0x90 || last[1] > 0xAF;
    const bool ends_plane = last[0] == 0xBF && last[1] >= 0xBE;
    return !ends_plane || (length == 3 ? text[0] != 0xEF : (text[1] & 0x0Fu) != 0x0F);
}

/// What text must not hold: in ASCII, marked by high bits of a word; and in longer sequences.
struct Anything {
    static constexpr std::uint64_t mark(std::uint64_t word) noexcept { return mark_zeros(word); }
    static constexpr bool allows(const std::uint8_t*, std::size_t) noexcept { return true; }
};
struct NoWildcards : Anything {
    static constexpr std::uint64_t mark(std::uint64_t word) noexcept { return mark_zeros(word) | mark_wildcards(word); }
};
struct Sendable {
    static constexpr std::uint64_t mark(std::uint64_t word) noexcept { return mark_controls(word); }
    static constexpr bool allows(const std::uint8_t* text, std::size_t length) noexcept {
        return is_sequence_sendable(text, length);
    }
};
struct SendableWithoutWildcards : Sendable {
    static constexpr std::uint64_t mark(std::uint64_t word) noexcept {
        return mark_controls(word) | mark_wildcards(word);
    }
};

/// Whether all bytes are ASCII and allowed: one test for everything, as this is nearly always so.
template <class Rule> constexpr bool is_plain(std::uint64_t word) noexcept {
    return ((word | Rule::mark(word)) & high_bits) == 0;
}

std::uint64_t load_word(const std::uint8_t* from) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
}

/// The last 1 to 7 bytes as a word, some of them twice and the rest harmless: no reading past the end.
std::uint64_t load_tail(const std::uint8_t* from, std::size_t count) noexcept {
    if (count >= 4) {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
        std::memcpy(&first, from, sizeof first);
        std::memcpy(&last, from + count - sizeof last, sizeof last);
        return std::uint64_t{last} << 32 | first;
    }
    return each('a') << 24 | std::uint64_t{from[count - 1]} << 16 | std::uint64_t{from[count / 2]} << 8 | from[0];
}

/// Which second bytes may follow a first byte, and how long the sequence is (Unicode, table 3-7). The bounds of the
/// second byte keep out overlong forms, surrogates, and everything above U+10FFFF.
struct Lead {
    std::uint8_t first_from;
    std::uint8_t first_to;
    std::uint8_t second_from;
    std::uint8_t second_to;
    std::uint8_t length;
};
constexpr Lead leads[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

/// Length of the sequence of two to four bytes that `text` begins with; 0 where there is none.
std::size_t sequence_length(const std::uint8_t* text, std::size_t size) noexcept {
    for (const Lead& lead : leads) {
        if (text[0] < lead.first_from || text[0] > lead.first_to) continue;
        if (size < lead.length || text[1] < lead.second_from || text[1] > lead.second_to) return 0;
        for (std::size_t i = 2; i < lead.length; ++i) {
            if ((text[i] & 0xC0u) != 0x80u) return 0;
        }
        return lead.length;
    }
    return 0;
}

/// Length of the character that `text` begins with; 0 where it is not sound or not allowed.
template <class Rule> std::size_t character_length(const std::uint8_t* text, std::size_t size) noexcept {
    if (text[0] >= 0x80) {
        const std::size_t length = sequence_length(text, size);
        return length != 0 && Rule::allows(text, length) ? length : 0;
    }
    return is_plain<Rule>(each(text[0])) ? 1 : 0;
}

template <class Rule> bool is_sound(const std::uint8_t* text, std::size_t size) noexcept {
    while (size != 0) {
        const std::uint64_t word = size >= 8 ? load_word(text) : load_tail(text, size);
        std::size_t length = size < 8 ? size : 8;
        if (!is_plain<Rule>(word)) {
            if (is_ascii(word)) return false;
            length = character_length<Rule>(text, size);
            if (length == 0) return false;
        }
        text += length;
        size -= length;
    }
    return true;
}

}  // namespace

bool is_mqtt_utf8(Bytes text) noexcept { return is_sound<Anything>(text.data(), text.size()); }

bool is_topic_name_text(Bytes text) noexcept { return is_sound<NoWildcards>(text.data(), text.size()); }

bool is_sendable_utf8(Bytes text) noexcept { return is_sound<Sendable>(text.data(), text.size()); }

bool is_sendable_topic_name_text(Bytes text) noexcept {
    return is_sound<SendableWithoutWildcards>(text.data(), text.size());
}

}  // namespace wsmq::codec
