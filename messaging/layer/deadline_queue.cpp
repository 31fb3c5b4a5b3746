#include "layer/deadline_queue.hpp"

#include <algorithm>

namespace wsmq::messaging {

std::optional<TimePoint> earliest(std::initializer_list<std::optional<TimePoint>> deadlines) {
    std::optional<TimePoint> first;
    for (const auto& due : deadlines) {
        if (due && (!first || *due < *first)) first = due;
    }
    return first;
}

void DeadlineQueue::set(std::uint64_t key, TimePoint due) {
    due_[key] = due;
    heap_.push_back({due, key});
    std::push_heap(heap_.begin(), heap_.end(), is_later);
    drop_stale();
}

void DeadlineQueue::erase(std::uint64_t key) {
    due_.erase(key);
    drop_stale();
}

std::optional<TimePoint> DeadlineQueue::next() const {
    return heap_.empty() ? std::nullopt : std::optional{heap_.front().due};
}

std::optional<std::uint64_t> DeadlineQueue::take(TimePoint now) {
    if (heap_.empty() || heap_.front().due > now) return std::nullopt;
    const auto key = heap_.front().key;
    erase(key);
    return key;
}

bool DeadlineQueue::is_stale(const Entry& entry) const {
    const auto found = due_.find(entry.key);
    return found == due_.end() || found->second != entry.due;
}

void DeadlineQueue::drop_stale() {
    constexpr std::size_t some = 64;
    if (heap_.size() > 2 * due_.size() + some) {
        std::erase_if(heap_, [this](const Entry& entry) { return is_stale(entry); });
        std::make_heap(heap_.begin(), heap_.end(), is_later);
    }
    while (!heap_.empty() && is_stale(heap_.front())) {
        std::pop_heap(heap_.begin(), heap_.end(), is_later);
        heap_.pop_back();
    }
}

}  // namespace wsmq::messaging
