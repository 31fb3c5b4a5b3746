// Our own presence record: published on every connection, renewed, and defended.
#pragma once
#include <optional>
#include <string>

#include "layer/context.hpp"

namespace wsmq::patterns {

class Announcer {
public:
    struct Settings {
        std::string uid;
        std::string state;  ///< JSON text
        std::int64_t since = 0;
        std::chrono::seconds expiry{};  ///< 0: never
        bool appears = true;            ///< off: there is no record
    };
    Announcer(Context& context, Settings settings) : context_{context}, settings_{std::move(settings)} {}

    /// The payload of the last will, and of leaving.
    [[nodiscard]] static std::string offline_record(std::string_view uid);

    Error set_state(std::string_view state);
    /// Publishes that we are online.
    Error announce(Purpose);
    /// Publishes that we are not.
    Error say_farewell();
    /// Somebody called the roll: announces after a random delay, so that not all speak at once.
    void answer_roll_call();
    /// Our own record came back, or that of an older connection of ours.
    void handle_own_record(const Incoming&);
    /// Nothing is due without a connection.
    void handle_disconnected();

    void handle_timeout();
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

private:
    [[nodiscard]] std::string online_record() const;

    Context& context_;
    Settings settings_;
    std::optional<TimePoint> renewal_;
    std::optional<TimePoint> roll_answer_;
};

}  // namespace wsmq::patterns
