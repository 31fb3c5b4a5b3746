#include <array>
#include <cstddef>

#include "codec/property_table.hpp"
#include "codec/reader.hpp"
#include "wsmq/limits.hpp"
#include "wsmq/property.hpp"
#include "wsmq/topic.hpp"

namespace wsmq {
namespace {

using codec::PropertySpec;
using Block = std::vector<std::uint8_t>;

const PropertySpec* find(PropertyId id, PropertyType type) noexcept {
    const PropertySpec* spec = codec::find_property(static_cast<std::uint8_t>(id));
    return spec != nullptr && spec->type == type ? spec : nullptr;
}

void append_byte(Block& block, std::uint32_t value) { block.push_back(static_cast<std::uint8_t>(value & 0xFFu)); }

void append_variable_byte_integer(Block& block, std::uint32_t value) {
    for (; value >= 0x80; value >>= 7) append_byte(block, value | 0x80u);
    append_byte(block, value);
}

void append_binary(Block& block, Bytes value) {
    const auto size = static_cast<std::uint32_t>(value.size());
    append_byte(block, size >> 8);
    append_byte(block, size);
    block.insert(block.end(), value.begin(), value.end());
}

bool fits(Bytes value) noexcept { return value.size() <= limits::longest_string; }

bool is_text(std::string_view value) noexcept { return fits(codec::as_bytes(value)) && is_valid_utf8(value); }

}  // namespace

PropertyWriter& PropertyWriter::integer(PropertyId id, std::uint32_t value) {
    const PropertySpec* spec = codec::find_property(static_cast<std::uint8_t>(id));
    if (bad_ || spec == nullptr || !codec::is_integer(spec->type)) return fail();
    if (value < spec->minimum || value > spec->maximum) return fail();
    append_byte(block_, static_cast<std::uint32_t>(id));
    if (spec->type == PropertyType::variable_byte_integer) {
        append_variable_byte_integer(block_, value);
        return *this;
    }
    const unsigned width = 8u << static_cast<unsigned>(spec->type);
    for (unsigned shift = width; shift != 0; shift -= 8) append_byte(block_, value >> (shift - 8));
    return *this;
}

PropertyWriter& PropertyWriter::text(PropertyId id, std::string_view value) {
    if (bad_ || find(id, PropertyType::text) == nullptr || !is_text(value)) return fail();
    append_byte(block_, static_cast<std::uint32_t>(id));
    append_binary(block_, codec::as_bytes(value));
    return *this;
}

PropertyWriter& PropertyWriter::binary(PropertyId id, Bytes value) {
    if (bad_ || find(id, PropertyType::binary) == nullptr || !fits(value)) return fail();
    append_byte(block_, static_cast<std::uint32_t>(id));
    append_binary(block_, value);
    return *this;
}

PropertyWriter& PropertyWriter::user_property(std::string_view name, std::string_view value) {
    if (bad_ || !is_text(name) || !is_text(value)) return fail();
    append_byte(block_, static_cast<std::uint32_t>(PropertyId::user_property));
    append_binary(block_, codec::as_bytes(name));
    append_binary(block_, codec::as_bytes(value));
    return *this;
}

Bytes PropertyWriter::bytes() const noexcept {
    static constexpr std::array<std::uint8_t, 1> unacceptable{0x00};
    return bad_ ? Bytes{unacceptable} : Bytes{block_};
}

PropertyWriter& PropertyWriter::fail() {
    bad_ = true;
    return *this;
}

}  // namespace wsmq
