// Formats JSON text of other parties for a line of output and for a terminal.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace wsmq::command {

using Json = nlohmann::ordered_json;

/// Nothing where it is invalid, or nested too deep for a value (json_rpc::deepest_nesting).
[[nodiscard]] std::optional<Json> parse_json(std::string_view text);
/// The same value on one line: numbers, and the order of members, stay as they are. What JSON allows and terminals obey
/// is escaped. `text` is sound.
[[nodiscard]] std::string one_line(std::string_view text);
/// The same over several lines, or on one where it is nested too deep.
[[nodiscard]] std::string indented(std::string_view text);
/// Compact. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string to_text(const Json&);

}  // namespace wsmq::command
