#include "support/text.hpp"

#include "wsmq/property.hpp"

namespace wsmq::test {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

std::string hex_byte(std::uint8_t byte) { return {digits[byte >> 4], digits[byte & 15]}; }

struct ValueText {
    std::string operator()(std::uint32_t value) const { return std::to_string(value); }
    std::string operator()(std::string_view value) const { return quoted(value); }
    std::string operator()(Bytes value) const { return hex(value); }
    std::string operator()(const UserProperty& pair) const {
        return "(" + quoted(pair.name) + "," + quoted(pair.value) + ")";
    }
};

}  // namespace

std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 60;
    std::string out = "\"";
    for (const char c : text.substr(0, longest)) {
        if (c >= ' ' && c <= '~') {
            out += c;
        } else {
            out += "\\x" + hex_byte(static_cast<std::uint8_t>(c));
        }
    }
    out += '"';
    if (text.size() > longest) out += "... (" + std::to_string(text.size()) + " bytes)";
    return out;
}

std::string hex(Bytes bytes) {
    std::string out;
    for (const std::uint8_t byte : bytes) out += (out.empty() ? "" : " ") + hex_byte(byte);
    return out;
}

std::string name_of(ReasonCode reason) {
    return "0x" + hex_byte(static_cast<std::uint8_t>(reason)) + " " + std::string{describe(reason)};
}

std::string describe_properties(Bytes block) {
    std::string out;
    for (const Property& property : PropertyView{block}) {
        out += " 0x" + hex_byte(static_cast<std::uint8_t>(property.id)) + "=" + std::visit(ValueText{}, property.value);
    }
    return out;
}

}  // namespace wsmq::test
