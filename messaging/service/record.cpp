#include "service/record.hpp"

namespace wsmq::messaging {

namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
    out += ",\"";
    out += name;
    out += "\":";
    json_rpc::append_string(out, text);
}

/// Which of the service's instances, and whether it is there.
std::string opening(bool online, std::string_view service, std::string_view instance) {
    std::string record{online ? R"({"online":true)" : R"({"online":false)"};
    append_member(record, "service", service);
    append_member(record, "instance", instance);
    return record;
}

void append_counts(std::string& out, const CallCounts& counts) {
    out += R"(,"stats":{)";
    const auto append = [&out](std::string_view name, std::uint64_t count) {
        if (out.back() != '{') out += ',';
        json_rpc::append_string(out, name);
        out += ':';
        json_rpc::append_number(out, static_cast<std::int64_t>(count));
    };
    append("requests", counts.requests);
    append("errors", counts.errors);
    append("duplicates", counts.duplicates);
    append("cancelled", counts.cancelled);
    append("expired", counts.expired);
    append("dropped", counts.dropped);
    out += '}';
}

}  // namespace

std::string Record::offline(std::string_view service, std::string_view instance) {
    return opening(false, service, instance) + "}";
}

std::string Record::online(const Service::Options& options, const CallCounts& counts) {
    auto record = opening(true, options.service, options.instance);
    append_member(record, "version", options.version);
    record += R"(,"methods":[)";
    for (const auto& method : options.methods) {
        if (record.back() != '[') record += ',';
        json_rpc::append_string(record, method);
    }
    record += ']';
    if (options.raw) record += R"(,"raw":true)";
    if (options.since != 0) {
        record += R"(,"since":)";
        json_rpc::append_number(record, options.since);
    }
    if (options.statistics_interval.count() > 0) append_counts(record, counts);
    record += '}';
    return record;
}

std::size_t Record::longest(const Service::Options& options) {
    constexpr std::uint64_t most = INT64_MAX;
    return online(options, {most, most, most, most, most}).size();
}

Error Record::announce(Purpose purpose) { return owed_.note(publish_online(purpose), purpose); }

Error Record::publish_online(Purpose purpose) {
    MessageOptions how{.retain = true, .content_type = json_type};
    const bool expires = options_.record_expiry.count() > 0 && context_.broker.is_v5();
    if (expires) how.expiry = options_.record_expiry;
    const auto published = context_.broker.publish(context_.topics.record(options_.service, options_.instance),
                                                   online(options_, counts_), how, {purpose}, context_.now);
    if (!published) return published.error();
    published_counts_ = counts_;
    stop_timers();
    if (expires) context_.timers.set(Timer::record_renewal, context_.now + options_.record_expiry / 2);
    if (options_.statistics_interval.count() > 0) {
        context_.timers.set(Timer::record_statistics, context_.now + options_.statistics_interval);
    }
    return Error::none;
}

Error Record::publish_offline() {
    handle_disconnected();
    MessageOptions how{.retain = true, .content_type = json_type};
    if (options_.record_expiry.count() > 0) how.expiry = options_.record_expiry;
    return context_.broker
        .publish(context_.topics.record(options_.service, options_.instance),
                 offline(options_.service, options_.instance), how, {Purpose::offline}, context_.now)
        .error();
}

void Record::handle_newcomer() { answer_.request(context_.now, context_.random); }

void Record::handle_disconnected() {
    stop_timers();
    owed_.cancel();
}

void Record::stop_timers() {
    context_.timers.stop(Timer::record_renewal);
    context_.timers.stop(Timer::record_statistics);
    answer_.cancel();
}

void Record::handle_timeout() {
    auto& timers = context_.timers;
    const bool updates = timers.expired(Timer::record_statistics, context_.now);
    const bool renews = timers.expired(Timer::record_renewal, context_.now);
    if (renews || answer_.take(context_.now) || (updates && published_counts_ != counts_)) {
        (void)announce(Purpose::nothing);
    } else if (updates) {
        timers.set(Timer::record_statistics, context_.now + options_.statistics_interval);
    }
    if (const auto purpose = owed_.take()) (void)announce(*purpose);
}

}  // namespace wsmq::messaging
