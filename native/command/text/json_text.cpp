#include "text/json_text.hpp"

#include <algorithm>

namespace wsmq::command {

namespace {

bool is_nested_too_deep(std::string_view text) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (in_string) {
            if (letter == '\\')
                ++at;
            else if (letter == '"')
                in_string = false;
        } else if (letter == '"') {
            in_string = true;
        } else if (letter == '[' || letter == '{') {
            if (++depth > deepest_nesting) return true;
        } else if ((letter == ']' || letter == '}') && depth > 0) {
            --depth;
        }
    }
    return false;
}

/// The number of a control character at this place, and how many bytes it has in UTF-8; 0 bytes for any other.
struct Control {
    unsigned code = 0;
    std::size_t size = 0;
};

Control control_at(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x20 || first == 0x7F) return {first, 1};
    if (first != 0xC2 || at + 1 == text.size()) return {};
    const auto second = static_cast<unsigned char>(text[at + 1]);
    return second >= 0x80 && second < 0xA0 ? Control{second, 2} : Control{};
}

void append_escape(std::string& out, std::string_view prefix, unsigned code) {
    constexpr std::string_view digits = "0123456789abcdef";
    out.append(prefix);
    out += digits[code >> 4];
    out += digits[code & 0xF];
}

/// Of JSON text: below 0x20 they stand between tokens alone, where they mean nothing.
std::string without_controls(std::string_view text, bool keeps_lines) {
    std::string kept;
    kept.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto [code, size] = control_at(text, at);
        if (size == 0 || (keeps_lines && text[at] == '\n')) {
            kept += text[at];
            continue;
        }
        at += size - 1;
        if (code >= 0x20) append_escape(kept, "\\u00", code);
    }
    return kept;
}

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
    if (is_nested_too_deep(text)) return std::nullopt;
    auto value = Json::parse(text, nullptr, false);
    if (value.is_discarded()) return std::nullopt;
    return value;
}

std::string one_line(std::string_view text) { return without_controls(text, false); }

std::string indented(std::string_view text) {
    const auto value = parse_json(text);
    return value ? without_controls(value->dump(2, ' ', false, Json::error_handler_t::replace), true) : one_line(text);
}

std::string to_text(const Json& value) { return one_line(value.dump(-1, ' ', false, Json::error_handler_t::replace)); }

std::string printable(std::string_view text) {
    std::string shown;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto [code, size] = control_at(text, at);
        if (size == 0) {
            shown += text[at];
            continue;
        }
        at += size - 1;
        append_escape(shown, "\\x", code);
    }
    return shown;
}

}  // namespace wsmq::command
