#include "client/subscriptions.hpp"

#include <algorithm>

#include "codec/reader.hpp"

namespace wsmq::client {

namespace {

// Fixed header, packet identifier, length of the properties: at their longest.
constexpr std::size_t packet_overhead = 11;
// Length prefix and options byte.
constexpr std::size_t filter_overhead = 3;
// Then it doubles.
constexpr Duration shortest_retry{1'000};

}  // namespace

void Subscriptions::insert(const Subscription& subscription, Bytes properties) {
    const auto [position, inserted] = granted_.try_emplace(std::string{subscription.topic_filter});
    auto& granted = position->second;
    if (inserted) granted.number = ++last_number_;
    granted.subscription = subscription;
    granted.subscription.topic_filter = position->first;
    granted.properties.assign(properties.begin(), properties.end());
    granted.refused_since = granted.due = TimePoint::max();
}

void Subscriptions::erase(std::string_view topic_filter) {
    const auto found = granted_.find(topic_filter);
    if (found != granted_.end()) granted_.erase(found);
}

void Subscriptions::clear() {
    granted_.clear();
    first_due_ = TimePoint::max();
}

bool Subscriptions::postpone(std::string_view topic_filter, TimePoint now, Duration patience) {
    const auto found = granted_.find(topic_filter);
    if (found == granted_.end()) return true;  // nobody wants it any more
    auto& granted = found->second;
    granted.refused_since = std::min(granted.refused_since, now);
    const auto refused_for = now - granted.refused_since;
    if (refused_for >= patience) {
        granted_.erase(found);
        return false;
    }
    granted.due = now + std::max<TimePoint::duration>(shortest_retry, refused_for);
    first_due_ = std::min(first_due_, granted.due);
    return true;
}

std::vector<Subscriptions::Batch> Subscriptions::batches(std::size_t filters_per_packet,
                                                         std::size_t maximum_packet_size,
                                                         std::optional<TimePoint> due_at) {
    struct Open {
        std::size_t batch;
        std::size_t size;
    };
    std::vector<Batch> batches;
    std::map<std::string_view, Open> open;  // by their properties
    first_due_ = TimePoint::max();
    for (auto& [filter, granted] : granted_) {
        if (due_at && granted.due > *due_at) {
            first_due_ = std::min(first_due_, granted.due);
            continue;
        }
        granted.due = TimePoint::max();
        if (!due_at) granted.refused_since = TimePoint::max();
        const auto size = filter.size() + filter_overhead;
        auto [position, is_new] = open.try_emplace(codec::as_text(granted.properties), Open{0, 0});
        auto& last = position->second;
        const bool is_full = !is_new && (batches[last.batch].subscriptions.size() >= filters_per_packet ||
                                         last.size + size > maximum_packet_size);
        if (is_new || is_full) {
            last = {batches.size(), packet_overhead + granted.properties.size()};
            batches.push_back({{}, granted.properties, granted.number});
        }
        last.size += size;
        batches[last.batch].subscriptions.push_back(granted.subscription);
    }
    return batches;
}

}  // namespace wsmq::client
