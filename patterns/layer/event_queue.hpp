// Events that wait to be pulled, each with the text that it points into. What was handed out last stays as it is until
// release() or the next one is taken; what is pushed meanwhile moves nothing. Lists, here and elsewhere in the layer,
// for the size of the module: a deque is four times the code.
#pragma once
#include <initializer_list>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "wsmq/patterns/event.hpp"

namespace wsmq::patterns {

class EventQueue {
public:
    /// The views that `members` name, at most as many as an event has, are copied and point into the copy from then on.
    template <class E> void push(const E& event, std::initializer_list<std::string_view E::*> members = {}) {
        Entry& entry = entries_.emplace_back();
        E& stored = entry.event.template emplace<E>(event);
        std::string_view* views[most_views] = {};
        std::size_t count = 0;
        for (const auto member : members) views[count++] = &(stored.*member);
        own(entry.text, {views, count});
    }

    [[nodiscard]] Event next() {
        release();
        if (entries_.empty()) return NeedInput{};
        lent_ = true;
        return entries_.front().event;
    }
    /// What was handed out last is not needed any more.
    void release() {
        if (std::exchange(lent_, false)) entries_.pop_front();
    }
    [[nodiscard]] bool empty() const noexcept { return entries_.size() == (lent_ ? 1u : 0u); }

private:
    static constexpr std::size_t most_views = 5;
    static void own(std::string& text, std::span<std::string_view* const> views);
    struct Entry {
        std::string text;
        Event event;
    };
    std::list<Entry> entries_;
    bool lent_ = false;
};

}  // namespace wsmq::patterns
