#include "codec/reader.hpp"

namespace wsmq::codec {

std::uint32_t Reader::long_variable_byte_integer() noexcept {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 28; shift += 7) {
        const std::uint8_t digit = byte();
        value |= std::uint32_t{digit & 0x7Fu} << shift;
        if ((digit & 0x80u) != 0) continue;
        // A last digit of 0 behind others adds nothing: not the shortest form [MQTT-1.5.5-1].
        if (digit == 0 && shift != 0) break;
        return value;
    }
    fail();
    return 0;
}

std::string_view Reader::text() noexcept {
    const Bytes bytes = binary();
    if (!is_mqtt_utf8(bytes)) fail();
    return ok_ ? as_text(bytes) : std::string_view{};
}

}  // namespace wsmq::codec
