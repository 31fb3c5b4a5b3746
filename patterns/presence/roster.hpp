// Who is there: the presence records of other webapps.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layer/context.hpp"
#include "presence/census.hpp"
#include "wsmq/patterns/webapp.hpp"

namespace wsmq::patterns {

class Roster {
public:
    using Presences = std::map<std::string, Presence, std::less<>>;

    /// `appears`: off, we have no record.
    Roster(Context& context, std::string_view uid, Webapp::RollCall roll_call, bool appears)
        : context_{context}, uid_{uid}, roll_call_{roll_call}, appears_{appears} {}

    Error watch(std::string_view org, std::string_view user, bool is_joined);
    Error unwatch();
    [[nodiscard]] bool is_watching() const noexcept { return watching_; }
    [[nodiscard]] const Presences& presences() const noexcept { return presences_; }
    /// Everybody who is there is known, and this webapp is not among them.
    [[nodiscard]] bool is_absent(std::string_view uid) const;
    /// Retained messages are seen to come to filters with wildcards, and nobody was missing: whoever is new is told of
    /// us by the broker.
    [[nodiscard]] bool broker_delivers_retained() const noexcept { return delivers_retained_ && !misses_records_; }
    /// How long a record of ours is to hold, so that all renewals together are about one a second.
    [[nodiscard]] std::chrono::seconds record_expiry() const;

    /// Our own record is published: a subscription brings it back where the broker keeps its word.
    void handle_joined();
    /// A connection on which the broker may have lost our session. Who was there must show up again.
    void handle_connected(bool session_present);
    /// The subscriptions ended.
    void handle_stopped();
    /// We are another from now on.
    void rename(std::string_view uid) { uid_ = uid; }
    void handle_subscribed();
    void handle_own_record(bool retained);
    void handle_record(std::string_view uid, const IncomingMessage&);
    /// This webapp was there before us. If the broker has not told of it, it tells of nobody at its node.
    void handle_here(std::string_view uid);
    /// Somebody called the roll, perhaps because the broker did not tell of all.
    void handle_presence_request(const IncomingMessage&);

    void handle_timeout();
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

private:
    [[nodiscard]] bool is_wanted(const UidParts&) const;
    void subscribe();
    void schedule_presence_request();
    /// Somebody came back, or the subscription was seen to work: others may be on their way.
    void extend_settling();
    void appear(std::string_view uid, Presence);
    void vanish(Presences::iterator);
    void report(PresenceChanged::Change, const std::string& uid, const Presence&);
    /// Before those of whom nothing was heard are taken for gone. False: there is nobody to ask, or they were asked.
    bool request_presence_again();
    void sweep();
    void request_presence();
    /// Whoever is new may be at a node of the broker that does not know us.
    void greet(std::string_view newcomer);
    [[nodiscard]] bool is_missing(std::string_view uid) const;
    /// The broker does not tell us of everybody, as far as we know.
    [[nodiscard]] bool needs_presence_request() const noexcept {
        const bool is_needed = roll_call_ == Webapp::RollCall::always || !broker_delivers_retained();
        return is_needed && roll_call_ != Webapp::RollCall::never;
    }

    Context& context_;
    std::string uid_;
    Webapp::RollCall roll_call_;
    bool appears_;
    std::string org_;
    std::string user_;
    bool watching_ = false;
    bool subscribed_ = false;
    bool settled_ = false;
    bool requested_again_ = false;    ///< since the last connection
    bool awaits_own_record_ = false;  ///< from nowhere else than the filter with the wildcard
    bool delivers_retained_ = false;
    bool misses_records_ = false;              ///< of those who are there, the broker did not tell of some
    std::vector<std::string> greeters_heard_;  ///< to have been there before us
    Presences presences_;
    Census others_;                              ///< who is there and not wanted
    TimePoint first_expiry_ = TimePoint::max();  ///< or earlier
    std::optional<TimePoint> roll_due_;
    std::optional<TimePoint> settles_;
    std::optional<TimePoint> settles_by_;  ///< at the latest
};

}  // namespace wsmq::patterns
