// Our own presence record: published on every connection, renewed, and defended.
#pragma once
#include <optional>
#include <string>

#include "layer/context.hpp"
#include "layer/paced_reply.hpp"
#include "presence/roster.hpp"

namespace wsmq::patterns {

class Announcer {
public:
    struct Settings {
        std::string uid;
        std::string state;  ///< JSON text
        std::int64_t since = 0;
        std::optional<std::chrono::seconds> expiry;  ///< 0: never; nothing: as many webapps as there are allow
        bool appears = true;                         ///< off: there is no record
        bool always_replies = false;                 ///< a roll call, whatever the broker does
        std::size_t reserve = 0;                     ///< bytes that a later uid may be longer by
    };
    Announcer(Context& context, const Roster& roster, Settings settings)
        : context_{context}, roster_{roster}, settings_{std::move(settings)} {}

    /// The payload of the last will, and of leaving.
    [[nodiscard]] static std::string offline_record(std::string_view uid, std::int64_t since);
    /// When that expires, where the options do not say it.
    static constexpr std::chrono::seconds offline_expiry{600};
    /// Whether the record is of a size that others take.
    [[nodiscard]] static bool fits(const Settings&);

    /// Error::payload_too_large: what was there holds.
    Error set_state(std::string_view state);
    /// Publishes that we are online.
    Error announce(Purpose);
    /// Publishes that we are not.
    Error publish_offline();
    /// Somebody called the roll: announces in a while, unless the broker tells newcomers of us.
    void handle_presence_request();
    /// Our own record came back, or that of an older connection of ours.
    void handle_own_record(const IncomingMessage&);
    /// Nothing is due without a connection.
    void handle_disconnected();
    /// We are another from now on.
    void rename(std::string_view uid) { settings_.uid = uid; }

    void handle_timeout();
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

private:
    Context& context_;
    const Roster& roster_;
    Settings settings_;
    std::optional<TimePoint> renewal_;
    PacedReply presence_reply_;
};

}  // namespace wsmq::patterns
