// The bench's shorthands: exchanges that most tests need on their way, and the application's calls.
#include "support/bench.hpp"

namespace wsmq::test {

// --- Whole exchanges -------------------------------------------------------------------------------

Packet Bench::begin_connecting(Where where) {
    start(where);
    open(where);
    return take(PacketType::connect, where);
}

Packet Bench::connect(const Packet& answer, Where where) {
    Packet packet = begin_connecting(where);
    finish_connecting(answer, false, where);
    return packet;
}

void Bench::finish_connecting(const Packet& answer, bool again, Where where) {
    // What follows the CONNACK in the same turn stays for the test.
    std::deque<seen::Event> earlier;
    earlier.swap(events_);
    reply(answer, where);
    const auto connected = event<seen::Connected>(where);
    events_.insert(events_.begin(), earlier.begin(), earlier.end());
    if (connected.session_present != answer.session_present) fail_at(where, "Connected tells another session present");
    if (connected.reconnected != again) fail_at(where, "Connected tells another reconnected");
}

seen::Disconnected Bench::lose(Where where) {
    cut(where);
    const auto event = this->event<seen::Disconnected>(where);
    if (event.why != Errc::transport_closed || !event.was_connected || !event.reconnecting) {
        fail_at(where, "another ending: " + describe_event(event));
    }
    return event;
}

Packet Bench::reconnect(const Packet& answer, Where where) {
    for (int i = 0; i < 10 && transport_ != Transport::wanted && client_->next_deadline(); ++i) {
        advance(std::max(until_deadline(), Duration{0}));
    }
    open(where);
    Packet packet = take(PacketType::connect, where);
    finish_connecting(answer, true, where);
    return packet;
}

void Bench::subscribed(std::string_view filter, Qos qos, Where where) {
    const OperationId id = subscribe({Subscription{.topic_filter = filter, .qos = qos}}, {}, where);
    const Packet packet = take(PacketType::subscribe, where);
    const auto granted = static_cast<ReasonCode>(qos);
    reply(suback(packet.id, {granted}), where);
    expect_event(seen::Completed{.id = id, .reason = granted, .reason_codes = {granted}}, where);
}

// --- The application -------------------------------------------------------------------------------

void Bench::start(Where where) {
    const Errc error = client_->start(now_);
    if (error != Errc::none) fail_at(where, "start: " + std::string{describe(error)});
    settle();
}

void Bench::stop(ReasonCode reason) {
    client_->stop(now_, reason);
    settle();
}

namespace {

OperationId accepted(const Result<OperationId>& result, Where where) {
    if (result) return *result;
    fail_at(where, "the call was refused: " + std::string{describe(result.error())});
    return {};
}

}  // namespace

OperationId Bench::publish(std::string_view topic, std::string_view payload, Qos qos, Where where) {
    return publish(topic, payload, PublishOptions{.qos = qos}, where);
}

OperationId Bench::publish(std::string_view topic, std::string_view payload, const PublishOptions& options,
                           Where where) {
    const OperationId id = accepted(client_->publish(topic, bytes_of(payload), options, now_), where);
    settle();
    return id;
}

OperationId Bench::subscribe(std::initializer_list<Subscription> subscriptions, Bytes properties, Where where) {
    const OperationId id =
        accepted(client_->subscribe({subscriptions.begin(), subscriptions.size()}, properties, now_), where);
    settle();
    return id;
}

OperationId Bench::unsubscribe(std::initializer_list<std::string_view> filters, Where where) {
    const OperationId id = accepted(client_->unsubscribe({filters.begin(), filters.size()}, {}, now_), where);
    settle();
    return id;
}

void Bench::cancel(OperationId id) {
    client_->cancel(id);
    settle();
}

Errc Bench::try_publish(std::string_view topic, std::string_view payload, const PublishOptions& options) {
    const Errc error = client_->publish(topic, bytes_of(payload), options, now_).error();
    settle();
    return error;
}

Errc Bench::try_subscribe(std::initializer_list<Subscription> subscriptions, Bytes properties) {
    const Errc error = client_->subscribe({subscriptions.begin(), subscriptions.size()}, properties, now_).error();
    settle();
    return error;
}

Errc Bench::try_unsubscribe(std::initializer_list<std::string_view> filters, Bytes properties) {
    const Errc error = client_->unsubscribe({filters.begin(), filters.size()}, properties, now_).error();
    settle();
    return error;
}

void Bench::wake_up() {
    client_->handle_wake_up(now_);
    settle();
}

void Bench::replace_connection() {
    client_->reconnect(now_);
    settle();
}

void Bench::provide_credentials(Credentials credentials) {
    client_->provide_credentials(std::move(credentials), now_);
    settle();
}

void Bench::fail_credentials() {
    client_->fail_credentials(now_);
    settle();
}

Errc Bench::authenticate(std::string_view data) {
    const Errc error = client_->authenticate(bytes_of(data), now_);
    settle();
    return error;
}

void Bench::fail_authentication() {
    client_->fail_authentication(now_);
    settle();
}

Errc Bench::reauthenticate(std::string_view data) {
    const Errc error = client_->reauthenticate(bytes_of(data), now_);
    settle();
    return error;
}

}  // namespace wsmq::test
