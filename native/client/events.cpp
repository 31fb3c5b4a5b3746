// Dispatches the engine's events to operations and handlers. A handler may destroy the client: Impl outlives
// the dispatch of events, and code behind the call of a handler must hold for a destroyed client as well.
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "client/engine_options.hpp"
#include "client/impl.hpp"

namespace wsmq::native {

namespace {

std::vector<std::uint8_t> copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

template <class... Handlers> struct Overloaded : Handlers... { using Handlers::operator()...; };
template <class... Handlers> Overloaded(Handlers...) -> Overloaded<Handlers...>;  // for Clang before 17

}  // namespace

void Client::Impl::handle(Event& event) {
    if (log) log->event(event);
    if (layer && layer->take_event(event)) return;
    std::visit(Overloaded{
                   [this](const wsmq::Message& message) { handle(message); },
                   [this](const Completed& completed) { handle(completed); },
                   [this](const Failed& failed) { handle(failed); },
                   [this](const Connected& connected) { handle(connected); },
                   [this](const Disconnected& disconnected) { handle(disconnected); },
                   [this](const wsmq::SubscriptionLost& lost) { handle(lost); },
                   [this](const Authentication& authentication) { handle(authentication); },
                   [this](const CredentialsRequested&) { handle_credentials_requested(); },
                   [this](const QueueDrained&) { handle_queue_drained(); },
                   [](const NeedInput&) {},
                   [](const OpenTransport&) {},
                   [](const CloseTransport&) {},
               },
               event);
}

void Client::Impl::handle(const wsmq::Message& message) {
    if (router.dispatch(message)) return;
    if (other_messages) return other_messages(message);
    if (auto done = inbox.take_receiver()) return done->complete({}, Message{message});
    if (!receives) {
        ++unclaimed;
        return;
    }
    inbox.add(message);
    update_hold();
}

void Client::Impl::handle(const Completed& completed) {
    const auto found = operations.find(completed.id);
    if (found == operations.end()) return;
    Answer answer{completed.reason, {}, copy(completed.encoded_properties)};
    for (const auto code : completed.reason_codes) answer.reason_codes.push_back(static_cast<ReasonCode>(code));
    finish(completed.id, completed.reason, std::move(answer));
}

void Client::Impl::handle(const Failed& failed) { finish(failed.id, failed.error, {}); }

void Client::Impl::finish(OperationId id, ErrorCode error, Answer answer) {
    auto node = operations.extract(id);
    if (node.empty()) return;
    auto& operation = node.mapped();
    for (std::size_t i = 0; i < operation.routes.size(); ++i) {
        const bool refused = i < answer.reason_codes.size() ? is_failure(answer.reason_codes[i]) : bool{error};
        if (refused) {
            forget(*operation.routes[i]);
        } else {
            router.granted(*operation.routes[i]);
        }
    }
    if (!operation.filter.empty() && !error) forget(operation.filter);
    operation.done->complete(error, std::move(answer));
}

void Client::Impl::forget(Router::Route& route) {
    router.remove(route);
    collect_later();
}

void Client::Impl::forget(std::string_view filter) {
    router.remove(filter);
    collect_later();
}

void Client::Impl::collect_later() {
    boost::asio::post(executor, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->router.collect();
    });
}

void Client::Impl::handle(const Connected& connected) {
    transport_failure = {};
    if (!connected.session_present) router.handle_new_session();
    update_hold();
    auto waiting = std::exchange(connecting, {});
    const ConnectAnswer answer{connected.session_present, ReasonCode::success, copy(connected.encoded_properties), {}};
    if (on_connected) on_connected(connected);
    for (auto& done : waiting) done->complete({}, answer);
}

void Client::Impl::handle(const Disconnected& disconnected) {
    auto end = transport_failure.explain(disconnected);
    ++credentials_number;
    driver->hold_input(false);
    if (!end.reconnecting && !end.error) end.error = std::exchange(stop_cause, {});
    if (log) log->disconnected(end);
    if (end.reconnecting) {
        if (on_disconnected) on_disconnected(end);
        return;
    }
    end_for_good(end);
}

void Client::Impl::end_for_good(const Disconnection& end) {
    for (auto& done : std::exchange(disconnecting, {})) closing.push_back(std::move(done));
    if (!engine().is_started()) {
        end_error = end.error ? end.error : ErrorCode{Errc::stopped};
        auto waiting = std::exchange(connecting, {});
        const ConnectAnswer answer{false, end.reason, copy(end.encoded_properties), end.detail, end.cause};
        for (auto& done : waiting) done->complete_later(end_error, answer);
        for (auto& message : handover->close()) fail(message.done, Errc::stopped);
        while (auto done = inbox.take_receiver()) done->complete_later(end_error, {});
        if (layer) layer->handle_end(end);
    }
    if (!driver->is_closing()) handle_closed();
    if (on_disconnected) on_disconnected(end);
}

void Client::Impl::handle_closed() {
    for (auto& done : std::exchange(closing, {})) done->complete_later({});
}

void Client::Impl::handle(const wsmq::SubscriptionLost& lost) {
    forget(lost.topic_filter);
    if (on_subscription_lost) on_subscription_lost(lost);
}

void Client::Impl::handle(const Authentication& authentication) {
    if (on_authentication) return on_authentication(authentication);
    if (authentication.reason == ReasonCode::continue_authentication) engine().fail_authentication(now());
}

void Client::Impl::handle_credentials_requested() {
    ask_credentials(options, executor,
                    [weak = weak_from_this(), number = ++credentials_number](std::optional<Credentials> given) {
                        const auto self = weak.lock();
                        if (!self || self->is_gone || self->credentials_number != number) return;
                        if (given) {
                            self->engine().provide_credentials(std::move(*given), self->now());
                        } else {
                            self->engine().fail_credentials(self->now());
                        }
                        self->driver->flush_soon();
                    });
}

void Client::Impl::handle_queue_drained() {
    take_handover();
    if (on_queue_drained) on_queue_drained();
}

}  // namespace wsmq::native
