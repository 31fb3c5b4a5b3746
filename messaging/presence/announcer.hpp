// Our own presence record: published on every connection, renewed, and republished where another one replaced it.
#pragma once
#include <optional>
#include <string>

#include "layer/context.hpp"
#include "layer/owed_record.hpp"
#include "layer/paced_reply.hpp"
#include "presence/roster.hpp"

namespace wsmq::messaging {

class Announcer {
public:
    struct Settings {
        std::string uid;
        std::string state;  ///< JSON text
        std::string tabs;   ///< JSON text; empty: none
        std::int64_t since = 0;
        std::optional<std::chrono::seconds> expiry;  ///< 0: never; nothing: as many webapps as there are allow
        bool appears = true;                         ///< off: there is no record
        bool always_replies = false;                 ///< a roll call, whatever the broker does
        std::size_t reserve = 0;                     ///< bytes that a later uid may be longer by
    };
    Announcer(Context& context, const Roster& roster, Settings settings)
        : context_{context},
          roster_{roster},
          settings_{std::move(settings)},
          presence_reply_{context.timers, Timer::presence_reply},
          owed_{context} {}

    /// The payload of the last will and of leave().
    [[nodiscard]] static std::string offline_record(std::string_view uid, std::int64_t since);
    /// Its expiry, where the options have none.
    static constexpr std::chrono::seconds offline_expiry{600};
    /// Whether the record is within maximum_record_size.
    [[nodiscard]] static bool fits(const Settings&);

    /// Both as in Settings. With an error the former ones stay.
    Error set_state(std::string_view state, std::string_view tabs);
    [[nodiscard]] const std::string& tabs() const noexcept { return settings_.tabs; }
    /// Publishes that we are online; later, where the queue is full.
    Error announce(Purpose);
    /// Publishes that we are offline.
    Error publish_offline();
    /// Another webapp asked for records: announces after a delay, unless the broker delivers ours to newcomers.
    void handle_presence_request();
    /// Our own record arrived, or one of an earlier connection of ours.
    void handle_own_record(const IncomingMessage&);
    /// Stops the timers.
    void handle_disconnected();
    /// The uid changed.
    void rename(std::string_view uid) { settings_.uid = uid; }

    void handle_timeout();

private:
    Error publish_online(Purpose);

    Context& context_;
    const Roster& roster_;
    Settings settings_;
    PacedReply presence_reply_;
    OwedRecord owed_;
};

}  // namespace wsmq::messaging
