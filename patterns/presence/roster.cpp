#include "presence/roster.hpp"

#include <algorithm>

#include "json_rpc/scan.hpp"
#include "wsmq/patterns/json_rpc.hpp"

namespace wsmq::patterns {

namespace {

/// Within this time behind its SUBACK a broker has sent the retained messages.
constexpr Duration retained_time{1'000};
/// Within this time everybody has answered a roll call, too.
constexpr Duration settling_time{3'000};
/// After a connection that lost the session, the others come back as well, each in its time: everybody who will has
/// done so when nobody has for this long, or when it has taken the longest time since the subscription was seen to
/// work.
constexpr Duration quiet_time{5'000};
constexpr Duration longest_settling{10'000};
/// Where they are asked: those of whom nothing was heard for this long are asked once more.
constexpr Duration reply_time{20'000};
/// And answer in their turn (paced_reply.cpp), the last of them within this time.
constexpr Duration longest_reply_time{70'000};
/// And if it is never seen to work.
constexpr Duration longest_silence{30'000};
constexpr std::size_t most_presences = 100'000;
/// About so many of those who are there greet whoever is new.
constexpr std::uint64_t greeters = 3;
constexpr std::size_t most_greeters_heard = 8;
constexpr std::string_view roll_of_the_missing = R"({"missing":true})";
constexpr std::chrono::seconds shortest_expiry{600};
/// Half of it goes by until the renewal.
constexpr std::chrono::seconds expiry_for_each{2};
/// Of who watches nobody, and cannot count.
constexpr std::chrono::seconds uncounted_expiry{7'200};

}  // namespace

Error Roster::watch(std::string_view org, std::string_view user, bool is_joined) {
    if ((!org.empty() && !is_valid_account_part(org)) || (!user.empty() && !is_valid_account_part(user))) {
        return Error::invalid_name;
    }
    const bool same = watching_ && org_ == org && user_ == user;
    if (same) return Error::none;
    if (const auto error = watching_ ? unwatch() : Error::none; error != Error::none) return error;
    org_ = org;
    user_ = user;
    watching_ = true;
    if (is_joined) subscribe();
    return Error::none;
}

Error Roster::unwatch() {
    if (!watching_) return Error::none;
    watching_ = settled_ = awaits_own_record_ = false;
    presences_.clear();
    others_.clear();
    roll_due_.reset();
    settles_.reset();
    first_expiry_ = TimePoint::max();
    if (!std::exchange(subscribed_, false)) return Error::none;
    return context_.broker.unsubscribe(context_.topics.status("+"), context_.now);
}

bool Roster::is_absent(std::string_view uid) const {
    const bool knows_all = watching_ && settled_ && org_.empty() && user_.empty();
    return knows_all && uid != uid_ && !presences_.contains(uid);
}

std::chrono::seconds Roster::record_expiry() const {
    if (!watching_) return uncounted_expiry;
    return std::max(shortest_expiry, expiry_for_each * static_cast<std::int64_t>(presences_.size() + others_.size()));
}

void Roster::subscribe() {
    awaits_own_record_ = true;
    const std::string filter = context_.topics.status("+");
    subscribed_ = context_.broker.subscribe({&filter, 1}, {Purpose::roster}, context_.now) == Error::none;
}

void Roster::handle_joined() {
    if (watching_ && !subscribed_) subscribe();
}

void Roster::handle_connected(bool session_present) {
    // It comes from the subscription to our own record now, whether the broker keeps its word or not.
    awaits_own_record_ = false;
    if (!subscribed_ || session_present) return;
    // The engine renews the subscription.
    settled_ = false;
    others_.clear();
    for (auto& [uid, presence] : presences_) presence.confirmed = false;
    settles_ = context_.now + longest_silence;
    settles_by_.reset();
    requested_again_ = false;
    schedule_presence_request();
}

void Roster::handle_stopped() {
    // The next one may be with another broker.
    subscribed_ = settled_ = awaits_own_record_ = delivers_retained_ = misses_records_ = false;
    others_.clear();
    greeters_heard_.clear();
    roll_due_.reset();
    settles_.reset();
    for (auto& [uid, presence] : presences_) presence.confirmed = false;
}

void Roster::handle_subscribed() {
    if (!watching_) return;
    settles_ = settles_by_ = context_.now + settling_time;
    schedule_presence_request();
}

void Roster::handle_own_record(bool retained) {
    delivers_retained_ |= retained && awaits_own_record_;
    extend_settling();  // it was published behind the subscription
}

void Roster::extend_settling() {
    if (!settles_ || requested_again_) return;
    const bool requests_presence = needs_presence_request();
    if (!settles_by_) settles_by_ = context_.now + (requests_presence ? reply_time : longest_settling);
    settles_ = std::min(*settles_by_, context_.now + (requests_presence ? reply_time : quiet_time));
}

void Roster::schedule_presence_request() {
    if (roll_call_ == Webapp::RollCall::always) request_presence();
    if (roll_call_ == Webapp::RollCall::automatic) roll_due_ = context_.now + retained_time;
}

void Roster::request_presence() {
    const auto body = misses_records_ ? roll_of_the_missing : std::string_view{};
    (void)context_.broker.publish(context_.topics.room(roll_room, uid_), body, {}, {}, context_.now);
}

void Roster::greet(std::string_view newcomer) {
    // Where retained messages come to nobody, whoever is new finds that out alone.
    const bool is_witness = appears_ && settled_ && delivers_retained_ && roll_call_ == Webapp::RollCall::automatic;
    if (!is_witness || context_.random.up_to(presences_.size()) >= greeters) return;
    const auto greeting = json_rpc::encode_notification(json_rpc::method::here, {});
    (void)context_.broker.publish(context_.topics.peer(newcomer, uid_), greeting, {}, {}, context_.now);
}

bool Roster::is_missing(std::string_view uid) const {
    const auto parts = parse_uid(uid);
    return parts && is_wanted(*parts) && !presences_.contains(uid);
}

void Roster::handle_here(std::string_view uid) {
    if (roll_call_ != Webapp::RollCall::automatic) return;
    if (!watching_ || !settled_) {
        // The retained messages are still to come.
        if (greeters_heard_.size() < most_greeters_heard) greeters_heard_.emplace_back(uid);
    } else if (is_missing(uid) && !std::exchange(misses_records_, true)) {
        request_presence();
    }
}

void Roster::handle_presence_request(const IncomingMessage& message) {
    misses_records_ |= message.payload == roll_of_the_missing;
}

bool Roster::is_wanted(const UidParts& parts) const {
    return (org_.empty() || parts.org == org_) && (user_.empty() || parts.user == user_);
}

void Roster::handle_record(std::string_view uid, const IncomingMessage& message) {
    const auto parts = parse_uid(uid);
    if (!parts || !message.may_be_record()) return;
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
    presence.since = json_rpc::integer_of(scanned.find("since")).value_or(0);
    presence.expires = message.expires(context_.now);
    const bool is_new = !message.retain && !presences_.contains(uid);
    appear(uid, std::move(presence));
    if (is_new) greet(uid);
}

void Roster::appear(std::string_view uid, Presence presence) {
    first_expiry_ = std::min(first_expiry_, presence.expires);
    const auto found = presences_.find(uid);
    if (found == presences_.end()) {
        if (presences_.size() >= most_presences) return;
        const auto made = presences_.emplace(uid, std::move(presence)).first;
        return report(PresenceChanged::Change::appeared, made->first, made->second);
    }
    if (!found->second.confirmed) extend_settling();
    const bool same = found->second.state == presence.state && found->second.since == presence.since;
    found->second = std::move(presence);
    if (!same) report(PresenceChanged::Change::changed, found->first, found->second);
}

void Roster::vanish(Presences::iterator position) {
    report(PresenceChanged::Change::gone, position->first, position->second);
    presences_.erase(position);
}

void Roster::report(PresenceChanged::Change change, const std::string& uid, const Presence& presence) {
    context_.events.push(PresenceChanged{change, uid, presence.state, presence.since},
                         {&PresenceChanged::uid, &PresenceChanged::state});
}

void Roster::handle_timeout() {
    if (roll_due_ && *roll_due_ <= context_.now) {
        roll_due_.reset();
        misses_records_ |= std::ranges::any_of(std::exchange(greeters_heard_, {}),
                                               [this](const auto& uid) { return is_missing(uid); });
        if (!broker_delivers_retained()) request_presence();
    }
    const bool settles = settles_ && *settles_ <= context_.now && !request_presence_again();
    if (settles) {
        settles_.reset();
        settled_ = true;
    }
    if (settles || first_expiry_ <= context_.now) sweep();
}

bool Roster::request_presence_again() {
    const auto is_silent = [](const auto& each) { return !each.second.confirmed; };
    if (requested_again_ || !needs_presence_request() || std::ranges::none_of(presences_, is_silent)) return false;
    requested_again_ = true;
    request_presence();
    settles_ = context_.now + longest_reply_time;
    return true;
}

/// Those whose record has expired, and those who did not show up again, are gone.
void Roster::sweep() {
    first_expiry_ = TimePoint::max();
    for (auto each = presences_.begin(); each != presences_.end();) {
        const auto current = each++;
        const auto& presence = current->second;
        if (presence.expires <= context_.now || (settled_ && !presence.confirmed)) {
            vanish(current);
        } else {
            first_expiry_ = std::min(first_expiry_, presence.expires);
        }
    }
}

std::optional<TimePoint> Roster::next_deadline() const {
    auto next = first_expiry_;
    if (roll_due_) next = std::min(next, *roll_due_);
    if (settles_) next = std::min(next, *settles_);
    return next == TimePoint::max() ? std::nullopt : std::optional{next};
}

}  // namespace wsmq::patterns
