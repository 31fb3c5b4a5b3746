#include "presence/announcer.hpp"

#include "json_rpc/scan.hpp"

namespace wsmq::messaging {

namespace {

/// What both records begin with.
std::string opening(bool online, std::string_view uid, std::int64_t since) {
    std::string record{online ? R"({"online":true,"uid":)" : R"({"online":false,"uid":)"};
    json_rpc::append_string(record, uid);
    record += R"(,"since":)";
    json_rpc::append_number(record, since);
    return record;
}

std::string online_record(const Announcer::Settings& settings) {
    auto record = opening(true, settings.uid, settings.since);
    record += R"(,"state":)";
    record += settings.state;
    if (!settings.tabs.empty()) {
        record += R"(,"tabs":)";
        record += settings.tabs;
    }
    record += '}';
    return record;
}

}  // namespace

std::string Announcer::offline_record(std::string_view uid, std::int64_t since) {
    return opening(false, uid, since) + "}";
}

bool Announcer::fits(const Settings& settings) {
    return online_record(settings).size() + settings.reserve <= maximum_record_size;
}

Error Announcer::set_state(std::string_view state, std::string_view tabs) {
    auto changed = settings_;
    changed.state = state;
    changed.tabs = tabs;
    if (settings_.appears && !fits(changed)) return Error::payload_too_large;
    std::swap(settings_, changed);
    // Without a connection it goes with the next one.
    const bool is_told = settings_.appears && context_.broker.is_connected();
    const auto error = is_told ? publish_online(Purpose::nothing) : Error::none;
    if (error != Error::none) std::swap(settings_, changed);
    return error;
}

Error Announcer::announce(Purpose purpose) { return owed_.note(publish_online(purpose), purpose); }

Error Announcer::publish_online(Purpose purpose) {
    MessageOptions how{.retain = true, .content_type = json_type};
    const auto expiry = settings_.expiry.value_or(roster_.record_expiry());
    const bool expires = expiry.count() > 0 && context_.broker.is_v5();
    if (expires) how.expiry = expiry;
    const auto published = context_.broker.publish(context_.topics.status(settings_.uid), online_record(settings_), how,
                                                   {purpose}, context_.now);
    if (!published) return published.error();
    presence_reply_.cancel();
    if (expires) context_.timers.set(Timer::presence_renewal, context_.now + expiry / 2);
    return Error::none;
}

Error Announcer::publish_offline() {
    handle_disconnected();
    MessageOptions how{.retain = true, .content_type = json_type};
    const auto expiry = settings_.expiry.value_or(offline_expiry);
    if (expiry.count() > 0) how.expiry = expiry;
    return context_.broker
        .publish(context_.topics.status(settings_.uid), offline_record(settings_.uid, settings_.since), how,
                 {Purpose::offline}, context_.now)
        .error();
}

void Announcer::handle_presence_request() {
    const bool is_needless = roster_.broker_delivers_retained() && !settings_.always_replies;
    if (!is_needless) presence_reply_.request(context_.now, context_.random);
}

void Announcer::handle_own_record(const IncomingMessage& message) {
    // A retained record is an older one: the current one is in flight behind it.
    if (message.retain || !context_.broker.is_connected()) return;
    const bool is_ours = message.may_be_record() && json_rpc::is_true(json_rpc::scan(message.payload).find("online"));
    if (!is_ours) (void)announce(Purpose::nothing);
}

void Announcer::handle_disconnected() {
    context_.timers.stop(Timer::presence_renewal);
    presence_reply_.cancel();
    owed_.cancel();
}

void Announcer::handle_timeout() {
    const bool renews = context_.timers.expired(Timer::presence_renewal, context_.now);
    const bool answers = presence_reply_.take(context_.now);
    if (renews || answers) (void)announce(Purpose::nothing);
    if (const auto purpose = owed_.take()) (void)announce(*purpose);
}

}  // namespace wsmq::messaging
