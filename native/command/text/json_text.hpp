// JSON text as other parties wrote it, made fit for a line of output and for a terminal.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace wsmq::command {

using Json = nlohmann::ordered_json;

/// Nested deeper, a value is handled as text alone: printing and comparing values recurses.
inline constexpr std::size_t deepest_nesting = 512;

/// Nothing where it is not sound, or is nested too deep.
[[nodiscard]] std::optional<Json> parse_json(std::string_view text);
/// The same value on one line: numbers, and the order of members, stay as they are. Control characters that JSON allows
/// and terminals obey are escaped. `text` is sound.
[[nodiscard]] std::string one_line(std::string_view text);
/// Over several lines, or on one where it is nested too deep.
[[nodiscard]] std::string indented(std::string_view text);
/// Compact. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string to_text(const Json&);
/// Any text for people: control characters are escaped.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace wsmq::command
