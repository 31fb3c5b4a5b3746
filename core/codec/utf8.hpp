// UTF-8 as MQTT requires it (MQTT 5.0, 1.5.4).
#pragma once
#include "wsmq/types.hpp"

namespace wsmq::codec {

/// Well-formed, no overlong forms, no surrogates [MQTT-1.5.4-1], no U+0000 [MQTT-1.5.4-2]. Eight bytes
/// at a time while the text is ASCII.
[[nodiscard]] bool is_mqtt_utf8(Bytes text) noexcept;

/// The same, and neither '+' nor '#': what a topic name consists of [MQTT-3.3.2-2].
[[nodiscard]] bool is_topic_name_text(Bytes text) noexcept;

/// The same without characters that should not be sent because a receiver may close the connection (MQTT 5.0, 1.5.4):
/// control characters, U+0001 to U+001F and U+007F to U+009F, and noncharacters.
[[nodiscard]] bool is_sendable_utf8(Bytes text) noexcept;
[[nodiscard]] bool is_sendable_topic_name_text(Bytes text) noexcept;

}  // namespace wsmq::codec
