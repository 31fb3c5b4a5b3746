#include "presence/roster.hpp"

#include <algorithm>

#include "json_rpc/scan.hpp"
#include "wsmq/messaging/json_rpc.hpp"

namespace wsmq::messaging {

namespace {

/// A broker sends the first retained messages within this time after its SUBACK, and each within this time after the
/// one before.
constexpr Duration retained_time{1'000};
/// All webapps have replied to a presence request within this time, too.
constexpr Duration settling_time{3'000};
/// After a reconnection without the session, the other webapps reconnect as well. All have done so when none has for
/// this long, or at the latest after longest_settling since the subscription was seen to work.
constexpr Duration quiet_time{5'000};
constexpr Duration longest_settling{10'000};
/// Where presence is requested: webapps that have not replied within this time are asked once more.
constexpr Duration reply_time{20'000};
/// They pace their replies (paced_reply.cpp); the last one arrives within this time.
constexpr Duration longest_reply_time{70'000};
/// The same where the subscription is never seen to work.
constexpr Duration longest_silence{30'000};
/// A broker that takes longer to answer is not waited for.
constexpr Duration longest_patience{30'000};
constexpr std::size_t most_presences = 100'000;
/// About this many webapps send "$/here" to a newcomer.
constexpr std::uint64_t greeters = 3;
constexpr std::size_t most_greeters_heard = 8;
constexpr std::string_view roll_of_the_missing = R"({"missing":true})";
constexpr std::chrono::seconds shortest_expiry{600};
/// Renewed after half of it.
constexpr std::chrono::seconds expiry_for_each{2};
/// For a webapp that does not watch, and so cannot count.
constexpr std::chrono::seconds uncounted_expiry{7'200};

}  // namespace

Error Roster::watch(std::string_view org, std::string_view user, bool is_joined) {
    if ((!org.empty() && !is_valid_account_part(org)) || (!user.empty() && !is_valid_account_part(user))) {
        return Error::invalid_name;
    }
    const bool same = is_watching() && org_ == org && user_ == user;
    if (same) return Error::none;
    const bool is_narrower = is_subscribed() && (org_.empty() || org_ == org) && (user_.empty() || user_ == user);
    // The filter is the same for all: to subscribe it again brings the records of those who were not watched.
    const auto error = !is_narrower && is_joined ? subscribe() : Error::none;
    if (error != Error::none) return error;
    if (!is_narrower && !is_joined) restart(View::wanted);
    org_ = org;
    user_ = user;
    forget_unwanted();
    return Error::none;
}

Error Roster::unwatch() {
    const auto error =
        is_subscribed() ? context_.broker.unsubscribe(context_.topics.status("+"), context_.now) : Error::none;
    if (error != Error::none) return error;
    restart(View::none);
    forget_unwanted();
    return Error::none;
}

void Roster::restart(View view) {
    view_ = view;
    retained_.is_awaited = false;
    others_.clear();
    context_.timers.stop(Timer::presence_request);
    context_.timers.stop(Timer::presence_settled);
}

void Roster::forget_unwanted() {
    for (auto each = presences_.begin(); each != presences_.end();) {
        const auto current = each++;
        if (is_watching() && is_wanted(*parse_uid(current->first))) continue;
        if (is_watching()) others_.note(current->first, true);
        vanish(current);
    }
}

bool Roster::is_absent(std::string_view uid) const {
    const bool knows_all = view_ == View::settled && org_.empty() && user_.empty();
    return knows_all && uid != uid_ && !presences_.contains(uid);
}

std::chrono::seconds Roster::record_expiry() const {
    if (!is_watching()) return uncounted_expiry;
    return std::max(shortest_expiry, expiry_for_each * static_cast<std::int64_t>(presences_.size() + others_.size()));
}

Error Roster::subscribe() {
    const std::string filter = context_.topics.status("+");
    const auto error = context_.broker.subscribe({&filter, 1}, {Purpose::roster}, context_.now);
    if (error != Error::none) return error;
    restart(View::settling);
    retained_.is_awaited = true;
    asked_at_ = context_.now;
    return Error::none;
}

void Roster::handle_joined() {
    // Where it is refused, as 65,535 subscriptions are not answered yet, the next connection repeats it.
    if (view_ == View::wanted) (void)subscribe();
}

void Roster::handle_connected(bool session_present) {
    // Now it arrives through the subscription to our own record, and proves nothing.
    retained_.is_awaited = false;
    asked_at_.reset();
    if (!is_subscribed() || session_present) return;
    // The engine renews the subscription. Our record, which comes behind it, is the answer.
    view_ = View::settling;
    asked_at_ = context_.now;
    others_.clear();
    for (auto& [uid, presence] : presences_) presence.confirmed = false;
    context_.timers.set(Timer::presence_settled, context_.now + longest_silence);
    settles_by_.reset();
    schedule_presence_request();
}

void Roster::handle_stopped() {
    // The next connection may be to another broker.
    if (is_watching()) view_ = View::wanted;
    retained_ = {};
    others_.clear();
    greeters_heard_.clear();
    context_.timers.stop(Timer::presence_request);
    context_.timers.stop(Timer::presence_settled);
    for (auto& [uid, presence] : presences_) presence.confirmed = false;
}

void Roster::handle_subscribed() {
    if (!is_watching()) return;
    note_answer_time();
    settles_by_ = context_.now + patience(settling_time);
    context_.timers.set(Timer::presence_settled, *settles_by_);
    schedule_presence_request();
}

void Roster::handle_own_record(bool retained) {
    retained_.is_delivered |= retained && retained_.is_awaited;
    if (!retained && !retained_.is_awaited) note_answer_time();
    extend_settling();  // it was published behind the subscription
}

void Roster::note_answer_time() {
    if (!asked_at_) return;
    answer_time_ = std::chrono::duration_cast<Duration>(context_.now - *asked_at_);
    asked_at_.reset();
}

Duration Roster::patience(Duration usual) const noexcept {
    return std::clamp(2 * answer_time_, usual, std::max(usual, longest_patience));
}

/// One proves as much as our own does, and may arrive long before it.
void Roster::handle_retained() {
    retained_.is_delivered |= retained_.is_awaited;
    const auto extend = [this](Timer timer, TimePoint due) {
        if (context_.timers.is_set(timer)) context_.timers.set_later(timer, due);
    };
    extend(Timer::presence_request, context_.now + patience(retained_time));
    if (view_ != View::settling || !retained_.is_awaited || !settles_by_) return;
    settles_by_ = std::max(*settles_by_, context_.now + patience(settling_time));
    extend(Timer::presence_settled, *settles_by_);
}

void Roster::extend_settling() {
    if (!context_.timers.is_set(Timer::presence_settled) || view_ == View::asked_again) return;
    const bool requests_presence = needs_presence_request();
    if (!settles_by_) settles_by_ = context_.now + (requests_presence ? reply_time : patience(longest_settling));
    const auto settles_at = context_.now + (requests_presence ? reply_time : patience(quiet_time));
    context_.timers.set(Timer::presence_settled, std::min(*settles_by_, settles_at));
}

void Roster::schedule_presence_request() {
    if (roll_call_ == RollCall::always) request_presence();
    if (roll_call_ == RollCall::automatic)
        context_.timers.set(Timer::presence_request, context_.now + patience(retained_time));
}

void Roster::request_presence() {
    const auto body = retained_.is_incomplete ? roll_of_the_missing : std::string_view{};
    (void)context_.broker.publish(context_.topics.room(roll_room, uid_), body, {}, {}, context_.now);
}

void Roster::greet(std::string_view newcomer) {
    // Where no retained messages are delivered, a newcomer detects that by itself.
    const bool is_witness =
        appears_ && view_ == View::settled && retained_.is_delivered && roll_call_ == RollCall::automatic;
    if (!is_witness || context_.random.up_to(presences_.size()) >= greeters) return;
    const auto greeting = json_rpc::encode_notification(json_rpc::method::here, {});
    (void)context_.broker.publish(context_.topics.peer(newcomer, uid_), greeting, {}, {}, context_.now);
}

bool Roster::is_missing(std::string_view uid) const {
    const auto parts = parse_uid(uid);
    return parts && is_wanted(*parts) && !presences_.contains(uid);
}

void Roster::handle_here(std::string_view uid) {
    if (roll_call_ != RollCall::automatic) return;
    if (view_ != View::settled) {
        // The retained messages are still to come.
        if (greeters_heard_.size() < most_greeters_heard) greeters_heard_.emplace_back(uid);
    } else if (is_missing(uid) && !std::exchange(retained_.is_incomplete, true)) {
        request_presence();
    }
}

void Roster::handle_presence_request(const IncomingMessage& message) {
    retained_.is_incomplete |= message.payload == roll_of_the_missing;
}

bool Roster::is_wanted(const UidParts& parts) const {
    return (org_.empty() || parts.org == org_) && (user_.empty() || parts.user == user_);
}

void Roster::handle_record(std::string_view uid, const IncomingMessage& message) {
    const auto parts = parse_uid(uid);
    if (!parts || !message.may_be_record()) return;
    if (message.retain) handle_retained();
    const auto scanned = json_rpc::scan(message.payload);
    if (!scanned.ok && !message.payload.empty()) return;
    const bool online = json_rpc::is_true(scanned.find("online"));
    if (!is_wanted(*parts)) return others_.note(uid, online);
    if (!online) {
        const auto found = presences_.find(uid);
        if (found != presences_.end()) vanish(found);
        return;
    }
    Presence presence;
    const auto* state = scanned.find("state");
    presence.state = state ? state->raw : std::string_view{"null"};
    const auto* tabs = scanned.find("tabs");
    if (tabs && tabs->type == json_rpc::Type::array) presence.tabs = tabs->raw;
    presence.since = json_rpc::integer_of(scanned.find("since")).value_or(0);
    presence.expires = message.expires(context_.now);
    const bool is_new = !message.retain && !presences_.contains(uid);
    appear(uid, std::move(presence));
    if (is_new) greet(uid);
}

void Roster::appear(std::string_view uid, Presence presence) {
    context_.timers.set_earlier(Timer::presence_expiry, presence.expires);
    const auto found = presences_.find(uid);
    if (found == presences_.end()) {
        if (presences_.size() >= most_presences) return;
        const auto made = presences_.emplace(uid, std::move(presence)).first;
        return report(PresenceChanged::Change::appeared, made->first, made->second);
    }
    if (!found->second.confirmed) extend_settling();
    const auto& former = found->second;
    const bool same = former.state == presence.state && former.tabs == presence.tabs && former.since == presence.since;
    found->second = std::move(presence);
    if (!same) report(PresenceChanged::Change::changed, found->first, found->second);
}

void Roster::vanish(Presences::iterator position) {
    report(PresenceChanged::Change::gone, position->first, position->second);
    presences_.erase(position);
}

void Roster::report(PresenceChanged::Change change, const std::string& uid, const Presence& presence) {
    context_.events.push(PresenceChanged{change, uid, presence.state, presence.tabs, presence.since},
                         {&PresenceChanged::uid, &PresenceChanged::state, &PresenceChanged::tabs});
}

void Roster::handle_timeout() {
    if (context_.timers.expired(Timer::presence_request, context_.now)) {
        retained_.is_incomplete |= std::ranges::any_of(std::exchange(greeters_heard_, {}),
                                                       [this](const auto& uid) { return is_missing(uid); });
        if (!broker_delivers_retained()) request_presence();
    }
    const bool settles = context_.timers.expired(Timer::presence_settled, context_.now) && !request_presence_again();
    if (settles) view_ = View::settled;
    const bool expires = context_.timers.expired(Timer::presence_expiry, context_.now);
    if (settles || expires) sweep();
}

bool Roster::request_presence_again() {
    const auto is_silent = [](const auto& each) { return !each.second.confirmed; };
    if (view_ == View::asked_again || !needs_presence_request() || std::ranges::none_of(presences_, is_silent))
        return false;
    view_ = View::asked_again;
    request_presence();
    context_.timers.set(Timer::presence_settled, context_.now + longest_reply_time);
    return true;
}

/// Webapps whose record has expired, or that were not confirmed, are gone.
void Roster::sweep() {
    context_.timers.stop(Timer::presence_expiry);
    for (auto each = presences_.begin(); each != presences_.end();) {
        const auto current = each++;
        const auto& presence = current->second;
        if (presence.expires <= context_.now || (view_ == View::settled && !presence.confirmed)) {
            vanish(current);
        } else {
            context_.timers.set_earlier(Timer::presence_expiry, presence.expires);
        }
    }
}

}  // namespace wsmq::messaging
