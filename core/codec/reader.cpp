#include "codec/reader.hpp"

namespace wsmq::codec {

VariableByteInteger read_variable_byte_integer(Bytes bytes) noexcept {
    std::uint32_t value = 0;
    for (std::uint32_t i = 0; i < 4 && i < bytes.size(); ++i) {
        const std::uint8_t digit = bytes[i];
        value |= std::uint32_t{digit & 0x7Fu} << 7 * i;
        if ((digit & 0x80u) != 0) continue;
        // A last digit of 0 behind others adds nothing: not the shortest form.
        if (digit == 0 && i != 0) break;
        return {value, i + 1};
    }
    return {};
}

std::string_view Reader::text() noexcept {
    const Bytes bytes = binary();
    if (!is_mqtt_utf8(bytes)) fail();
    return ok_ ? as_text(bytes) : std::string_view{};
}

}  // namespace wsmq::codec
