#include "request/discovery.hpp"

#include <algorithm>

#include "json_rpc/scan.hpp"

namespace wsmq::messaging {

namespace {

// Retained messages arrive right after the SUBACK.
constexpr Duration settling_time{500};
constexpr std::size_t most_records = 10'000;

}  // namespace

const Discovery::Watch* Discovery::watch_of(std::string_view service) const {
    const auto found = std::ranges::find_if(
        watches_, [&](const Watch& each) { return each.service.empty() || each.service == service; });
    return found == watches_.end() ? nullptr : &*found;
}

Error Discovery::watch(std::string_view service) {
    watches_.push_back({.service = std::string{service}});
    if (!context_.broker.client().is_started()) return Error::none;
    const auto error = subscribe(watches_.size() - 1);
    if (error != Error::none) watches_.pop_back();
    return error;
}

Error Discovery::subscribe(std::size_t number) {
    const auto& service = watches_[number].service;
    const std::string filter = context_.topics.record(service.empty() ? "+" : service, "+");
    return context_.broker.subscribe({&filter, 1}, {Purpose::discovery, number}, context_.now);
}

Error Discovery::discover(std::string_view service) {
    if (!service.empty() && !is_valid_name(service)) return Error::invalid_name;
    const auto* watched = watch_of(service);
    const bool is_enough = watched != nullptr && (!service.empty() || watched->service.empty());
    const auto error = is_enough ? Error::none : watch(service);
    if (error != Error::none) return error;
    reported_services_.emplace(service);
    // Known records will not be delivered again.
    for (const auto& [name, instances] : services_) {
        if (!service.empty() && name != service) continue;
        for (const auto& [instance, record] : instances) report(name, instance, record);
    }
    return Error::none;
}

void Discovery::consult(std::string_view service) {
    // Access rules of EMQX cannot allow the records of one service without what is below them, but those of all. With
    // MQTT 5 the broker reports that nobody has subscribed.
    if (watch_of(service) == nullptr) (void)watch(context_.broker.is_v5() ? service : std::string_view{});
}

void Discovery::subscribe_again() {
    for (std::size_t number = 0; number < watches_.size(); ++number) (void)subscribe(number);
}

bool Discovery::handle_record(std::string_view service, std::string_view instance, const IncomingMessage& message) {
    if (watch_of(service) == nullptr) return false;
    if (!is_valid_name(service) || !is_valid_instance(instance) || !message.may_be_record()) return true;
    Record record;
    if (!message.payload.empty()) {
        const auto scanned = json_rpc::scan(message.payload);
        if (!scanned.is_object()) return true;
        record = {json_rpc::is_true(scanned.find("online")), json_rpc::is_true(scanned.find("raw")),
                  std::string{message.payload}, message.expires(context_.now)};
        context_.timers.set_earlier(Timer::discovery_expiry, record.expires);
    }
    auto& instances = services_[std::string{service}];
    const auto found = instances.find(instance);
    const bool is_known = found != instances.end();
    // Records that are not kept are not reported: the application would have to keep them.
    if (is_known || record.text.empty() || records_ < most_records) report(service, instance, record);
    if (is_known && record.text.empty()) {
        instances.erase(found);
        --records_;
    } else if (is_known) {
        found->second = std::move(record);
    } else if (!record.text.empty() && records_ < most_records) {
        instances.emplace(instance, std::move(record));
        ++records_;
    }
    if (instances.empty()) services_.erase(services_.find(service));
    return true;
}

void Discovery::report(std::string_view service, std::string_view instance, const Record& record) {
    if (!reported_services_.contains("") && !reported_services_.contains(service)) return;
    context_.events.push(ServiceChanged{service, instance, record.online, record.text},
                         {&ServiceChanged::service, &ServiceChanged::instance, &ServiceChanged::record});
}

void Discovery::handle_subscribed(std::uint64_t number) {
    const auto settles = context_.now + settling_time;
    watches_[static_cast<std::size_t>(number)].settles = settles;
    context_.timers.set_earlier(Timer::discovery_settled, settles);
}

bool Discovery::handle_timeout() {
    bool learnt = false;
    if (context_.timers.expired(Timer::discovery_settled, context_.now)) {
        for (auto& watch : watches_) {
            if (context_.now < watch.settles) {
                context_.timers.set_earlier(Timer::discovery_settled, watch.settles);
                continue;
            }
            watch.settles = TimePoint::max();
            watch.settled = learnt = true;
        }
    }
    if (!context_.timers.expired(Timer::discovery_expiry, context_.now)) return learnt;
    sweep();
    return true;
}

void Discovery::sweep() {
    for (auto service = services_.begin(); service != services_.end();) {
        auto& [name, instances] = *service;
        for (auto each = instances.begin(); each != instances.end();) {
            const auto current = each++;
            if (current->second.expires > context_.now) {
                context_.timers.set_earlier(Timer::discovery_expiry, current->second.expires);
                continue;
            }
            report(name, current->first, {});
            instances.erase(current);
            --records_;
        }
        service = instances.empty() ? services_.erase(service) : std::next(service);
    }
}

bool Discovery::is_absent(std::string_view service) const {
    const bool settled = std::ranges::any_of(
        watches_, [&](const Watch& each) { return each.settled && (each.service.empty() || each.service == service); });
    const auto known = services_.find(service);
    return settled && known != services_.end() &&
           std::ranges::none_of(known->second, [](const auto& each) { return each.second.online; });
}

bool Discovery::takes_raw(std::string_view service) const {
    const auto known = services_.find(service);
    return known != services_.end() &&
           std::ranges::any_of(known->second, [](const auto& each) { return each.second.online && each.second.raw; });
}

}  // namespace wsmq::messaging
