#include "text/printable.hpp"

#include "wsmq/topic.hpp"

namespace wsmq::command {

namespace {

void append_digits(std::string& out, unsigned code, unsigned count) {
    constexpr std::string_view digits = "0123456789abcdef";
    while (count-- > 0) out += digits[code >> (4 * count) & 0xF];
}

std::size_t sequence_size(unsigned char first) { return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2; }

/// Of a sound sequence of two or three bytes: there are all that terminals obey.
unsigned code_point(std::string_view sequence) {
    const auto bits = [&](std::size_t at, unsigned mask) { return static_cast<unsigned char>(sequence[at]) & mask; };
    if (sequence.size() == 2) return bits(0, 0x1F) << 6 | bits(1, 0x3F);
    return bits(0, 0xF) << 12 | bits(1, 0x3F) << 6 | bits(2, 0x3F);
}

bool is_obeyed(unsigned code) {
    return code < 0xA0 || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

Letter letter_beyond_ascii(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const auto sequence = text.substr(at, sequence_size(first));
    if (!is_valid_utf8(sequence)) return {1, false, first};
    if (sequence.size() == 4) return {4};
    const unsigned code = code_point(sequence);
    return {sequence.size(), !is_obeyed(code), code};
}

void append_code_point(std::string& out, unsigned code) {
    out += "\\u";
    append_digits(out, code, 4);
}

std::string printable(std::string_view text, std::string_view kept) {
    return escaped(text, [kept](std::string& out, const Letter& letter) {
        if (letter.size > 1) return append_code_point(out, letter.code);
        if (kept.find(static_cast<char>(letter.code)) != std::string_view::npos) {
            out += static_cast<char>(letter.code);
            return;
        }
        out += "\\x";
        append_digits(out, letter.code, 2);
    });
}

}  // namespace wsmq::command
