#include "wsmq/messaging/device.hpp"

#include <algorithm>
#include <utility>

#include "json_rpc/scan.hpp"
#include "layer/dispatch.hpp"
#include "layer/membership.hpp"
#include "layer/owed_record.hpp"
#include "wsmq/property.hpp"

namespace wsmq::messaging {

namespace {

constexpr Duration leave_timeout{2'000};

/// The record with the members of `status`; nothing where that is no object, or speaks of "online" itself.
std::optional<std::string> record_of(bool online, std::string_view status) {
    const auto scanned = json_rpc::scan(status);
    if (!scanned.is_object() || scanned.find("online") != nullptr) return std::nullopt;
    std::string record{online ? R"({"online":true)" : R"({"online":false)"};
    if (scanned.members.empty()) return record + "}";
    const auto members = status.substr(status.find('{') + 1);
    record += ',';
    record += members;
    return record;
}

}  // namespace

struct Device::Impl {
    Impl(Client& client, const Options& options)
        : context{client, options.root, 0, false},
          membership{context},
          owed{context},
          topic{context.topics.device(options.serial_number)},
          record{record_of(true, options.status).value_or("")},
          last_record{record_of(false, options.last_status).value_or("")} {}

    void handle_opening() { membership.handle_opening(); }
    void handle_connected(const Connected&) {
        membership.handle_connected();
        announce();
    }
    void handle_disconnected(const Disconnected&);
    void handle_lost(const SubscriptionLost&) {}
    void handle_completed(const Operation&, const Completed&);
    void handle_failed(const Operation&, Errc);
    bool handle_message(const Message&) { return false; }
    Error publish(std::string_view what, Purpose purpose, bool waits) {
        return context.broker
            .publish(topic, what, {.retain = true, .waits = waits, .content_type = json_type}, {purpose}, context.now)
            .error();
    }
    /// Later, where the queue is full.
    void announce();
    void leave();

    Context context;
    Membership membership;
    OwedRecord owed;
    std::string topic;
    std::string record;
    std::string last_record;
};

Result<ConnectOptions> Device::connect_options(ConnectOptions base, const Options& options) {
    if (!is_valid_root(options.root)) return Error::invalid_root;
    if (!is_valid_level(options.serial_number)) return Error::invalid_name;
    const auto last = record_of(false, options.last_status);
    const auto first = record_of(true, options.status);
    if (!last || !first) return Error::invalid_json;
    if (std::max(first->size(), last->size()) > maximum_record_size) return Error::payload_too_large;
    if (base.client_id.empty()) base.client_id = options.serial_number;
    PropertyWriter properties;
    properties.text(PropertyId::content_type, json_type);
    const auto block = properties.bytes();
    base.will = Will{.topic = Topics{options.root}.device(options.serial_number),
                     .payload = {last->begin(), last->end()},
                     .qos = Qos::at_least_once,
                     .retain = true,
                     .encoded_properties = {block.begin(), block.end()}};
    return base;
}

Device::Device(Client& client, const Options& options) : impl_{std::make_unique<Impl>(client, options)} {}
Device::~Device() = default;

// --- Its life --------------------------------------------------------------------------------------

void Device::Impl::announce() {
    const auto error = owed.note(publish(record, Purpose::presence, false), Purpose::presence);
    if (error != Error::none) membership.fail(error, ReasonCode::success);
}

void Device::Impl::handle_completed(const Operation& operation, const Completed& event) {
    if (operation.purpose == Purpose::offline) return membership.stop();
    if (operation.purpose != Purpose::presence) return;
    if (is_failure(event.reason)) return membership.fail(Error::refused, event.reason);
    membership.join();
}

void Device::Impl::handle_failed(const Operation& operation, Errc error) {
    if (error == Errc::stopped) return;
    if (operation.purpose == Purpose::offline) return membership.stop(without_goodbye);
    if (operation.purpose == Purpose::presence) membership.fail(error_of(error), ReasonCode::success);
}

void Device::Impl::handle_disconnected(const Disconnected& event) {
    owed.cancel();
    if (membership.handle_disconnected(event)) membership.report_left();
}

void Device::Impl::leave() {
    if (!membership.leave(leave_timeout)) return;
    owed.cancel();
    if (publish(last_record, Purpose::offline, true) != Error::none) membership.stop(without_goodbye);
}

// --- The layer -------------------------------------------------------------------------------------

bool Device::handle(const wsmq::Event& event, TimePoint now) { return dispatch(*impl_, event, now); }

void Device::handle_timeout(TimePoint now) {
    impl_->context.now = now;
    if (impl_->owed.take()) impl_->announce();
    if (impl_->membership.is_overdue()) impl_->membership.stop(without_goodbye);
}

std::optional<TimePoint> Device::next_deadline() const {
    return impl_->context.events.empty() ? impl_->context.timers.next() : std::optional{impl_->context.now};
}

Device::Event Device::next_event(TimePoint now) {
    impl_->context.now = now;
    return impl_->context.events.next();
}

Error Device::set_status(std::string_view status, TimePoint now) {
    impl_->context.now = now;
    if (impl_->membership.is_leaving()) return Error::left;
    auto record = record_of(true, status);
    if (!record) return Error::invalid_json;
    if (record->size() > maximum_record_size) return Error::payload_too_large;
    // Without a connection it goes with the next one.
    const auto error =
        impl_->context.broker.is_connected() ? impl_->publish(*record, Purpose::nothing, false) : Error::none;
    if (error == Error::none) impl_->record = std::move(*record);
    return error;
}

void Device::leave(TimePoint now) {
    impl_->context.now = now;
    impl_->leave();
}

bool Device::is_joined() const noexcept { return impl_->membership.is_joined(); }

}  // namespace wsmq::messaging
