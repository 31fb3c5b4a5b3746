// Received messages that wait for async_receive(), and calls of it that wait for a message.
#pragma once
#include <deque>
#include <optional>

#include "wsmq/native/completion.hpp"
#include "wsmq/native/message.hpp"

namespace wsmq::native {

class Inbox {
public:
    struct Receiver {
        std::uint64_t number = 0;
        AnyCompletion<Message> done;
    };

    Inbox(std::size_t maximum_messages, std::size_t maximum_bytes) noexcept
        : maximum_messages_{maximum_messages}, maximum_bytes_{maximum_bytes} {}

    [[nodiscard]] bool is_full() const noexcept {
        return messages_.size() >= maximum_messages_ || (bytes_ >= maximum_bytes_ && !messages_.empty());
    }
    /// At most half full, so that reading does not stop and start for each message.
    [[nodiscard]] bool has_room() const noexcept {
        return messages_.size() <= maximum_messages_ / 2 && bytes_ <= maximum_bytes_ / 2;
    }
    [[nodiscard]] std::size_t size() const noexcept { return messages_.size(); }

    void add(const wsmq::Message& message) { bytes_ += size_of(messages_.emplace_back(message)); }
    [[nodiscard]] std::optional<Message> take() {
        if (messages_.empty()) return std::nullopt;
        std::optional<Message> first{std::move(messages_.front())};
        messages_.pop_front();
        bytes_ -= size_of(*first);
        return first;
    }

    void wait(Receiver receiver) { receivers_.push_back(std::move(receiver)); }
    /// The oldest, or null.
    [[nodiscard]] AnyCompletion<Message> take_receiver() {
        if (receivers_.empty()) return nullptr;
        auto done = std::move(receivers_.front().done);
        receivers_.pop_front();
        return done;
    }
    [[nodiscard]] AnyCompletion<Message> take_receiver(std::uint64_t number) {
        for (auto each = receivers_.begin(); each != receivers_.end(); ++each) {
            if (each->number != number) continue;
            auto done = std::move(each->done);
            receivers_.erase(each);
            return done;
        }
        return nullptr;
    }

private:
    static std::size_t size_of(const Message& message) noexcept {
        return sizeof message + message.topic.size() + message.payload.size() + message.encoded_properties.size();
    }

    std::size_t maximum_messages_;
    std::size_t maximum_bytes_;
    std::size_t bytes_ = 0;
    std::deque<Message> messages_;
    std::deque<Receiver> receivers_;
};

}  // namespace wsmq::native
