// Events that wait to be pulled, each with the text that its views point into. The event that was returned last stays
// valid until release() or the next next(), whatever is pushed meanwhile. Lists are used here and elsewhere in the
// layer because a deque is four times the code.
#pragma once
#include <initializer_list>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "wsmq/messaging/event.hpp"

namespace wsmq::messaging {

class EventQueue {
public:
    /// Copies the texts that the `members` view, once; they view the copy from then on.
    template <class E> void push(const E& event, std::initializer_list<std::string_view E::*> members = {}) {
        std::string_view texts[most_views] = {};
        std::size_t count = 0;
        for (const auto member : members) texts[count++] = event.*member;
        push_joined(join({texts, count}), event, members);
    }
    /// The same where `text` already holds what the views show, one text behind another in the order of `members`: of
    /// the event's views only the sizes are read.
    template <class E>
    void push_joined(std::string text, const E& event, std::initializer_list<std::string_view E::*> members) {
        Entry& entry = entries_.emplace_back();
        entry.text = std::move(text);
        E& stored = entry.event.template emplace<E>(event);
        // Only now does the text stay where it is.
        std::string_view rest{entry.text};
        for (const auto member : members) {
            const auto size = (stored.*member).size();
            stored.*member = rest.substr(0, size);
            rest.remove_prefix(size);
        }
    }
    [[nodiscard]] static std::string join(std::span<const std::string_view> texts);

    [[nodiscard]] Event next() {
        release();
        if (entries_.empty()) return NeedInput{};
        lent_ = true;
        return entries_.front().event;
    }
    /// The event that was returned last is not used any more.
    void release() {
        if (std::exchange(lent_, false)) entries_.pop_front();
    }
    [[nodiscard]] bool empty() const noexcept { return entries_.size() == (lent_ ? 1u : 0u); }

private:
    static constexpr std::size_t most_views = 5;
    struct Entry {
        std::string text;
        Event event;
    };
    std::list<Entry> entries_;
    bool lent_ = false;
};

}  // namespace wsmq::messaging
