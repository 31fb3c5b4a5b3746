#include "session/topic_aliases.hpp"

#include <algorithm>
#include <utility>

namespace wsmq::session {

void IncomingTopicAliases::reset(std::uint16_t maximum) {
    // Messages of the last connection may still be in use.
    for (auto& topic : topics_) retired_.push_back(std::move(topic));
    topics_.clear();
    maximum_ = maximum;
}

bool IncomingTopicAliases::assign(std::uint16_t alias, std::string_view topic) {
    if (alias == 0 || alias > maximum_) return false;
    if (topics_.size() < alias) topics_.resize(alias);
    auto& assigned = topics_[alias - 1u];
    if (std::ranges::equal(assigned, topic)) return true;
    if (!assigned.empty()) retired_.push_back(std::exchange(assigned, {}));
    assigned.assign(topic.begin(), topic.end());
    return true;
}

std::optional<std::string_view> IncomingTopicAliases::find(std::uint16_t alias) const noexcept {
    if (alias == 0 || alias > topics_.size() || topics_[alias - 1u].empty()) return std::nullopt;
    const auto& topic = topics_[alias - 1u];
    return std::string_view{topic.data(), topic.size()};
}

void OutgoingTopicAliases::reset(std::uint16_t maximum) {
    topics_.clear();
    maximum_ = maximum;
}

OutgoingTopicAliases::Alias OutgoingTopicAliases::find_or_assign(std::string_view topic) {
    for (std::size_t index = 0; index < topics_.size(); ++index) {
        if (topics_[index] == topic) return {static_cast<std::uint16_t>(index + 1), false};
    }
    if (topics_.size() >= maximum_) return {};
    topics_.emplace_back(topic);
    return {static_cast<std::uint16_t>(topics_.size()), true};
}

}  // namespace wsmq::session
