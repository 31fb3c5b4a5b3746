// Watches the retained records that match one topic filter, as a plain client without presence of its own.
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

    /// The value of a payload: nothing where the record is gone, null where the payload is ignored.
    std::function<std::optional<Json>(std::string_view topic, std::string_view payload)> parse;
    /// With the value of the record, or the last value of one that is gone.
    std::function<void(Change, const std::string& topic, const Json&)> on_change;

    /// Ends when the broker has granted the subscription. Throws CommandError.
    net::awaitable<void> subscribe();
    /// Ends when no retained record has arrived for so long: the broker sends them after SUBACK.
    net::awaitable<void> settle(std::chrono::duration<double> quiet);
    /// Reports nothing more, and ends settle().
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
