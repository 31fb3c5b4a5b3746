#include "text/json_text.hpp"

#include "text/printable.hpp"
#include "wsmq/messaging/json.hpp"

namespace wsmq::command {

namespace {

std::size_t behind_string(std::string_view text, std::size_t at) {
    for (++at; text[at] != '"'; ++at) {
        if (text[at] == '\\') ++at;
    }
    return at + 1;
}

bool is_space(char letter) { return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r'; }

std::size_t behind_spaces(std::string_view text, std::size_t at) {
    while (at < text.size() && is_space(text[at])) ++at;
    return at;
}

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
    auto value = messaging::to_json<Json>(text);
    if (text.empty() || value.is_discarded()) return std::nullopt;
    return value;
}

std::string one_line(std::string_view text) {
    return escaped(text, [](std::string& out, const Letter& letter) {
        // Below 0x20 they stand between tokens alone, where they mean nothing.
        if (letter.code >= 0x20) append_code_point(out, letter.code);
    });
}

std::string indented(std::string_view text) {
    std::string line = one_line(text);
    if (messaging::json_rpc::is_nested_too_deep(line)) return line;
    std::string lines;
    std::size_t depth = 0;
    bool was_opened = false;
    const auto break_line = [&] { lines.append("\n").append(2 * depth, ' '); };
    for (std::size_t at = behind_spaces(line, 0); at < line.size(); at = behind_spaces(line, at)) {
        const std::size_t begin = at;
        const char letter = line[at];
        at = letter == '"' ? behind_string(line, at) : at + 1;
        const bool opens = letter == '{' || letter == '[';
        const bool closes = letter == '}' || letter == ']';
        if (closes) --depth;
        if (was_opened != closes) break_line();  // not within an empty one
        lines.append(line, begin, at - begin);
        if (letter == ':') lines += ' ';
        if (letter == ',') break_line();
        if (opens) ++depth;
        was_opened = opens;
    }
    return lines;
}

std::string to_text(const Json& value) { return one_line(value.dump(-1, ' ', false, Json::error_handler_t::replace)); }

}  // namespace wsmq::command
