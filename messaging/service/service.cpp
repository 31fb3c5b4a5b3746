#include "wsmq/messaging/service.hpp"

#include <algorithm>
#include <utility>

#include "layer/dispatch.hpp"
#include "service/impl.hpp"
#include "wsmq/property.hpp"

namespace wsmq::messaging {

// --- The options -----------------------------------------------------------------------------------

Result<ConnectOptions> Service::connect_options(ConnectOptions base, const Options& options) {
    const bool is_named = !options.service.empty();
    if (!is_valid_root(options.root)) return Error::invalid_root;
    if (is_named && (!is_valid_name(options.service) || !is_valid_instance(options.instance))) {
        return Error::invalid_name;
    }
    if (!std::ranges::all_of(options.methods, is_valid_name)) return Error::invalid_name;
    for (const auto& time : {options.record_expiry, options.statistics_interval, options.janitor_grace}) {
        if (time.count() < 0 || time > convention::longest_expiry) return Error::invalid_argument;
    }
    if (!is_valid(options.calls)) return Error::invalid_argument;
    if (is_named && Record::longest(options) > maximum_record_size) return Error::payload_too_large;
    // The broker redistributes the requests of a dead instance at once.
    base.clean_start = true;
    base.session_expiry_interval = 0;
    base.resubscribe = true;
    if (!is_named) return base;
    if (base.client_id.empty()) base.client_id = options.service + "-" + options.instance;
    PropertyWriter properties;
    properties.text(PropertyId::content_type, json_type);
    const auto expiry = static_cast<std::uint32_t>(options.record_expiry.count());
    if (expiry > 0) properties.integer(PropertyId::message_expiry_interval, expiry);
    const auto record = Record::offline(options.service, options.instance);
    const auto block = properties.bytes();
    base.will = Will{.topic = Topics{options.root}.record(options.service, options.instance),
                     .payload = {record.begin(), record.end()},
                     .qos = Qos::at_least_once,
                     .retain = true,
                     .encoded_properties = {block.begin(), block.end()}};
    return base;
}

Service::Impl::Impl(Client& client, Options given)
    : options{std::move(given)},
      context{client, options.root, options.random_seed, options.trusts_json},
      membership{context},
      responder{context, options.calls, options.instance},
      record{context, options, responder.counts()},
      instances{options.instance},
      janitor{context, options.janitor_grace},
      probe{context, options},
      shares{options.shares} {
    responder.limit_methods(options.methods);
}

Service::Service(Client& client, Options options) : impl_{std::make_unique<Impl>(client, std::move(options))} {}
Service::~Service() = default;

// --- The layer -------------------------------------------------------------------------------------

bool Service::handle(const wsmq::Event& event, TimePoint now) { return dispatch(*impl_, event, now); }

void Service::handle_timeout(TimePoint now) {
    auto& impl = *impl_;
    impl.context.now = now;
    impl.responder.handle_timeout();
    impl.record.handle_timeout();
    impl.janitor.handle_timeout();
    if (impl.probe.is_over()) impl.end_probe(false);
    if (impl.membership.is_overdue()) return impl.stop(without_goodbye);
    if (impl.membership.is_leaving()) impl.check_left();
}

std::optional<TimePoint> Service::Impl::next_deadline() const {
    if (!context.events.empty()) return context.now;
    return earliest({context.timers.next(), responder.next_deadline(), janitor.next_deadline()});
}

std::optional<TimePoint> Service::next_deadline() const { return impl_->next_deadline(); }

std::string Service::Impl::requests_filter() const {
    return shares ? context.topics.shared_requests(options.service) : context.topics.request(options.service, "+");
}

Service::Event Service::next_event(TimePoint now) {
    impl_->context.now = now;
    return impl_->context.events.next();
}

// --- Calls -----------------------------------------------------------------------------------------

Error Service::respond(CallId call, std::string_view result, TimePoint now) {
    impl_->context.now = now;
    return impl_->ended(impl_->responder.respond(call, result));
}

Error Service::respond_raw(CallId call, std::string_view body, std::string_view content_type, TimePoint now) {
    impl_->context.now = now;
    return impl_->ended(impl_->responder.respond_raw(call, body, content_type));
}

Error Service::fail(CallId call, std::int64_t code, std::string_view message, std::string_view data, TimePoint now) {
    impl_->context.now = now;
    return impl_->ended(impl_->responder.fail(call, code, message, data));
}

Error Service::progress(CallId call, std::string_view value, TimePoint now) {
    impl_->context.now = now;
    return impl_->responder.progress(call, value);
}

Error Service::notify(std::string_view uid, std::string_view method, std::string_view params, TimePoint now) {
    auto& context = impl_->context;
    context.now = now;
    if (impl_->membership.is_leaving()) return Error::left;
    if (!is_valid_uid(uid) || !is_valid_name(method)) return Error::invalid_name;
    if (const auto error = context.check_params(params); error != Error::none) return error;
    return context.broker
        .publish(context.topics.response(uid), json_rpc::encode_notification(method, params),
                 {.content_type = json_type}, {}, now)
        .error();
}

// --- The end ---------------------------------------------------------------------------------------

void Service::leave(TimePoint now, Duration patience) {
    impl_->context.now = now;
    impl_->leave(patience);
}

const CallCounts& Service::counts() const noexcept { return impl_->responder.counts(); }
std::size_t Service::open_calls() const noexcept { return impl_->responder.queue().open(); }
std::size_t Service::waiting_calls() const noexcept { return impl_->responder.queue().waiting(); }
bool Service::is_joined() const noexcept { return impl_->membership.is_joined(); }
bool Service::is_shared() const noexcept { return impl_->shares; }

}  // namespace wsmq::messaging
