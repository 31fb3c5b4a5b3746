#include "wsmq/messaging/names.hpp"

#include <algorithm>

#include "wsmq/topic.hpp"

namespace wsmq::messaging {

namespace {

using namespace convention;

constexpr std::string_view rand_characters = "abcdefghijklmnopqrstuvwxyz0123456789";

bool is_name_character(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
}

/// As a topic name may be sent: without wildcards, control characters and noncharacters.
bool is_text_without(std::string_view text, std::string_view forbidden, std::size_t longest) noexcept {
    return text.size() <= longest && text.find_first_of(forbidden) == std::string_view::npos &&
           validate_topic_name(text) == Errc::none;
}

bool is_rand(std::string_view text) noexcept {
    return text.size() >= shortest_rand && text.size() <= longest_rand &&
           text.find_first_not_of(rand_characters) == std::string_view::npos;
}

}  // namespace

bool is_valid_root(std::string_view root) noexcept {
    if (root.empty()) return true;
    return root.size() <= longest_root && root.ends_with('/') && !root.starts_with('$') &&
           validate_topic_name(root) == Errc::none;
}

bool is_valid_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, is_name_character);
}

bool is_valid_instance(std::string_view instance) noexcept {
    return is_valid_name(instance) && !instance.starts_with('_');
}

bool is_valid_account_part(std::string_view part) noexcept { return is_text_without(part, "/:", longest_name); }

bool is_valid_level(std::string_view level) noexcept { return is_text_without(level, "/", longest_level); }

bool is_valid_room(std::string_view room) noexcept { return is_valid_level(room) && !room.starts_with('_'); }

std::optional<UidParts> parse_uid(std::string_view uid) noexcept {
    const auto first = uid.find(':');
    const auto second = uid.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
    const UidParts parts{uid.substr(0, first), uid.substr(first + 1, second - first - 1), uid.substr(second + 1)};
    const bool sound = is_valid_account_part(parts.org) && is_valid_account_part(parts.user) && is_rand(parts.rand);
    return sound ? std::optional{parts} : std::nullopt;
}

bool is_valid_uid(std::string_view uid) noexcept { return parse_uid(uid).has_value(); }

std::string make_rand(std::uint64_t random, std::size_t size) {
    std::string made;
    for (std::size_t i = 0; i < size; ++i) {
        made += rand_characters[random % rand_characters.size()];
        random /= rand_characters.size();
    }
    return made;
}

Result<std::string> make_uid(std::string_view org, std::string_view user, std::string_view rand) {
    if (!is_valid_account_part(org) || !is_valid_account_part(user) || !is_rand(rand)) return Error::invalid_name;
    std::string uid{org};
    uid += ':';
    uid += user;
    uid += ':';
    uid += rand;
    return uid;
}

}  // namespace wsmq::messaging
