// Escapes text of other parties for a terminal, which obeys control characters.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace wsmq::command {

/// What stands at one place of a text. Unfit are C0, DEL and C1; U+2028 and U+2029; what turns the direction of a text
/// (U+202A to U+202E, U+2066 to U+2069); and bytes that are not UTF-8.
struct Letter {
    std::size_t size = 1;  ///< in bytes
    bool is_fit = true;
    unsigned code = 0;  ///< of one that is unfit: the code point, or the byte
};
[[nodiscard]] Letter letter_beyond_ascii(std::string_view text, std::size_t at);
[[nodiscard]] inline Letter letter_at(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    return first < 0x80 ? Letter{1, first >= 0x20 && first != 0x7F, first} : letter_beyond_ascii(text, at);
}

/// The text with what is unfit replaced by what `escape(result, letter)` appends.
template <class Escape> [[nodiscard]] std::string escaped(std::string_view text, Escape escape) {
    std::string result;
    result.reserve(text.size());
    std::size_t begin = 0;  // of what is fit
    for (std::size_t at = 0; at < text.size();) {
        const Letter letter = letter_at(text, at);
        if (!letter.is_fit) {
            result.append(text, begin, at - begin);
            escape(result, letter);
            begin = at + letter.size;
        }
        at += letter.size;
    }
    return result.append(text, begin);
}

/// As \uXXXX.
void append_code_point(std::string& out, unsigned code);

/// Of control characters, those that a text has which is no name.
inline constexpr std::string_view kept_in_texts = "\n\t";

/// The text with what is unfit escaped: single bytes as \xNN, the rest as \uXXXX. `kept`: control characters that stay.
[[nodiscard]] std::string printable(std::string_view text, std::string_view kept = {});

}  // namespace wsmq::command
