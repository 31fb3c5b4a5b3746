// The only parser of JSON. A message is scanned once; members are views of its text, so that a value that only passes
// through is neither built nor serialized.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsmq::messaging::json_rpc {

enum class Type : std::uint8_t { null, boolean, number, string, array, object };

/// A member of the outermost object.
struct Member {
    std::string key;
    std::string_view raw;  ///< JSON text of the value, a view into what was scanned
    Type type{};
    std::string text;  ///< of a string: its characters, decoded
};

struct ScanResult {
    bool ok = false;  ///< one sound JSON value, and nothing behind it
    Type type{};
    std::vector<Member> members;  ///< of an object, in their order

    /// The first one of this name; null where there is none.
    [[nodiscard]] const Member* find(std::string_view key) const noexcept;
    [[nodiscard]] bool is_object() const noexcept { return ok && type == Type::object; }
};

[[nodiscard]] ScanResult scan(std::string_view text);

[[nodiscard]] bool is_true(const Member*) noexcept;
/// The value of a number that is a whole one and fits; nothing otherwise.
[[nodiscard]] std::optional<std::uint64_t> unsigned_of(const Member*) noexcept;
[[nodiscard]] std::optional<std::int64_t> integer_of(const Member*) noexcept;

}  // namespace wsmq::messaging::json_rpc
