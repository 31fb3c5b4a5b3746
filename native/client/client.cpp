// The calls of a client.
#include "wsmq/native/client.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "client/engine_options.hpp"
#include "client/impl.hpp"

namespace wsmq::native {

namespace {

/// Handlers may replace themselves: the old one lives until the loop turns.
template <class Handler> void replace(Handler& old, Handler by, const boost::asio::any_io_executor& executor) {
    auto replaced = std::exchange(old, std::move(by));
    if (replaced) boost::asio::post(executor, [keep = std::move(replaced)] {});
}

}  // namespace

Client::Client(executor_type executor, const std::string& url, ClientOptions options)
    : Client{std::move(executor), std::vector<std::string>{url}, std::move(options)} {}

Client::Client(executor_type executor, const std::vector<std::string>& urls, ClientOptions options)
    : impl_{std::make_shared<Impl>(std::move(executor), urls, std::move(options))} {}

Client::~Client() {
    impl_->shut_down();
    // Called by a handler, which returns into it.
    if (impl_->driver->is_settling()) boost::asio::post(impl_->executor, [keep = impl_] {});
}

Client::executor_type Client::get_executor() const noexcept { return impl_->executor; }

void Client::begin_connect(AnyCompletion<ConnectAnswer> done) {
    auto& self = *impl_;
    if (self.layer && self.layer->is_leaving()) return done->complete_later(Errc::stopped, {});
    if (auto failure = self.start(); failure.error) {
        return done->complete_later(failure.error, {.detail = std::move(failure.detail)});
    }
    if (self.engine().is_connected()) return done->complete_later({}, {});
    done->on_cancel([&] {
        return [weak = std::weak_ptr{impl_}] {
            const auto impl = weak.lock();
            if (impl && !impl->engine().is_connected()) impl->stop(ReasonCode::success);
        };
    });
    self.connecting.push_back(std::move(done));
}

void Client::begin_disconnect(ReasonCode reason, AnyCompletion<> done) {
    auto& self = *impl_;
    if (!self.await_end(std::move(done))) return;
    if (self.layer && reason == ReasonCode::success) return self.layer->leave();
    self.stop(reason);
}

void Client::wake_up() {
    impl_->engine().handle_wake_up(impl_->now());
    impl_->driver->flush_soon();
}

void Client::reconnect() {
    impl_->engine().reconnect(impl_->now());
    impl_->driver->flush_soon();
}

Result<OperationId> Client::publish(std::string_view topic, Payload payload, const PublishOptions& options) {
    constexpr std::size_t around = 16;
    const auto bytes = payload.bytes();
    const auto begun = impl_->engine().publish(topic, bytes, options, impl_->now());
    impl_->driver->encoded(topic.size() + bytes.size() + around);
    return begun;
}

void Client::begin_publish(std::string_view topic, Payload payload, const PublishOptions& options,
                           AnyCompletion<Answer> done) {
    impl_->track(publish(topic, payload, options), {std::move(done)});
}

Publisher Client::publisher() const { return Publisher{impl_->handover}; }

void Client::begin_subscribe(std::span<const Subscription> subscriptions, Bytes properties, MessageHandler handler,
                             AnyCompletion<Answer> done) {
    auto& self = *impl_;
    const auto identified = handler ? self.identify(subscriptions, properties) : Impl::Identified{};
    const auto begun = self.engine().subscribe(
        subscriptions, identified.properties ? identified.properties->bytes() : properties, self.now());
    Impl::Operation operation{std::move(done)};
    if (!handler) {
        self.receives = true;
    } else if (begun) {
        const auto call = subscriptions.size() > 1 ? self.router.next_call() : 0;
        for (const auto& each : subscriptions) {
            auto route = self.router.add(each.topic_filter, handler, identified.identifier, call);
            const bool has_options = self.options.connect.version == Version::v5;
            self.router.set_retained(*route, !has_options || each.retain_handling != RetainHandling::do_not_send,
                                     has_options && each.retain_as_published);
            operation.routes.push_back(std::move(route));
        }
    }
    self.track(begun, std::move(operation));
    self.driver->flush_soon();
}

void Client::begin_unsubscribe(std::string_view filter, AnyCompletion<Answer> done) {
    auto& self = *impl_;
    const auto begun = self.engine().unsubscribe({&filter, 1}, {}, self.now());
    self.track(begun, {std::move(done), {}, std::string{filter}});
    self.driver->flush_soon();
}

void Client::begin_receive(AnyCompletion<Message> done) {
    auto& self = *impl_;
    if (auto message = try_receive()) return done->complete_later({}, std::move(*message));
    if (self.end_error) return done->complete_later(self.end_error, {});
    const auto number = ++self.last_receive;
    done->on_cancel([&] {
        return [weak = std::weak_ptr{impl_}, number] {
            if (const auto impl = weak.lock()) impl->cancel_receive(number);
        };
    });
    self.inbox.wait({number, std::move(done)});
}

std::optional<Message> Client::try_receive() {
    impl_->receives = true;
    auto message = impl_->inbox.take();
    if (message) impl_->update_hold();
    return message;
}

void Client::on_message(std::string_view topic_filter, MessageHandler handler) {
    if (handler) impl_->router.add(topic_filter, std::move(handler));
}

void Client::on_message(MessageHandler handler) { replace(impl_->other_messages, std::move(handler), impl_->executor); }

std::uint64_t Client::unclaimed_messages() const noexcept { return impl_->unclaimed; }

void Client::cancel(OperationId operation) {
    impl_->engine().cancel(operation);
    impl_->driver->flush_soon();
}

void Client::on_connected(std::function<void(const Connected&)> handler) {
    replace(impl_->on_connected, std::move(handler), impl_->executor);
}
void Client::on_disconnected(std::function<void(const Disconnection&)> handler) {
    replace(impl_->on_disconnected, std::move(handler), impl_->executor);
}
void Client::on_subscription_lost(std::function<void(const SubscriptionLost&)> handler) {
    replace(impl_->on_subscription_lost, std::move(handler), impl_->executor);
}
void Client::on_queue_drained(std::function<void()> handler) {
    replace(impl_->on_queue_drained, std::move(handler), impl_->executor);
}
void Client::on_store_state(std::function<void(ErrorCode)> handler) {
    replace(impl_->on_store_state, std::move(handler), impl_->executor);
}
void Client::on_authentication(std::function<void(const Authentication&)> handler) {
    replace(impl_->on_authentication, std::move(handler), impl_->executor);
}

Errc Client::authenticate(Bytes data) {
    impl_->driver->flush_soon();
    return impl_->engine().authenticate(data, impl_->now());
}
void Client::fail_authentication() {
    impl_->engine().fail_authentication(impl_->now());
    impl_->driver->flush_soon();
}
Errc Client::reauthenticate(Bytes data) {
    impl_->driver->flush_soon();
    return impl_->engine().reauthenticate(data, impl_->now());
}

bool Client::is_started() const noexcept { return impl_->engine().is_started(); }
bool Client::is_connected() const noexcept { return impl_->engine().is_connected(); }
const Negotiated& Client::negotiated() const noexcept { return impl_->engine().negotiated(); }
std::string_view Client::client_id() const noexcept { return impl_->engine().client_id(); }
std::size_t Client::unfinished_messages() const noexcept { return impl_->engine().unfinished_messages(); }
std::size_t Client::unfinished_bytes() const noexcept { return impl_->engine().unfinished_bytes(); }
std::size_t Client::waiting_messages() const noexcept { return impl_->inbox.size(); }
Traffic Client::traffic() const noexcept { return impl_->driver->traffic(); }

}  // namespace wsmq::native
