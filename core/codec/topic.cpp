#include "wsmq/topic.hpp"

#include <cstddef>

#include "codec/reader.hpp"
#include "codec/utf8.hpp"
#include "wsmq/limits.hpp"

namespace wsmq {
namespace {

using codec::as_bytes;

/// [MQTT-4.7.3-1] and [MQTT-4.7.3-3].
bool has_topic_length(std::string_view topic) noexcept {
    return !topic.empty() && topic.size() <= limits::longest_string;
}

/// '#' stands alone in the last level, '+' alone in its level [MQTT-4.7.1-1] [MQTT-4.7.1-2].
bool wildcards_stand_alone(std::string_view filter) noexcept {
    for (std::size_t i = filter.find_first_of("+#"); i != std::string_view::npos;
         i = filter.find_first_of("+#", i + 1)) {
        const bool begins_level = i == 0 || filter[i - 1] == '/';
        const bool is_last = i + 1 == filter.size();
        const bool ends_level = is_last || (filter[i] == '+' && filter[i + 1] == '/');
        if (!begins_level || !ends_level) return false;
    }
    return true;
}

/// The filter behind "$share/{ShareName}/", or all of it where it is not shared. Empty where the share is not
/// well-formed.
std::string_view without_share(std::string_view filter) noexcept {
    if (!filter.starts_with(shared_subscription_prefix)) return filter;
    const std::string_view shared = filter.substr(shared_subscription_prefix.size());
    const std::size_t name_end = shared.find('/');
    // A name is there [MQTT-4.8.2-1], without wildcards, and a filter follows it [MQTT-4.8.2-2].
    if (name_end == std::string_view::npos || name_end == 0) return {};
    if (shared.substr(0, name_end).find_first_of("+#") != std::string_view::npos) return {};
    return shared.substr(name_end + 1);
}

/// What EMQX has beside shared subscriptions; a broker that does not know it takes it for a part of the topic.
std::string_view without_prefix(std::string_view filter, std::string_view name) noexcept {
    for (const std::string_view prefix : {"$queue/", "$exclusive/"}) {
        if (filter.starts_with(prefix) && !name.starts_with(prefix)) return filter.substr(prefix.size());
    }
    return without_share(filter);
}

std::size_t end_of_level(std::string_view name, std::size_t from) noexcept {
    const std::size_t slash = name.find('/', from);
    return slash == std::string_view::npos ? name.size() : slash;
}

}  // namespace

bool is_valid_utf8(std::string_view text) noexcept { return codec::is_mqtt_utf8(as_bytes(text)); }

bool is_valid_topic_name(std::string_view name) noexcept {
    return has_topic_length(name) && codec::is_topic_name_text(as_bytes(name));
}

bool is_valid_topic_filter(std::string_view filter) noexcept {
    if (!has_topic_length(filter) || !codec::is_mqtt_utf8(as_bytes(filter))) return false;
    const std::string_view plain = without_share(filter);
    return !plain.empty() && wildcards_stand_alone(plain);
}

Errc validate_topic_name(std::string_view name) noexcept {
    // One pass over what is sound, which is nearly all.
    if (has_topic_length(name) && codec::is_sendable_topic_name_text(as_bytes(name))) return Errc::none;
    return is_valid_topic_name(name) ? Errc::invalid_character : Errc::invalid_topic;
}

Errc validate_topic_filter(std::string_view filter) noexcept {
    if (!is_valid_topic_filter(filter)) return Errc::invalid_topic;
    return codec::is_sendable_utf8(as_bytes(filter)) ? Errc::none : Errc::invalid_character;
}

Errc validate_text(std::string_view text) noexcept {
    if (text.size() > limits::longest_string || !is_valid_utf8(text)) return Errc::invalid_utf8;
    return codec::is_sendable_utf8(as_bytes(text)) ? Errc::none : Errc::invalid_character;
}

bool topic_matches(std::string_view filter, std::string_view name) noexcept {
    filter = without_prefix(filter, name);
    if (filter.empty() || name.empty()) return false;
    // Names that begin with $ are the broker's own [MQTT-4.7.2-1].
    if (name[0] == '$' && (filter[0] == '+' || filter[0] == '#')) return false;

    std::size_t at = 0;
    for (std::size_t i = 0; i < filter.size(); ++i) {
        if (filter[i] == '#') return true;
        if (filter[i] == '+') {
            at = end_of_level(name, at);
        } else if (at < name.size() && filter[i] == name[at]) {
            ++at;
        } else {
            // "a/#" is for "a" too: the wildcard includes the parent level (4.7.1.2).
            return at == name.size() && filter.substr(i) == "/#";
        }
    }
    return at == name.size();
}

}  // namespace wsmq
