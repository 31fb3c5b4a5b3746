// The life of the connection: attempts, timeouts, its end.
#include "client/impl.hpp"
#include "wsmq/property.hpp"

namespace wsmq {

using client::Phase;
using client::Step;

Client::Impl::Impl(ConnectOptions options)
    : context{std::move(options)},
      publisher{context},
      subscriber{context},
      received{context.options.store},
      reconnector{context.options.reconnect, context.options.host_count, context.options.random_seed},
      poison_detector{context.options.random_seed + 1},
      client_id{context.options.client_id} {
    if (!context.options.store) return;
    struct Restore final : Store::Visitor {
        Impl& impl;
        explicit Restore(Impl& owner) : impl{owner} {}
        void visit(StoreKey key, Bytes record, Duration age) override {
            if (key.kind == StoreKind::outgoing) {
                impl.publisher.messages().restore(key.number, record, age);
            } else if (key.kind == StoreKind::received) {
                impl.received.restore(key.number);
            }
        }
    } restore{*this};
    context.options.store->for_each(restore);
}

Errc Client::Impl::start() {
    if (context.is_started()) return Errc::none;
    if (const auto error = client::validate(context.options); error != Errc::none) return error;
    continuity.started();
    refusals.clear();
    credentials = context.options.credentials;
    publisher.handle_started();
    reconnector.start();
    begin_attempt();
    return Errc::none;
}

void Client::Impl::stop(ReasonCode reason) {
    if (!context.is_started()) return;
    if (context.phase == Phase::connected) {
        codec::encode_disconnect(context.output.buffer(), {reason, {}}, context.version());
    }
    close({.retry = client::Retry::never});
}

void Client::Impl::reconnect() {
    // For the acknowledgements, so that nothing is sent twice.
    constexpr Duration longest_wait{5'000};
    switch (context.phase) {
        case Phase::idle: return;
        case Phase::waiting: return begin_attempt();
        case Phase::asking:
        case Phase::opening:
        case Phase::handshaking: is_outdated = true; return;
        case Phase::connected: break;
    }
    if (replace_by) return;
    replace_by = context.now + longest_wait;
    context.output.hold(true);
    replace_when_quiet();
}

void Client::Impl::replace_when_quiet() {
    const bool waits = !poison_detector.is_isolating() && (subscriber.oldest_sent() || publisher.oldest_sent());
    if (waits && context.now < *replace_by) return;
    codec::encode_disconnect(context.output.buffer(), {ReasonCode::success, {}}, context.version());
    close({.retry = client::Retry::at_once});
}

Errc Client::Impl::rename(std::string id, std::optional<Will> will) {
    auto renamed = context.options;
    renamed.client_id = std::move(id);
    renamed.will = std::move(will);
    if (const auto error = client::validate(renamed); error != Errc::none) return error;
    // No DISCONNECT: the last will of the former identifier is to be published, unless another client has it now.
    if (is_receiving()) close({.why = Errc::session_lost});
    context.options = std::move(renamed);
    client_id = context.options.client_id;
    continuity.renamed();
    publisher.give_up_all(Errc::session_lost, false);
    received.clear();
    return Errc::none;
}

void Client::Impl::begin_attempt() {
    is_outdated = false;
    if (!context.options.ask_credentials) return open_transport();
    if (!step(Step::ask)) return;
    begin_phase();
    context.events.push(CredentialsRequested{});
}

void Client::Impl::provide_credentials(Credentials&& given) {
    if (context.phase != Phase::asking) return;
    if (client::validate(given, context.version()) != Errc::none) {
        return ended({.why = Errc::credentials_failed});
    }
    credentials = std::move(given);
    open_transport();
}

void Client::Impl::open_transport() {
    if (!step(Step::open)) return;
    begin_phase();
    context.events.push(OpenTransport{reconnector.host(), reconnector.attempt()});
}

void Client::Impl::transport_opened() {
    if (!step(Step::transport_opened)) return;
    inbound.reset();
    context.output.clear();
    context.output.set_backlog(0);
    context.options.authentication_method.empty() ? authentication.end() : authentication.begin();
    client::write_connect(context.output.buffer(), context.options,
                          {client_id, credentials, continuity.asks_for_clean_start(context.options)});
}

void Client::Impl::begin_phase() {
    phase_deadline = context.now + context.options.connect_timeout;
    grace_given = false;
}

bool Client::Impl::is_phase_over() {
    if (context.now < phase_deadline) return false;
    const bool was_held_back = context.now - phase_deadline > client::KeepAlive::held_back;
    if (!was_held_back || std::exchange(grace_given, true)) return true;
    phase_deadline = context.now + client::KeepAlive::probe_answer;
    return false;
}

void Client::Impl::handle_timeout() {
    publisher.drop_expired();
    switch (context.phase) {
        case Phase::idle: return;
        case Phase::waiting:
            if (context.now >= phase_deadline) begin_attempt();
            return;
        case Phase::asking:
            if (is_phase_over()) ended({.why = Errc::credentials_failed});
            return;
        case Phase::opening:
        case Phase::handshaking:
            if (is_phase_over()) close({.why = Errc::connect_timed_out});
            return;
        case Phase::connected: break;
    }
    if (replace_by && context.now >= *replace_by) return replace_when_quiet();
    subscriber.handle_timeout();
    isolate();
    switch (keep_alive.poll(context.now)) {
        case client::KeepAlive::Action::none: return;
        case client::KeepAlive::Action::send_ping: send_ping(); return keep_alive.ping_sent(context.now);
        case client::KeepAlive::Action::give_up:
            // No DISCONNECT: the broker does not answer, and the last will is to be published.
            return close({.why = Errc::keep_alive_timed_out});
    }
}

void Client::Impl::handle_wake_up() {
    if (context.phase == Phase::waiting) return begin_attempt();
    if (context.phase != Phase::connected) return;
    if (!keep_alive.is_answer_due()) send_ping();
    keep_alive.probe_sent(context.now);
}

void Client::Impl::send_ping() {
    codec::encode_pingreq(context.output.buffer());
    keep_alive.sent(context.now);
}

void Client::Impl::give_up(Errc why) { give_up(why, client::disconnect_reason(why)); }

void Client::Impl::give_up(Errc why, ReasonCode reason) {
    if (context.phase == Phase::connected && context.version() == Version::v5) {
        codec::encode_disconnect(context.output.buffer(), {reason, {}}, context.version());
    }
    close({.why = why});
}

void Client::Impl::close(const Ending& ending) {
    if (context.phase == Phase::opening || is_receiving()) context.events.push(CloseTransport{});
    ended(ending);
}

void Client::Impl::ended(const Ending& ending) {
    if (context.phase == Phase::idle) return;
    const bool was_connected = context.phase == Phase::connected;
    if (context.phase == Phase::handshaking) continuity.handshake_failed(ending.why == Errc::connection_refused);
    inbound.reset();
    replace_by.reset();
    const auto of_connection = was_connected ? std::optional{connection_lost(ending)} : std::nullopt;
    bool reconnecting = false;
    const auto delay = schedule_next(of_connection, ending, reconnecting);
    const auto reason_string = PropertyView{ending.properties}.text(PropertyId::reason_string);
    const bool lacks_reason = of_connection == client::Reconnector::End::without_reason;
    const auto why = lacks_reason && reconnector.looks_taken_over() ? Errc::taken_over : ending.why;
    context.events.push(Disconnected{why, ending.reason, reason_string.value_or(""), was_connected, reconnecting, delay,
                                     ending.properties});
    if (!reconnecting) {
        step(Step::end);
        publisher.give_up_all(Errc::stopped, session_lasts());
        subscriber.handle_stopped(session_lasts());
        if (!session_lasts()) received.clear();
        return;
    }
    if (context.phase != Phase::waiting) step(Step::retry);
    phase_deadline = context.now + delay;
    if (delay == Duration::zero()) begin_attempt();
}

client::Reconnector::End Client::Impl::connection_lost(const Ending& ending) {
    using End = client::Reconnector::End;
    const auto of_subscriber = subscriber.oldest_sent();
    const auto oldest = of_subscriber ? of_subscriber : publisher.oldest_sent();
    const bool has_reason = ending.why == Errc::disconnected_by_broker;
    const bool by_peer = has_reason || ending.why == Errc::transport_closed || ending.why == Errc::transport_failed;
    publisher.handle_connection_lost();
    subscriber.handle_connection_lost();
    if (poison_detector.ended({by_peer, ending.reason, oldest}, context.now)) {
        if (of_subscriber) {
            subscriber.give_up(oldest, ending.reason, ending.properties);
        } else {
            publisher.give_up(oldest, ending.reason, ending.properties);
        }
    }
    if (!by_peer) return client::breaks_protocol(ending.why) ? End::with_reason : End::ours;
    if (oldest || poison_detector.is_isolating()) return End::busy;
    return has_reason && is_failure(ending.reason) ? End::with_reason : End::without_reason;
}

void Client::Impl::isolate() {
    if (!context.is_connected() || !poison_detector.is_isolating()) return;
    while (!subscriber.oldest_sent() && !publisher.oldest_sent()) {
        const auto of_subscriber = subscriber.oldest_resent();
        const auto oldest = of_subscriber ? of_subscriber : publisher.oldest_resent();
        if (!oldest) {
            poison_detector.clear();
            context.output.hold(false);
            subscriber.send_unsent();
            return publisher.pump();
        }
        switch (poison_detector.next(oldest, context.now)) {
            case client::PoisonDetector::Step::wait: return;
            case client::PoisonDetector::Step::ping: send_ping(); return keep_alive.ping_sent(context.now);
            case client::PoisonDetector::Step::send: break;
        }
        poison_detector.sent(context.now);
        if (of_subscriber) {
            subscriber.send_alone(oldest);
        } else {
            publisher.send_alone(oldest);
        }
    }
}

Duration Client::Impl::schedule_next(std::optional<client::Reconnector::End> of_connection, const Ending& ending,
                                     bool& reconnecting) {
    reconnecting = ending.retry == client::Retry::at_once;
    if (reconnecting) of_connection ? reconnector.connection_replaced() : reconnector.attempt_again();
    if (ending.retry != client::Retry::by_policy) return Duration::zero();
    const auto& policy = context.options.reconnect;
    if (of_connection) {
        const auto lasted = std::chrono::duration_cast<Duration>(context.now - connected_since);
        reconnecting = policy.enabled;
        const auto delay = reconnector.connection_lost(lasted, *of_connection);
        // It was gone when the page or the machine woke up, and the user is waiting.
        return reconnecting && !keep_alive.is_probing() ? delay : Duration::zero();
    }
    const auto delay = reconnector.attempt_failed(context.phase == Phase::handshaking);
    const bool tries_for_ever = policy.enabled && (continuity.was_connected() || policy.retry_first_connection);
    // The first connection is tried once at each host.
    reconnecting = tries_for_ever || !reconnector.round_is_over();
    return reconnecting ? delay : Duration::zero();
}

bool Client::Impl::step(Step taken) {
    const auto next = client::next_phase(context.phase, taken);
    if (next) context.phase = *next;
    return next.has_value();
}

bool Client::Impl::session_lasts() const noexcept {
    const auto& options = context.options;
    return !options.clean_start && (options.version != Version::v5 || options.session_expiry_interval != 0);
}

std::optional<TimePoint> Client::Impl::next_deadline() const noexcept {
    // Events that came after the last drain, for example because take_output() completed a message.
    if (!context.events.empty() || publisher.can_pump()) return context.now;
    if (context.phase == Phase::idle) return std::nullopt;
    const auto earlier = [](std::optional<TimePoint> one, std::optional<TimePoint> other) {
        return one && other ? std::min(*one, *other) : one ? one : other;
    };
    const auto expiry = publisher.expiry_deadline();
    if (context.phase != Phase::connected) return earlier(phase_deadline, expiry);
    const auto of_connection = earlier(earlier(keep_alive.deadline(), replace_by), poison_detector.deadline());
    return earlier(of_connection, earlier(subscriber.deadline(), expiry));
}

}  // namespace wsmq
