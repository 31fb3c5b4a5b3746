// Events that wait to be pulled. Keeps its memory, so that the steady state allocates nothing.
#pragma once
#include <utility>
#include <vector>

#include "wsmq/event.hpp"

namespace wsmq::client {

class EventQueue {
public:
    [[nodiscard]] bool empty() const noexcept { return head_ == events_.size(); }
    template <class E> void push(E&& event) { events_.emplace_back(std::forward<E>(event)); }
    /// Precondition: not empty.
    [[nodiscard]] Event pop() noexcept {
        const Event event = events_[head_++];
        if (empty()) {
            events_.clear();
            head_ = 0;
        }
        return event;
    }

private:
    std::vector<Event> events_;
    std::size_t head_ = 0;
};

}  // namespace wsmq::client
