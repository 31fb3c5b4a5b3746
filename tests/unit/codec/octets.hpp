// Bytes as they stand in the specification: hexadecimal digits, and text in single quotes.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/types.hpp"

namespace wsmq::test {

using Octets = std::vector<std::uint8_t>;

/// "0003 'a/b' 0A" is 00 03 61 2F 62 0A. The vector's memory ends where the bytes end, so that a sanitizer sees whoever
/// reads on.
inline Octets octets(std::string_view notation) {
    const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'A' + 10); };
    Octets bytes;
    for (std::size_t i = 0; i < notation.size(); ++i) {
        if (notation[i] == ' ') continue;
        if (notation[i] == '\'') {
            for (++i; notation[i] != '\''; ++i) bytes.push_back(static_cast<std::uint8_t>(notation[i]));
        } else {
            bytes.push_back(static_cast<std::uint8_t>(digit(notation[i]) << 4 | digit(notation[i + 1])));
            ++i;
        }
    }
    return {bytes.begin(), bytes.end()};
}

/// The same, lent until the program ends.
inline Bytes lasting(std::string_view notation) {
    static std::deque<Octets> kept;
    return kept.emplace_back(octets(notation));
}

inline std::string to_hex(Bytes bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += "0123456789ABCDEF"[byte >> 4];
        text += "0123456789ABCDEF"[byte & 15];
        text += ' ';
    }
    return text;
}

}  // namespace wsmq::test
