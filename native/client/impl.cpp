// How a client starts and ends, its operations, the hand-over of other threads, and the store.
#include "client/impl.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "client/engine_options.hpp"
#include "wsmq/native/attach_error.hpp"

namespace wsmq::native {

Client::Impl::Impl(executor_type on, const std::vector<std::string>& urls, ClientOptions given)
    : executor{std::move(on)},
      options{std::move(given)},
      hosts{urls},
      handover{std::make_shared<Handover>(executor, options.handover_maximum_messages, options.handover_maximum_bytes)},
      inbox{options.receive_maximum_messages, options.receive_maximum_bytes} {
    // This object outlives the shut-down of the driver, after which none of these is called.
    DriverHandlers<Engine> handlers;
    handlers.make_transport = [this](std::size_t host) { return hosts.make_transport(executor, host, options); };
    handlers.handle_event = [this](Event& event) { handle(event); };
    handlers.transport_failed = [this](ErrorCode error, const std::string& detail, ErrorCode cause) {
        transport_failure = {error, detail, cause};
    };
    handlers.closed = [this] { handle_closed(); };
    if (options.log) {
        log.emplace(executor, options.log, options.log_level, hosts);
        if (log->has_packets()) {
            handlers.watch_bytes = [this](PacketLog::Direction direction, Bytes chunk) {
                log->bytes(direction, chunk);
            };
        }
    }
    if (options.store) handlers.make_durable = [this] { flush_store(); };
    driver = std::make_shared<Driver<Engine>>(executor, std::move(handlers), engine_options(options, hosts));
}

Client::Impl::Identified Client::Impl::identify(std::span<const Subscription> subscriptions, Bytes properties) {
    const bool offered = !engine().is_connected() || engine().negotiated().subscription_identifier_available;
    if (options.connect.version != Version::v5 || !offered || subscriptions.empty()) return {};
    if (const auto given = PropertyView{properties}.integer(PropertyId::subscription_identifier)) return {*given};
    if (validate_properties(PropertyOwner::subscribe, properties) != Errc::none) return {};
    Identified result{subscriptions.size() == 1 ? router.identifier_of(subscriptions[0].topic_filter) : 0};
    if (result.identifier == 0) result.identifier = router.next_identifier();
    auto& all = result.properties.emplace();
    all.integer(PropertyId::subscription_identifier, result.identifier);
    for (const auto& each : PropertyView{properties}) {
        if (const auto* user = std::get_if<UserProperty>(&each.value)) all.user_property(user->name, user->value);
    }
    return result;
}

StartFailure Client::Impl::start() {
    if (has_lost_layer) return {AttachError::layer_destroyed, "make another client to connect again"};
    if (auto wrong = option_error(options, hosts); !wrong.empty()) return {Errc::invalid_argument, std::move(wrong)};
    if (layer) {
        if (auto failure = layer->set_up(); failure.error) return failure;
    }
    if (const auto error = engine().start(now()); error != Errc::none) {
        return {error, "the options cannot be encoded in a CONNECT packet"};
    }
    was_started = true;
    end_error = stop_cause = {};
    open_handover();
    driver->flush_soon();
    return {};
}

void Client::Impl::stop(ReasonCode reason) {
    engine().stop(now(), reason);
    // Not those of an async_connect() that follows, which is about another connection.
    for (auto& done : std::exchange(connecting, {})) done->complete_later(Errc::stopped, {});
    if (layer) layer->handle_stop();
    driver->flush_soon();
}

bool Client::Impl::await_end(AnyCompletion<> done) {
    const bool is_started = engine().is_started();
    if (!is_started && !driver->is_closing()) {
        done->complete_later({});
    } else {
        (is_started ? disconnecting : closing).push_back(std::move(done));
    }
    return is_started;
}

/// It may be destroyed by one of its own handlers, and lives until that returns.
std::shared_ptr<Layer> Client::Impl::take_layer() {
    auto taken = std::exchange(layer, nullptr);
    engine().set_layer(nullptr);
    if (taken && driver->is_settling()) boost::asio::post(executor, [keep = taken] {});
    return taken;
}

void Client::Impl::detach_layer() {
    const auto detached = take_layer();
    if (!detached || is_gone) return;
    if (!was_started) return engine().replace(engine_options(options, hosts));
    has_lost_layer = true;
    if (!engine().is_started()) return;
    stop_cause = AttachError::layer_destroyed;
    driver->drop_connection();
    stop(ReasonCode::success);
}

void Client::Impl::shut_down() {
    is_gone = true;
    driver->shut_down();
    if (const auto orphan = take_layer()) orphan->handle_client_destroyed();
    const ErrorCode aborted = boost::asio::error::operation_aborted;
    for (auto& [id, operation] : operations) fail(operation.done, aborted);
    operations.clear();
    for (auto& done : connecting) fail(done, aborted);
    for (auto& done : disconnecting) fail(done, aborted);
    for (auto& done : closing) fail(done, aborted);
    while (auto done = inbox.take_receiver()) fail(done, aborted);
    for (auto& message : handover->close()) fail(message.done, aborted);
}

void Client::Impl::track(const Result<OperationId>& begun, Operation operation) {
    if (!operation.done) return;
    if (!begun) return operation.done->complete_later(begun.error(), {});
    // QoS 0, encoded at once: no event follows.
    if (*begun == OperationId{}) return operation.done->complete_later({}, {});
    operation.done->on_cancel([&] {
        return [weak = weak_from_this(), id = *begun] {
            const auto self = weak.lock();
            if (!self) return;
            self->engine().cancel(id);
            self->driver->flush_soon();
        };
    });
    operations.emplace(*begun, std::move(operation));
}

void Client::Impl::open_handover() {
    handover->open([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->take_handover();
    });
}

void Client::Impl::take_handover() {
    constexpr std::size_t around = 16;
    auto messages = handover->take();
    while (!messages.empty()) {
        auto& message = messages.front();
        message.options.encoded_properties = message.encoded_properties;
        const auto begun = engine().publish(message.topic, as_bytes(message.payload), message.options, now());
        // Retried when the queue has drained; until then other threads wait for room.
        if (begun.error() == Errc::queue_full && message.options.when_blocked == WhenBlocked::wait) break;
        track(begun, {std::move(message.done)});
        driver->encoded(message.topic.size() + message.payload.size() + around);
        messages.pop_front();
    }
    handover->put_back(std::move(messages));
}

void Client::Impl::flush_store() {
    const auto error = options.store->flush();
    if (std::exchange(store_error, error) == error) return;
    // Posted, because the driver is in the middle of a write.
    boost::asio::post(executor, [weak = weak_from_this(), error] {
        const auto self = weak.lock();
        if (self && !self->is_gone && self->on_store_state) self->on_store_state(error);
    });
}

void Client::Impl::update_hold() {
    if (!engine().is_connected() || inbox.has_room()) {
        driver->hold_input(false);
    } else if (inbox.is_full()) {
        driver->hold_input(true);
    }
}

void Client::Impl::cancel_receive(std::uint64_t number) {
    if (auto done = inbox.take_receiver(number)) done->complete_later(Errc::cancelled, {});
}

}  // namespace wsmq::native
