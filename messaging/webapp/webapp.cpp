#include "wsmq/messaging/webapp.hpp"

#include <algorithm>
#include <utility>

#include "json_rpc/scan.hpp"
#include "layer/dispatch.hpp"
#include "webapp/impl.hpp"
#include "wsmq/property.hpp"

namespace wsmq::messaging {

namespace {

/// How much longer than the shortest rand the one of a new uid is.
constexpr std::size_t growth_of_rand = 4;

bool may_be_tabs(std::string_view text) {
    const auto scanned = json_rpc::scan(text);
    return text.empty() || (scanned.ok && scanned.type == json_rpc::Type::array);
}

Announcer::Settings announcer_settings(const Webapp::Options& options) {
    return {.uid = options.uid,
            .state = options.state,
            .tabs = options.tabs,
            .since = options.since,
            .expiry = options.presence_expiry,
            .appears = options.appears,
            .always_replies = options.roll_call == Webapp::RollCall::always,
            .reserve = options.renames ? growth_of_rand : 0};
}

}  // namespace

// --- The options -----------------------------------------------------------------------------------

Result<ConnectOptions> Webapp::connect_options(ConnectOptions base, const Options& options) {
    if (!is_valid_root(options.root)) return Error::invalid_root;
    if (!is_valid_uid(options.uid)) return Error::invalid_name;
    if (!options.trusts_json && !(json_rpc::is_json(options.state) && may_be_tabs(options.tabs)))
        return Error::invalid_json;
    const auto expiry = options.presence_expiry.value_or(Announcer::offline_expiry);
    for (const auto& time : {options.will_delay, expiry}) {
        if (time.count() < 0 || time > convention::longest_expiry) return Error::invalid_argument;
    }
    if (!is_valid(options.calls) || options.maximum_requests == 0) return Error::invalid_argument;
    base.client_id = options.uid;
    base.resubscribe = true;
    base.reconnect_when_taken_over = options.renames;
    if (!options.appears) {
        base.will.reset();
        return base;
    }
    if (!Announcer::fits(announcer_settings(options))) return Error::payload_too_large;
    const auto delay = static_cast<std::uint32_t>(options.will_delay.count());
    if (base.version == Version::v5 && delay > 0) {
        // The will goes out when the session ends, even before its delay has passed (MQTT 5.0, 3.1.3.2.2). So the
        // session must outlive the delay, and a page that is reloaded must resume it.
        base.clean_start = false;
        base.session_expiry_interval = std::max(base.session_expiry_interval, delay);
    }
    base.will = Impl::last_will(options);
    return base;
}

Will Webapp::Impl::last_will(const Options& options) {
    PropertyWriter properties;
    properties.text(PropertyId::content_type, json_type);
    const auto add = [&properties](PropertyId id, std::chrono::seconds time) {
        if (time.count() > 0) properties.integer(id, static_cast<std::uint32_t>(time.count()));
    };
    add(PropertyId::will_delay_interval, options.will_delay);
    add(PropertyId::message_expiry_interval, options.presence_expiry.value_or(Announcer::offline_expiry));
    const auto record = Announcer::offline_record(options.uid, options.since);
    const auto block = properties.bytes();
    return {.topic = Topics{options.root}.status(options.uid),
            .payload = {record.begin(), record.end()},
            .qos = Qos::at_least_once,
            .retain = true,
            .encoded_properties = {block.begin(), block.end()}};
}

Webapp::Impl::Impl(Client& client, Options given)
    : options{std::move(given)},
      context{client, options.root, options.random_seed, options.trusts_json},
      membership{context},
      discovery{context},
      requester{
          context, discovery, {options.uid, options.id_key, options.maximum_requests, options.consults_discovery}},
      responder{context, options.calls, options.uid},
      service_notifications{context, options.calls, options.uid},
      roster{context, options.uid, options.roll_call, options.appears},
      announcer{context, roster, announcer_settings(options)} {}

std::vector<std::string> Webapp::Impl::filters_to_join() const {
    const auto& topics = context.topics;
    std::vector filters{topics.response(options.uid), topics.peer(options.uid, "+")};
    if (!options.appears) return filters;
    filters.push_back(topics.status(options.uid));
    if (options.roll_call != RollCall::never) filters.push_back(topics.room(roll_room, "+"));
    return filters;
}

Webapp::Webapp(Client& client, Options options) : impl_{std::make_unique<Impl>(client, std::move(options))} {}
Webapp::~Webapp() = default;

// --- The layer -------------------------------------------------------------------------------------

bool Webapp::handle(const wsmq::Event& event, TimePoint now) { return dispatch(*impl_, event, now); }

void Webapp::handle_timeout(TimePoint now) {
    auto& impl = *impl_;
    impl.context.now = now;
    impl.requester.handle_timeout();
    impl.responder.handle_timeout();
    impl.service_notifications.handle_timeout();
    if (impl.discovery.handle_timeout()) impl.requester.handle_discovered();
    impl.announcer.handle_timeout();
    impl.roster.handle_timeout();
    if (impl.uid_was_taken && !impl.membership.is_leaving()) impl.take_new_uid();
    if (impl.membership.is_overdue()) impl.membership.stop(without_goodbye);
}

std::optional<TimePoint> Webapp::Impl::next_deadline() const {
    const bool is_displaced = uid_was_taken && !membership.is_leaving();
    if (!context.events.empty() || is_displaced) return context.now;
    return earliest({context.timers.next(), requester.next_deadline(), responder.next_deadline(),
                     service_notifications.next_deadline()});
}

std::optional<TimePoint> Webapp::next_deadline() const { return impl_->next_deadline(); }

Webapp::Event Webapp::next_event(TimePoint now) {
    impl_->context.now = now;
    const auto event = impl_->context.events.next();
    if (const auto* progress = std::get_if<Progress>(&event)) impl_->requester.item_taken(progress->id);
    return event;
}

// --- Requests and calls ----------------------------------------------------------------------------

Result<RequestId> Webapp::request(Target target, std::string_view method, std::string_view params,
                                  const RequestOptions& options, TimePoint now) {
    impl_->context.now = now;
    if (impl_->membership.is_leaving()) return Error::left;
    // With MQTT 5 the broker may report it as well.
    const bool of_peer = target.kind == Target::Kind::peer;
    return impl_->requester.request(target, method, params, options, of_peer && impl_->roster.is_absent(target.name));
}

Error Webapp::notify(Target target, std::string_view method, std::string_view params, TimePoint now) {
    impl_->context.now = now;
    return impl_->membership.is_leaving() ? Error::left : impl_->requester.notify(target, method, params);
}

bool Webapp::cancel(RequestId id, TimePoint now) {
    impl_->context.now = now;
    return impl_->requester.cancel(id);
}

bool Webapp::grant(RequestId id, std::uint32_t items, TimePoint now) {
    impl_->context.now = now;
    return impl_->requester.grant(id, items);
}

void Webapp::expose(bool on) noexcept { impl_->exposes = on; }

Error Webapp::respond(CallId call, std::string_view result, TimePoint now) {
    impl_->context.now = now;
    return impl_->responder_of(call).respond(call, result);
}

Error Webapp::fail(CallId call, std::int64_t code, std::string_view message, std::string_view data, TimePoint now) {
    impl_->context.now = now;
    return impl_->responder_of(call).fail(call, code, message, data);
}

Error Webapp::progress(CallId call, std::string_view value, TimePoint now) {
    impl_->context.now = now;
    return impl_->responder_of(call).progress(call, value);
}

// --- Messages --------------------------------------------------------------------------------------

Error Webapp::Impl::send(const std::string& topic, std::string_view body, const SendOptions& how) {
    if (membership.is_leaving()) return Error::left;
    if (how.qos > Qos::exactly_once) return Error::invalid_argument;
    const MessageOptions outgoing{.qos = how.qos, .waits = how.waits_for_connection, .content_type = how.content_type};
    return context.broker.publish(topic, body, outgoing, {}, context.now).error();
}

Error Webapp::send(std::string_view uid, std::string_view body, const SendOptions& options, TimePoint now) {
    impl_->context.now = now;
    if (!is_valid_uid(uid)) return Error::invalid_name;
    // The receiver would process it as a call.
    if (json_rpc::scan(body).find("jsonrpc") != nullptr) return Error::invalid_argument;
    return impl_->send(impl_->context.topics.peer(uid, impl_->options.uid), body, options);
}

Error Webapp::send_room(std::string_view room, std::string_view body, const SendOptions& options, TimePoint now) {
    impl_->context.now = now;
    if (!is_valid_room(room)) return Error::invalid_name;
    return impl_->send(impl_->context.topics.room(room, impl_->options.uid), body, options);
}

/// Before the client is started, handle_opening() subscribes.
Error Webapp::Impl::subscribe_if_started(const Subscription& subscription) {
    return started ? context.broker.subscribe({&subscription, 1}, {}, context.now) : Error::none;
}

Error Webapp::Impl::unsubscribe_if_started(std::span<const std::string> filters) {
    return started && !filters.empty() ? context.broker.unsubscribe(filters, context.now) : Error::none;
}

Error Webapp::join_room(std::string_view room, TimePoint now) {
    impl_->context.now = now;
    if (!is_valid_room(room)) return Error::invalid_name;
    if (impl_->rooms.contains(room)) return Error::none;
    const auto filter = impl_->context.topics.room(room, "+");
    const auto error = impl_->subscribe_if_started(live_subscription(filter));
    if (error == Error::none) impl_->rooms.emplace(room);
    return error;
}

Error Webapp::leave_room(std::string_view room, TimePoint now) {
    impl_->context.now = now;
    if (!is_valid_room(room)) return Error::invalid_name;
    const auto found = impl_->rooms.find(room);
    if (found == impl_->rooms.end()) return Error::none;
    const auto filter = impl_->context.topics.room(room, "+");
    const auto error = impl_->unsubscribe_if_started({&filter, 1});
    if (error == Error::none) impl_->rooms.erase(found);
    return error;
}

// --- Presence, devices, services -------------------------------------------------------------------

Error Webapp::set_state(std::string_view state, TimePoint now) {
    return set_state(state, impl_->announcer.tabs(), now);
}

Error Webapp::set_state(std::string_view state, std::string_view tabs, TimePoint now) {
    impl_->context.now = now;
    if (impl_->membership.is_leaving()) return Error::left;
    const bool is_sound = impl_->context.accepts_json(state) && (impl_->context.trusts_json || may_be_tabs(tabs));
    return is_sound ? impl_->announcer.set_state(state, tabs) : Error::invalid_json;
}

Error Webapp::watch_presence(std::string_view org, std::string_view user, TimePoint now) {
    impl_->context.now = now;
    return impl_->roster.watch(org, user, impl_->membership.is_joined());
}

Error Webapp::unwatch_presence(TimePoint now) {
    impl_->context.now = now;
    return impl_->roster.unwatch();
}

const Presences& Webapp::presences() const noexcept { return impl_->roster.presences(); }

Error Webapp::watch_devices(std::span<const std::string_view> serial_numbers, TimePoint now) {
    impl_->context.now = now;
    if (!std::ranges::all_of(serial_numbers, is_valid_level)) return Error::invalid_name;
    Impl::Devices wanted{serial_numbers.begin(), serial_numbers.end()};
    if (wanted.empty()) wanted.emplace("+");
    auto& devices = impl_->devices;
    if (const auto error = impl_->subscribe_to_devices(wanted, devices); error != Error::none) return error;
    std::swap(devices, wanted);
    // Where it cannot be sent, what still arrives is not reported.
    (void)impl_->unsubscribe_if_started(impl_->device_filters(wanted, devices));
    return Error::none;
}

Error Webapp::unwatch_devices(TimePoint now) {
    impl_->context.now = now;
    const auto error = impl_->unsubscribe_if_started(impl_->device_filters(impl_->devices));
    if (error == Error::none) impl_->devices.clear();
    return error;
}

std::vector<std::string> Webapp::Impl::device_filters(const Devices& of, const Devices& without) const {
    std::vector<std::string> filters;
    for (const auto& device : of) {
        if (!without.contains(device)) filters.push_back(context.topics.device(device));
    }
    return filters;
}

Error Webapp::Impl::subscribe_to_devices(const Devices& wanted, const Devices& watched) {
    const auto filters = device_filters(wanted, watched);
    return started && !filters.empty() ? context.broker.subscribe(filters, {}, context.now) : Error::none;
}

Error Webapp::discover(std::string_view service, TimePoint now) {
    impl_->context.now = now;
    return impl_->discovery.discover(service);
}

// --- The end ---------------------------------------------------------------------------------------

void Webapp::leave(TimePoint now) {
    impl_->context.now = now;
    impl_->leave();
}

std::string_view Webapp::uid() const noexcept { return impl_->options.uid; }
bool Webapp::is_joined() const noexcept { return impl_->membership.is_joined(); }

}  // namespace wsmq::messaging
