// Between bytes and text, both owned.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/reason_code.hpp"
#include "wsmq/types.hpp"

namespace wsmq::test {

using Block = std::vector<std::uint8_t>;

[[nodiscard]] inline Bytes bytes_of(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline Block block_of(std::string_view text) { return {text.begin(), text.end()}; }
[[nodiscard]] inline Block block_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }
[[nodiscard]] inline std::string text_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

/// Readable, for failures: what is not printable ASCII is shown in hexadecimal, long texts are cut.
[[nodiscard]] std::string quoted(std::string_view text);
[[nodiscard]] std::string hex(Bytes bytes);
[[nodiscard]] std::string name_of(ReasonCode reason);
/// A property block as "receive_maximum=2 user_property=(a,b)", by the properties' numbers.
[[nodiscard]] std::string describe_properties(Bytes block);

}  // namespace wsmq::test
