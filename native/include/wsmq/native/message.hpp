// Messages that own their data, and payloads made from text or bytes.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/event.hpp"
#include "wsmq/property.hpp"
#include "wsmq/types.hpp"

namespace wsmq::native {

/// The bytes as characters, in whatever encoding.
[[nodiscard]] inline std::string_view as_text(Bytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline Bytes as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The payload of a publish: text or bytes, borrowed.
class Payload {
public:
    Payload() = default;
    Payload(const char* text) noexcept : bytes_{as_bytes(text)} {}
    Payload(std::string_view text) noexcept : bytes_{as_bytes(text)} {}
    Payload(const std::string& text) noexcept : bytes_{as_bytes(text)} {}
    Payload(Bytes bytes) noexcept : bytes_{bytes} {}
    Payload(const std::vector<std::uint8_t>& bytes) noexcept : bytes_{bytes} {}

    [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }

private:
    Bytes bytes_{};
};

/// A received message that owns its data. wsmq::Message is a view with the same fields.
struct Message {
    std::string topic;
    std::string payload;
    std::vector<std::uint8_t> encoded_properties;  ///< empty below MQTT 5
    Qos qos = Qos::at_most_once;
    bool retain = false;
    bool duplicate = false;

    Message() = default;
    explicit Message(const wsmq::Message& view)
        : topic{view.topic},
          payload{as_text(view.payload)},
          encoded_properties{view.encoded_properties.begin(), view.encoded_properties.end()},
          qos{view.qos},
          retain{view.retain},
          duplicate{view.duplicate} {}

    /// A view into this message.
    [[nodiscard]] PropertyView properties() const noexcept { return PropertyView{encoded_properties}; }
};

}  // namespace wsmq::native
