// Topic names and topic filters (MQTT 5.0, 4.7).
#pragma once
#include <string_view>

#include "wsmq/error.hpp"
#include "wsmq/export.hpp"

namespace wsmq {

/// In front of "{ShareName}/{filter}" (MQTT 5.0, 4.8.2).
inline constexpr std::string_view shared_subscription_prefix = "$share/";

/// Sound UTF-8 without U+0000, surrogates and overlong forms [MQTT-1.5.4-1] [MQTT-1.5.4-2].
[[nodiscard]] WSMQ_EXPORT bool is_valid_utf8(std::string_view text) noexcept;

/// 1 to 65,535 bytes of sound UTF-8 without wildcards [MQTT-3.3.2-2] [MQTT-4.7.3-1].
[[nodiscard]] WSMQ_EXPORT bool is_valid_topic_name(std::string_view name) noexcept;

/// 1 to 65,535 bytes of sound UTF-8 with wildcards only where they may stand [MQTT-4.7.1-1]
/// [MQTT-4.7.1-2]; "$share/{ShareName}/{filter}" well-formed [MQTT-4.8.2-1] [MQTT-4.8.2-2].
[[nodiscard]] WSMQ_EXPORT bool is_valid_topic_filter(std::string_view filter) noexcept;

/// What a client may send: Errc::none, invalid_topic where it is none of the above, and invalid_character where it
/// holds what should not be sent (MQTT 5.0, 1.5.4): U+0001 to U+001F, U+007F to U+009F or a noncharacter. Brokers may
/// close the connection over these, and some do.
[[nodiscard]] WSMQ_EXPORT Errc validate_topic_name(std::string_view name) noexcept;
[[nodiscard]] WSMQ_EXPORT Errc validate_topic_filter(std::string_view filter) noexcept;
/// The same of any other text: Errc::none, invalid_utf8 (also where it is over 65,535 bytes) or invalid_character.
[[nodiscard]] WSMQ_EXPORT Errc validate_text(std::string_view text) noexcept;

/// Whether a message of this topic name is for this filter. "$share/{ShareName}/", and EMQX's
/// "$queue/" and "$exclusive/", are looked through; names that begin with $ are not for filters that
/// begin with a wildcard [MQTT-4.7.2-1]. Both must be valid.
[[nodiscard]] WSMQ_EXPORT bool topic_matches(std::string_view filter, std::string_view name) noexcept;

}  // namespace wsmq
