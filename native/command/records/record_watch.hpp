// Retained records below one topic filter: which are there, and what becomes of them. It only looks: it is a plain
// client, and shows up nowhere itself.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "session.hpp"
#include "text/json_text.hpp"

namespace wsmq::command {

class RecordWatch {
public:
    enum class Change : std::uint8_t { appeared, changed, gone };
    using Clock = std::chrono::steady_clock;
    struct Record {
        Json value;
        Clock::time_point expires = Clock::time_point::max();
        bool confirmed = true;  ///< seen on this connection
    };
    using Records = std::map<std::string, Record, std::less<>>;  ///< by topic

    RecordWatch(net::io_context&, Session&, std::string filter);

    /// What a payload means: nothing where there is no record any more, null where it is passed over.
    std::function<std::optional<Json>(std::string_view topic, std::string_view payload)> parse;
    /// With its value; of one that is gone the last one.
    std::function<void(Change, const std::string& topic, const Json&)> on_change;

    /// Ends when the broker has granted it. Throws CommandError.
    net::awaitable<void> subscribe();
    /// Ends when no retained record has come for so long: the broker sends those that it has behind its SUBACK.
    net::awaitable<void> settle(std::chrono::duration<double> quiet);
    /// Nothing is told any more, and settle() ends.
    void stop();
    [[nodiscard]] const Records& records() const noexcept { return records_; }

private:
    void take(const Message&);
    void appear(std::string_view topic, Record);
    void vanish(Records::iterator);
    void handle_reconnected();
    void sweep();
    void arm();
    [[nodiscard]] bool has_to_sweep() const;

    Session& session_;
    std::string filter_;
    Records records_;
    net::steady_timer quiet_;
    net::steady_timer sweep_;
    Clock::time_point last_retained_ = Clock::now();
    Clock::time_point confirmed_by_ = Clock::time_point::max();
    bool armed_ = false;
    bool stopped_ = false;
};

}  // namespace wsmq::command
