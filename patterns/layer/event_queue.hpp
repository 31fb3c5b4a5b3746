// Events that wait to be pulled, each with the text that it points into. What was handed out last stays as it is until
// release() or the next one is taken; what is pushed meanwhile moves nothing.
#pragma once
#include <deque>
#include <initializer_list>
#include <string>
#include <utility>

#include "wsmq/patterns/event.hpp"

namespace wsmq::patterns {

class EventQueue {
public:
    template <class E> void push(E event) { push(event, {}); }
    /// The views that `members` name are copied, and point into the copy from then on.
    template <class E> void push(E event, std::initializer_list<std::string_view E::*> members) {
        std::string text;
        std::size_t size = 0;
        for (const auto member : members) size += (event.*member).size();
        text.reserve(size);
        for (const auto member : members) text += event.*member;
        Entry& entry = entries_.emplace_back();
        entry.text = std::move(text);
        std::string_view rest{entry.text};
        for (const auto member : members) {
            auto& view = event.*member;
            const auto length = view.size();
            view = rest.substr(0, length);
            rest.remove_prefix(length);
        }
        entry.event = event;
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
    struct Entry {
        std::string text;
        Event event;
    };
    std::deque<Entry> entries_;
    bool lent_ = false;
};

}  // namespace wsmq::patterns
