// Which webapps are online: the presence records of others.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layer/context.hpp"
#include "presence/census.hpp"
#include "wsmq/messaging/presence.hpp"

namespace wsmq::messaging {

class Roster {
public:
    /// `appears`: off, we have no record.
    Roster(Context& context, std::string_view uid, RollCall roll_call, bool appears)
        : context_{context}, uid_{uid}, roll_call_{roll_call}, appears_{appears} {}

    Error watch(std::string_view org, std::string_view user, bool is_joined);
    Error unwatch();
    [[nodiscard]] bool is_watching() const noexcept { return view_ != View::none; }
    [[nodiscard]] const Presences& presences() const noexcept { return presences_; }
    /// All webapps that are online are known, and this one is not among them.
    [[nodiscard]] bool is_absent(std::string_view uid) const;
    /// The broker was seen to deliver retained messages to a filter with a wildcard, and none were missing: it delivers
    /// our record to newcomers.
    [[nodiscard]] bool broker_delivers_retained() const noexcept {
        return retained_.is_delivered && !retained_.is_incomplete;
    }
    /// The expiry of our record with which all webapps together renew about one per second.
    [[nodiscard]] std::chrono::seconds record_expiry() const;

    /// Our own record is published: subscribes, which brings it back where the broker delivers retained messages.
    void handle_joined();
    /// Reconnected. Where the session was lost, webapps that were online must be confirmed.
    void handle_connected(bool session_present);
    /// The subscriptions ended.
    void handle_stopped();
    /// The uid changed.
    void rename(std::string_view uid) { uid_ = uid; }
    void handle_subscribed();
    void handle_own_record(bool retained);
    void handle_record(std::string_view uid, const IncomingMessage&);
    /// "$/here": this webapp was online before us. If the broker has not delivered its record, it does not deliver
    /// those of its node.
    void handle_here(std::string_view uid);
    /// Another webapp asked for records, perhaps because the broker did not deliver all.
    void handle_presence_request(const IncomingMessage&);

    void handle_timeout();

private:
    /// What we see of the others.
    enum class View : std::uint8_t {
        none,         ///< nobody watches. Next: wanted
        wanted,       ///< to be subscribed as soon as we have joined. Next: settling, none
        settling,     ///< their records are arriving. Next: settled, asked_again, wanted, none
        asked_again,  ///< those of whom nothing was heard were asked once more. Next: settled, settling, wanted, none
        settled,      ///< who is not known is not there. Next: settling (the session was lost), wanted, none
    };
    /// What the broker was seen to do with retained messages for a filter with a wildcard.
    struct RetainedDelivery {
        bool is_awaited = false;     ///< our own record can come from nowhere else
        bool is_delivered = false;   ///< it came
        bool is_incomplete = false;  ///< it did not deliver all
    };

    [[nodiscard]] bool is_subscribed() const noexcept { return view_ > View::wanted; }
    [[nodiscard]] bool is_wanted(const UidParts&) const;
    /// The former view is over, with what was awaited for it.
    void restart(View);
    /// Whoever is not watched any more is reported as gone.
    void forget_unwanted();
    Error subscribe();
    void schedule_presence_request();
    /// The broker answered what was asked at asked_at_.
    void note_answer_time();
    /// How long to wait for what usually takes `usual`: longer where the broker is slow to answer, for example because
    /// a thousand webapps come back at once.
    [[nodiscard]] Duration patience(Duration usual) const noexcept;
    /// The broker delivers what it retains, and may not be done yet.
    void handle_retained();
    /// A webapp was confirmed, or the subscription was seen to work: others may follow.
    void extend_settling();
    void appear(std::string_view uid, Presence);
    void vanish(Presences::iterator);
    void report(PresenceChanged::Change, const std::string& uid, const Presence&);
    /// Before unconfirmed webapps count as gone. False: there are none, or they were asked already.
    bool request_presence_again();
    void sweep();
    void request_presence();
    /// "$/here" to a newcomer, whose node of the broker may not have our record.
    void greet(std::string_view newcomer);
    [[nodiscard]] bool is_missing(std::string_view uid) const;
    /// The broker is not known to deliver all records.
    [[nodiscard]] bool needs_presence_request() const noexcept {
        const bool is_needed = roll_call_ == RollCall::always || !broker_delivers_retained();
        return is_needed && roll_call_ != RollCall::never;
    }

    Context& context_;
    std::string uid_;
    RollCall roll_call_;
    bool appears_;
    std::string org_;
    std::string user_;
    View view_ = View::none;
    RetainedDelivery retained_;
    std::vector<std::string> greeters_heard_;  ///< online before us, by their "$/here"
    Presences presences_;
    Census others_;                        ///< online, and not watched
    std::optional<TimePoint> settles_by_;  ///< at the latest
    std::optional<TimePoint> asked_at_;    ///< the subscription, or its renewal; until the answer
    Duration answer_time_{0};
};

}  // namespace wsmq::messaging
