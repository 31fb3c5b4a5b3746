#include "wsmq/client.hpp"

#include "client/impl.hpp"

namespace wsmq {

Client::Client(ConnectOptions options) : impl_{std::make_unique<Impl>(std::move(options))} {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

void Client::transport_opened(TimePoint now) {
    impl_->context.now = now;
    impl_->transport_opened();
}

void Client::receive(Bytes chunk, TimePoint now) {
    impl_->context.now = now;
    impl_->receive(chunk);
}

void Client::transport_closed(TimePoint now, Errc why) {
    impl_->context.now = now;
    if (impl_->context.phase != client::Phase::opening && !impl_->is_receiving()) return;
    impl_->context.output.clear();  // there is nobody to take it any more
    impl_->ended({.why = why});
}

void Client::transport_backlog(std::size_t bytes, TimePoint now) {
    // A smaller backlog is buffered by the system, and proves nothing about the broker.
    constexpr std::size_t significant_backlog = 64u << 10;
    impl_->context.now = now;
    const auto before = impl_->context.output.backlog();
    impl_->context.output.set_backlog(bytes);
    if (before >= significant_backlog && bytes < before) impl_->keep_alive.progressed(now);
    impl_->publisher.pump();
}

void Client::transport_progressed(TimePoint now) {
    impl_->context.now = now;
    impl_->keep_alive.progressed(now);
}

void Client::hold_input(bool held, TimePoint now) {
    impl_->context.now = now;
    impl_->keep_alive.hold_input(held, now);
}

void Client::handle_timeout(TimePoint now) {
    impl_->context.now = now;
    impl_->handle_timeout();
}

void Client::handle_wake_up(TimePoint now) {
    impl_->context.now = now;
    impl_->handle_wake_up();
}

void Client::handle_stored(TimePoint now) {
    impl_->context.now = now;
    impl_->publisher.handle_stored();
}

Errc Client::start(TimePoint now) {
    impl_->context.now = now;
    return impl_->start();
}

void Client::stop(TimePoint now, ReasonCode reason) {
    impl_->context.now = now;
    impl_->stop(reason);
}

Errc Client::rename(std::string client_id, std::optional<Will> will, TimePoint now) {
    impl_->context.now = now;
    return impl_->rename(std::move(client_id), std::move(will));
}

Result<OperationId> Client::publish(std::string_view topic_name, Bytes payload, const PublishOptions& options,
                                    TimePoint now) {
    impl_->context.now = now;
    return impl_->publisher.publish(topic_name, payload, options);
}

Result<Client::Prepared> Client::prepare_publish(std::string_view topic_name, std::size_t payload_size,
                                                 const PublishOptions& options, TimePoint now) {
    impl_->context.now = now;
    return impl_->publisher.prepare(topic_name, payload_size, options);
}

void Client::commit_publish(TimePoint now) {
    impl_->context.now = now;
    impl_->publisher.commit();
}

Result<OperationId> Client::subscribe(std::span<const Subscription> subscriptions, Bytes encoded_properties,
                                      TimePoint now) {
    impl_->context.now = now;
    return impl_->subscriber.subscribe(subscriptions, encoded_properties);
}

Result<OperationId> Client::unsubscribe(std::span<const std::string_view> topic_filters, Bytes encoded_properties,
                                        TimePoint now) {
    impl_->context.now = now;
    return impl_->subscriber.unsubscribe(topic_filters, encoded_properties);
}

void Client::cancel(OperationId operation) {
    if (!impl_->subscriber.cancel(operation)) (void)impl_->publisher.cancel(operation);
}

void Client::provide_credentials(Credentials credentials, TimePoint now) {
    impl_->context.now = now;
    impl_->provide_credentials(std::move(credentials));
}

void Client::fail_credentials(TimePoint now) {
    impl_->context.now = now;
    if (impl_->context.phase == client::Phase::asking) impl_->ended({.why = Errc::credentials_failed});
}

Errc Client::authenticate(Bytes data, TimePoint now) {
    impl_->context.now = now;
    if (!impl_->is_receiving() || !impl_->authentication.take_turn()) {
        return Errc::not_supported;
    }
    return impl_->send_auth(ReasonCode::continue_authentication, data);
}

void Client::fail_authentication(TimePoint now) {
    impl_->context.now = now;
    if (impl_->is_receiving() && impl_->authentication.take_turn()) {
        impl_->give_up(Errc::authentication_failed);
    }
}

Errc Client::reauthenticate(Bytes data, TimePoint now) {
    impl_->context.now = now;
    if (impl_->context.options.authentication_method.empty()) return Errc::not_supported;
    if (!impl_->context.is_connected()) return Errc::not_connected;
    const auto error = impl_->send_auth(ReasonCode::reauthenticate, data);
    if (error == Errc::none) impl_->authentication.begin();
    return error;
}

Event Client::next_event() { return impl_->next_event(); }

bool Client::take_output(std::vector<std::uint8_t>& out) {
    impl_->publisher.pump();
    if (!impl_->context.output.take(out)) return false;
    impl_->keep_alive.sent(impl_->context.now);
    return true;
}

std::optional<TimePoint> Client::next_deadline() const noexcept { return impl_->next_deadline(); }

bool Client::is_started() const noexcept { return impl_->context.is_started(); }
bool Client::is_connected() const noexcept { return impl_->context.is_connected(); }
const Negotiated& Client::negotiated() const noexcept { return impl_->context.negotiated; }
Version Client::version() const noexcept { return impl_->context.version(); }
std::string_view Client::client_id() const noexcept { return impl_->client_id; }
std::size_t Client::unfinished_messages() const noexcept { return impl_->publisher.messages().size(); }
std::size_t Client::unfinished_bytes() const noexcept { return impl_->publisher.messages().bytes(); }

}  // namespace wsmq
