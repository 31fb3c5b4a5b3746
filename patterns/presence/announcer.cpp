#include "presence/announcer.hpp"

#include "json_rpc/scan.hpp"
#include "layer/deadlines.hpp"

namespace wsmq::patterns {

namespace {

constexpr Duration longest_roll_delay{500};

}  // namespace

std::string Announcer::offline_record(std::string_view uid) {
    std::string record{R"({"online":false,"uid":)"};
    json_rpc::append_string(record, uid);
    record += '}';
    return record;
}

std::string Announcer::online_record() const {
    std::string record{R"({"online":true,"uid":)"};
    json_rpc::append_string(record, settings_.uid);
    record += R"(,"since":)";
    json_rpc::append_number(record, settings_.since);
    record += R"(,"state":)";
    record += settings_.state;
    record += '}';
    return record;
}

Error Announcer::set_state(std::string_view state) {
    settings_.state = state;
    // Without a connection it goes with the next one.
    return settings_.appears && context_.port.is_connected() ? announce(Purpose::nothing) : Error::none;
}

Error Announcer::announce(Purpose purpose) {
    Outgoing how{.retain = true, .content_type = json_type};
    roll_answer_.reset();
    if (settings_.expiry.count() > 0 && context_.port.is_v5()) {
        how.expiry = settings_.expiry;
        renewal_ = context_.now + settings_.expiry / 2;
    }
    return context_.port.publish(context_.topics.status(settings_.uid), online_record(), how, {purpose}, context_.now)
        .error();
}

Error Announcer::say_farewell() {
    handle_disconnected();
    Outgoing how{.retain = true, .waits = false, .content_type = json_type};
    if (settings_.expiry.count() > 0) how.expiry = settings_.expiry;
    return context_.port
        .publish(context_.topics.status(settings_.uid), offline_record(settings_.uid), how, {Purpose::farewell},
                 context_.now)
        .error();
}

void Announcer::answer_roll_call() {
    if (roll_answer_) return;
    const auto delay = context_.random.up_to(static_cast<std::uint64_t>(longest_roll_delay.count()));
    roll_answer_ = context_.now + Duration{delay};
}

void Announcer::handle_own_record(const Incoming& message) {
    // What a subscription brings is of the past: the present one is on its way behind it.
    if (message.retain || !context_.port.is_connected()) return;
    const auto scanned = json_rpc::scan(message.payload);
    const auto* online = scanned.find("online");
    if (online == nullptr || online->raw != "true") (void)announce(Purpose::nothing);
}

void Announcer::handle_disconnected() {
    renewal_.reset();
    roll_answer_.reset();
}

void Announcer::handle_timeout() {
    const bool renews = renewal_ && *renewal_ <= context_.now;
    const bool answers = roll_answer_ && *roll_answer_ <= context_.now;
    if (renews || answers) (void)announce(Purpose::nothing);
}

std::optional<TimePoint> Announcer::next_deadline() const { return earliest({renewal_, roll_answer_}); }

}  // namespace wsmq::patterns
