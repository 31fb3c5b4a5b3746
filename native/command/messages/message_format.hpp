// How `wsmq sub` prints a message.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "wsmq/event.hpp"

namespace wsmq::command {

/// The output for a message: the payload alone, the topic before it (-v), a format (-F, with the
/// letters of mosquitto_sub), or a line of JSON (--json).
class MessageFormat {
public:
    using Moment = std::chrono::system_clock::time_point;

    static MessageFormat payload() { return MessageFormat{"%p"}; }
    static MessageFormat verbose() { return MessageFormat{"%t %p"}; }
    static MessageFormat json(bool pretty);
    /// Throws UsageError where the format has an unknown letter.
    static MessageFormat custom(std::string_view format);

    /// Fields of the message are escaped; the text of the format is not.
    [[nodiscard]] MessageFormat for_terminal(bool is_one) const {
        auto format = *this;
        format.is_for_terminal_ = is_one;
        return format;
    }

    /// Appends without a newline.
    void append(std::string& out, const Message&, Moment received) const;

private:
    explicit MessageFormat(std::string format) : format_{std::move(format)} {}
    /// What is at `at`, behind the %; returns where its letter stands.
    std::size_t append_field(std::string& out, std::size_t at, const Message&, Moment received) const;

    std::string format_;
    bool pretty_json_ = false;
    bool is_for_terminal_ = false;
};

/// The letters of a format and their meanings, for the help.
[[nodiscard]] std::string_view format_letters() noexcept;

}  // namespace wsmq::command
