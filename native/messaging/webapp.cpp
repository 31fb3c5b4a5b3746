#include "wsmq/native/webapp.hpp"

#include <algorithm>
#include <unordered_map>

#include "calls/answering.hpp"
#include "calls/calls.hpp"
#include "client/engine_options.hpp"
#include "identity.hpp"
#include "layer_adapter.hpp"

namespace wsmq::native {

class WSMQ_HIDDEN Webapp::Impl final : public LayerAdapter<Webapp::Impl, messaging::Webapp>,
                                       public Answering<Webapp::Impl> {
public:
    using Base = LayerAdapter<Webapp::Impl, messaging::Webapp>;
    using Base::handle;
    using Base::with_layer;
    static constexpr std::string_view ranges =
        "will_delay and presence_expiry are 0 to 4294967294 s; maximum_requests, calls.concurrency and the times in "
        "calls are more than 0";

    Impl(Client& client, Options given)
        : Base{client}, options{std::move(given)}, calls{std::make_shared<Calls>(client.get_executor(), *this)} {
        if (std::ranges::count(options.uid, ':') == 1) complete_uid();
        if (options.random_seed == 0) options.random_seed = random_seed();
        if (options.id_key == decltype(options.id_key){}) options.id_key = {random_seed(), random_seed()};
        if (options.since == 0) options.since = milliseconds_since_1970();
    }
    [[nodiscard]] const Options& layer_options() const noexcept { return options; }
    void abort() {
        calls->shut_down();
        for (auto& [id, each] : std::exchange(waiting, {})) {
            each.done->complete_later(boost::asio::error::operation_aborted, {});
        }
    }

    /// The option is `{org}:{user}`.
    void complete_uid() {
        const auto colon = options.uid.find(':');
        options.uid = make_uid(options.uid.substr(0, colon), options.uid.substr(colon + 1));
        options.renames = true;
    }
    void handle(const messaging::Renamed& renamed) {
        options.uid = renamed.uid;
        call(on_renamed, renamed);
    }

    // --- Outgoing requests -------------------------------------------------------------------------
    struct Waiting {
        AnyCompletion<Reply> done;
        std::shared_ptr<ProgressHandler> on_progress;
    };
    void track(messaging::RequestId id, ProgressHandler on_progress, AnyCompletion<Reply> done) {
        done->on_cancel([&] {
            return [weak = weak_from_this(), id] {
                const auto self = weak.lock();
                if (self) self->with_layer([id](auto& layer, auto now) { return layer.cancel(id, now); });
            };
        });
        auto kept = on_progress ? std::make_shared<ProgressHandler>(std::move(on_progress)) : nullptr;
        waiting.emplace(id, Waiting{std::move(done), std::move(kept)});
    }
    void finish(messaging::RequestId id, ErrorCode error, Reply reply) {
        auto node = waiting.extract(id);
        if (!node.empty()) node.mapped().done->complete(error, std::move(reply));
    }
    void handle(const messaging::Response& response) {
        finish(response.id, {},
               {.result = std::string{response.result},
                .content_type = std::string{response.content_type},
                .count = response.count});
    }
    void handle(const messaging::RequestFailed& failed) {
        finish(failed.id, failed.why,
               {.code = failed.code, .message = std::string{failed.message}, .data = std::string{failed.data}});
    }
    void handle(const messaging::Progress& progress) {
        const auto found = waiting.find(progress.id);
        if (found == waiting.end()) return;
        // Kept, because it may cancel its request.
        if (const auto handler = found->second.on_progress) (*handler)(progress.value);
    }

    // --- Incoming requests -------------------------------------------------------------------------
    void handle(const messaging::Request& request) {
        const bool of_service = request.from.empty();
        if (!of_service && calls->handle(request)) return;
        calls->refuse(request.id);
        if (request.is_notification) call(on_notification, {request.from, request.method, request.params});
    }
    void handle(const messaging::RequestEnded& ended) { calls->handle(ended); }
    void handle(const messaging::CreditGranted& granted) { calls->handle(granted); }

    // --- Everything else ---------------------------------------------------------------------------
    void handle(const messaging::PeerMessage& message) { call(on_peer_message, message); }
    void handle(const messaging::RoomMessage& message) { call(on_room_message, message); }
    void handle(const messaging::PresenceChanged& changed) { call(on_presence, changed); }
    void handle(const messaging::DeviceStatus& status) { call(on_device, status); }
    void handle(const messaging::ServiceChanged& changed) { call(on_service, changed); }
    template <class Event> using Listener = std::shared_ptr<std::function<void(const Event&)>>;
    template <class Event> static void call(const Listener<Event>& handler, const std::type_identity_t<Event>& event) {
        // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): it may replace itself
        if (const auto kept = handler) (*kept)(event);
    }

    Options options;
    std::shared_ptr<Calls> calls;
    std::unordered_map<messaging::RequestId, Waiting> waiting;
    Listener<messaging::Renamed> on_renamed;
    Listener<Notification> on_notification;
    Listener<messaging::PeerMessage> on_peer_message;
    Listener<messaging::RoomMessage> on_room_message;
    Listener<messaging::PresenceChanged> on_presence;
    Listener<messaging::DeviceStatus> on_device;
    Listener<messaging::ServiceChanged> on_service;
};

namespace {

template <class Event> auto listener(std::function<void(const Event&)> handler) {
    return handler ? std::make_shared<std::function<void(const Event&)>>(std::move(handler)) : nullptr;
}

}  // namespace

Webapp::Webapp(Client& client, Options options) : impl_{std::make_shared<Impl>(client, std::move(options))} {
    impl_->attach();
    (void)impl_->set_up();  // async_join() reports what is wrong
}

Webapp::Webapp(std::unique_ptr<Client> client, Options options) : Webapp{*client, std::move(options)} {
    own_client_ = std::move(client);
}

Webapp::Webapp(executor_type executor, const std::string& url, Options options, ClientOptions client)
    : Webapp{std::move(executor), std::vector<std::string>{url}, std::move(options), std::move(client)} {}

Webapp::Webapp(executor_type executor, const std::vector<std::string>& urls, Options options, ClientOptions client)
    : Webapp{std::make_unique<Client>(std::move(executor), urls, std::move(client)), std::move(options)} {}

Webapp::~Webapp() {
    own_client_.reset();
    impl_->detach();
}

Webapp::executor_type Webapp::get_executor() const noexcept { return impl_->attachment.executor(); }
Client& Webapp::client() const { return impl_->attachment.client(); }
std::string_view Webapp::uid() const noexcept { return impl_->options.uid; }

// --- Life cycle ------------------------------------------------------------------------------------

void Webapp::begin_join(AnyCompletion<JoinAnswer> done) { impl_->begin_join(std::move(done)); }
void Webapp::begin_leave(AnyCompletion<> done) {
    impl_->begin_leave(std::move(done), [](auto& layer, auto now) { layer.leave(now); });
}
void Webapp::on_joined(std::function<void(bool)> handler) { impl_->on_joined = std::move(handler); }
void Webapp::on_renamed(std::function<void(const messaging::Renamed&)> handler) {
    impl_->on_renamed = listener(std::move(handler));
}
bool Webapp::is_joined() const noexcept { return impl_->is_joined(); }

// --- Requests --------------------------------------------------------------------------------------

void Webapp::begin_request(Target target, std::string_view method, const nlohmann::json& params,
                           const messaging::RequestOptions& options, ProgressHandler on_progress,
                           AnyCompletion<Reply> done) {
    const bool is_raw = !options.content_type.empty();
    if (is_raw && !params.is_string()) {
        const ErrorCode error = messaging::Error::invalid_argument;
        return done->complete_later(error, {.message = error.message()});
    }
    const auto text = is_raw ? params.get<std::string>() : text_of(params);
    begin_request_text(target, method, text, options, std::move(on_progress), std::move(done));
}

void Webapp::begin_request_text(Target target, std::string_view method, std::string_view params,
                                const messaging::RequestOptions& options, ProgressHandler on_progress,
                                AnyCompletion<Reply> done) {
    const auto refuse = [&](ErrorCode error) { done->complete_later(error, {.message = error.message()}); };
    if (!impl_->has_layer()) return refuse(impl_->problem());
    const auto id =
        impl_->with_layer([&](auto& layer, auto now) { return layer.request(target, method, params, options, now); });
    if (!id) return refuse(id.error());
    impl_->track(*id, std::move(on_progress), std::move(done));
}

ErrorCode Webapp::notify(Target target, std::string_view method, const nlohmann::json& params) {
    return notify_text(target, method, text_of(params));
}

ErrorCode Webapp::notify_text(Target target, std::string_view method, std::string_view params) {
    return impl_->try_layer([&](auto& layer, auto now) { return layer.notify(target, method, params, now); });
}

void Webapp::add(std::string method, RequestHandler handler) {
    impl_->calls->add(std::move(method), std::move(handler));
    if (impl_->has_layer()) impl_->layer().expose(true);
}

void Webapp::on_exception(std::function<void(const Request&, const std::exception_ptr&)> handler) {
    impl_->calls->on_exception = std::move(handler);
}

// --- Messages, presence, devices, services ---------------------------------------------------------

ErrorCode Webapp::send(std::string_view uid, Payload body, const messaging::SendOptions& options) {
    return impl_->try_layer(
        [&](auto& layer, auto now) { return layer.send(uid, as_text(body.bytes()), options, now); });
}
ErrorCode Webapp::join_room(std::string_view room) {
    return impl_->try_layer([&](auto& layer, auto now) { return layer.join_room(room, now); });
}
ErrorCode Webapp::leave_room(std::string_view room) {
    return impl_->try_layer([&](auto& layer, auto now) { return layer.leave_room(room, now); });
}
ErrorCode Webapp::send_room(std::string_view room, Payload body, const messaging::SendOptions& options) {
    return impl_->try_layer(
        [&](auto& layer, auto now) { return layer.send_room(room, as_text(body.bytes()), options, now); });
}
ErrorCode Webapp::set_state(const nlohmann::json& state) {
    const auto text = messaging::to_text(state);
    return impl_->try_layer([&](auto& layer, auto now) { return layer.set_state(text, now); });
}
ErrorCode Webapp::watch_presence(std::string_view org, std::string_view user) {
    return impl_->try_layer([&](auto& layer, auto now) { return layer.watch_presence(org, user, now); });
}
ErrorCode Webapp::unwatch_presence() {
    return impl_->try_layer([](auto& layer, auto now) { return layer.unwatch_presence(now); });
}
ErrorCode Webapp::watch_devices() {
    return impl_->try_layer([](auto& layer, auto now) { return layer.watch_devices({}, now); });
}
ErrorCode Webapp::watch_devices(std::span<const std::string_view> serial_numbers) {
    if (serial_numbers.empty()) return {};  // which the layer takes for all devices
    return impl_->try_layer([&](auto& layer, auto now) { return layer.watch_devices(serial_numbers, now); });
}
ErrorCode Webapp::discover(std::string_view service) {
    return impl_->try_layer([&](auto& layer, auto now) { return layer.discover(service, now); });
}

void Webapp::on_notification(std::function<void(const Notification&)> handler) {
    impl_->on_notification = listener(std::move(handler));
    if (impl_->has_layer()) impl_->layer().expose(true);
}
void Webapp::on_peer_message(std::function<void(const messaging::PeerMessage&)> handler) {
    impl_->on_peer_message = listener(std::move(handler));
}
void Webapp::on_room_message(std::function<void(const messaging::RoomMessage&)> handler) {
    impl_->on_room_message = listener(std::move(handler));
}
void Webapp::on_presence(std::function<void(const messaging::PresenceChanged&)> handler) {
    impl_->on_presence = listener(std::move(handler));
}
void Webapp::on_device(std::function<void(const messaging::DeviceStatus&)> handler) {
    impl_->on_device = listener(std::move(handler));
}
void Webapp::on_service(std::function<void(const messaging::ServiceChanged&)> handler) {
    impl_->on_service = listener(std::move(handler));
}

}  // namespace wsmq::native
