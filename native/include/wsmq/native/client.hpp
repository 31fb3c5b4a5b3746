// The MQTT client for services and tools: the engine, a driver and transports in one, with Asio's completion tokens
// (callbacks, use_future, use_awaitable, deferred).
//
//     boost::asio::io_context io;
//     wsmq::native::Client client{io.get_executor(), "mqtt://localhost"};
//     client.async_connect(boost::asio::detached);
//     client.async_subscribe({"lab/#"}, [](const wsmq::Message& message) { ... }, boost::asio::detached);
//     client.async_publish("lab/1", "21.5", {.qos = wsmq::Qos::at_least_once}, boost::asio::detached);
//     io.run();
//
// Threads: every call and every handler on the executor, which is a strand where several threads run its context. Other
// threads use Publisher.
// Errors: boost::system::error_code of Errc, ReasonCode, TransportError, AttachError or Asio. Every operation can
// also end with
// - Errc::stopped: the client was stopped, by async_disconnect() or because the connection ended for good;
// - boost::asio::error::operation_aborted: the client was destroyed.
// Cancellation: per operation, by cancel_with() or (Boost 1.77 and later) the token's cancellation slot, of every
// cancellation type. It has no effect on an operation that has ended.
// Lifetime: a handler may destroy the client. A client is neither copied nor moved. Arguments are borrowed until the
// operation is initiated: within `co_await client.async_publish(...)` temporaries are safe; the arguments of a lazy
// token that is kept for later must live until then.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/client.hpp"
#include "wsmq/export.hpp"
#include "wsmq/native/attach_error.hpp"
#include "wsmq/native/client_options.hpp"
#include "wsmq/native/completion.hpp"
#include "wsmq/native/error_code.hpp"
#include "wsmq/native/message.hpp"
#include "wsmq/native/publisher.hpp"
#include "wsmq/native/results.hpp"

namespace wsmq::native {

class Attachment;

class WSMQ_EXPORT Client {
public:
    /// The view is valid during the call.
    using MessageHandler = std::function<void(const wsmq::Message&)>;
    using executor_type = boost::asio::any_io_executor;

    /// Invalid URLs and options are reported by async_connect().
    Client(executor_type executor, const std::string& url, ClientOptions options = {});
    /// Each broker in turn.
    Client(executor_type executor, const std::vector<std::string>& urls, ClientOptions options = {});
    /// Drops the connection without DISCONNECT; async_disconnect() ends it in order. What is attached to the client
    /// ends with it.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] executor_type get_executor() const noexcept;

    // --- The connection --------------------------------------------------------------------
    /// Connects, and reconnects until async_disconnect(). Ends with the first connection, or when no further attempt is
    /// made. Publish and subscribe without waiting for it. With a Service, Webapp or Device attached, it joins as well.
    /// Completion: void(ErrorCode, ConnectAnswer).
    /// Errors: Errc::invalid_argument (a URL or an option is invalid; ConnectAnswer::detail names it); an Errc of what
    /// cannot be encoded; a ReasonCode (CONNACK, or DISCONNECT); TransportError; Errc::connect_timed_out,
    /// credentials_failed, authentication_failed, taken_over; AttachError or messaging::Error of what is attached.
    /// Cancellation: unless connected, stops the client; Errc::stopped.
    template <class Token> auto async_connect(Token&& token) {
        return detail::initiate<ConnectAnswer>(
            *this, [](Client& client, auto done) { client.begin_connect(std::move(done)); }, token);
    }
    /// Sends DISCONNECT and closes the connection; ends when everything is sent. Unfinished operations end with
    /// Errc::stopped; a session that lasts keeps their messages. With a Service, Webapp or Device attached, it is their
    /// async_leave(), unless `reason` is another than success.
    /// Completion: void(ErrorCode). Errors: none of its own. Cancellation: none.
    template <class Token> auto async_disconnect(Token&& token) {
        return async_disconnect(ReasonCode::success, std::forward<Token>(token));
    }
    template <class Token> auto async_disconnect(ReasonCode reason, Token&& token) {
        return detail::initiate<>(
            *this, [reason](Client& client, auto done) { client.begin_disconnect(reason, std::move(done)); }, token);
    }
    /// The network is back or the machine woke up: reconnects, or probes the connection, at once.
    void wake_up();
    /// Replaces the connection by a new one, for credentials that have changed: asks for them, resumes the session,
    /// loses no message. See wsmq::Client::reconnect(). on_disconnected() tells of it without an error.
    void reconnect();

    // --- Publishing ------------------------------------------------------------------------
    /// Ends when the QoS is satisfied; at QoS 0 when the message is encoded, so that awaiting it is backpressure.
    /// Completion: void(ErrorCode, Answer).
    /// Errors: Errc::invalid_topic, invalid_utf8, invalid_character, invalid_property, invalid_argument, not_supported,
    /// packet_too_large (nothing is sent); not_started; not_connected, queue_full (PublishOptions::when_blocked);
    /// packet_identifiers_exhausted; expired; session_lost; broker_closed; a ReasonCode (PUBACK, PUBREC or PUBCOMP).
    /// Cancellation: Errc::cancelled. A message that was sent already is not recalled: its exchange goes on unreported.
    template <class Token>
    auto async_publish(std::string_view topic, Payload payload, const PublishOptions& options, Token&& token) {
        return detail::initiate<Answer>(
            *this,
            [](Client& client, auto done, std::string_view name, Payload bytes, const PublishOptions& how) {
                client.begin_publish(name, bytes, how, std::move(done));
            },
            token, topic, payload, options);
    }
    /// The cheapest way: nothing reports the end. The identifier is for cancel(). Errors: as async_publish(), those of
    /// the call.
    Result<OperationId> publish(std::string_view topic, Payload payload, const PublishOptions& options = {});
    /// A handle for other threads.
    [[nodiscard]] Publisher publisher() const;

    // --- Subscribing -----------------------------------------------------------------------
    /// Messages go to async_receive(). Renewed after a reconnection where the broker lost the session.
    /// Completion: void(ErrorCode, Answer).
    /// Errors: Errc::invalid_topic, invalid_utf8, invalid_character, invalid_property, invalid_argument, not_supported,
    /// packet_too_large (nothing is sent); not_started, queue_full, packet_identifiers_exhausted, session_lost,
    /// broker_closed; a ReasonCode (the first failure of SUBACK).
    /// Cancellation: Errc::cancelled. A SUBSCRIBE that was sent stays in effect.
    template <class Token> auto async_subscribe(const Subscription& subscription, Token&& token) {
        return async_subscribe(subscription, MessageHandler{}, std::forward<Token>(token));
    }
    /// As above, with a handler that gets the messages instead of async_receive(). Where filters overlap, each handler
    /// gets a message once if the broker has Subscription Identifiers (MQTT 5; assigned from 1000 on unless the
    /// properties have one); otherwise each handler that matches gets each copy that the broker sends.
    template <class Token>
    auto async_subscribe(const Subscription& subscription, MessageHandler handler, Token&& token) {
        return detail::initiate<Answer>(
            *this,
            [](Client& client, auto done, const Subscription& what, MessageHandler&& to) {
                client.begin_subscribe({&what, 1}, {}, std::move(to), std::move(done));
            },
            token, subscription, std::move(handler));
    }
    /// As above, with several filters in one SUBSCRIBE; Answer has a reason code for each. They share one Subscription
    /// Identifier. `encoded_properties`: from PropertyWriter.
    template <class Token>
    auto async_subscribe(std::span<const Subscription> subscriptions, Bytes encoded_properties, MessageHandler handler,
                         Token&& token) {
        return detail::initiate<Answer>(
            *this,
            [](Client& client, auto done, std::span<const Subscription> what, Bytes properties, MessageHandler&& to) {
                client.begin_subscribe(what, properties, std::move(to), std::move(done));
            },
            token, subscriptions, encoded_properties, std::move(handler));
    }
    /// Removes the filter's handlers once the broker has acknowledged.
    /// Completion: void(ErrorCode, Answer). Errors: as async_subscribe(), with the reason code of UNSUBACK.
    /// Cancellation: as async_subscribe().
    template <class Token> auto async_unsubscribe(std::string_view topic_filter, Token&& token) {
        return detail::initiate<Answer>(
            *this,
            [](Client& client, auto done, std::string_view filter) {
                client.begin_unsubscribe(filter, std::move(done));
            },
            token, topic_filter);
    }

    // --- Receiving -------------------------------------------------------------------------
    /// The next message without a handler. While too many wait (ClientOptions), nothing is read from the broker.
    /// Completion: void(ErrorCode, Message).
    /// Errors: once no message waits, the error with which the connection ended for good; Errc::stopped where it was
    /// ended by async_disconnect().
    /// Cancellation: Errc::cancelled; no message is lost.
    template <class Token> auto async_receive(Token&& token) {
        return detail::initiate<Message>(
            *this, [](Client& client, auto done) { client.begin_receive(std::move(done)); }, token);
    }
    /// A message that is waiting, if any.
    std::optional<Message> try_receive();
    /// A handler without a SUBSCRIBE: for the messages of a resumed session. Set it before async_connect().
    void on_message(std::string_view topic_filter, MessageHandler handler);
    /// Gets the messages without a handler, instead of async_receive().
    void on_message(MessageHandler handler);
    /// Messages that were discarded: no handler matched, and async_receive() was never called.
    [[nodiscard]] std::uint64_t unclaimed_messages() const noexcept;

    /// Cancels an operation of publish(), as cancellation of async_publish() does.
    void cancel(OperationId);

    // --- Events ----------------------------------------------------------------------------
    // Each call replaces the handler. Views in the arguments are valid during the call of the handler.
    void on_connected(std::function<void(const Connected&)>);
    void on_disconnected(std::function<void(const Disconnection&)>);
    /// The broker refused to renew a subscription; its handlers are removed.
    void on_subscription_lost(std::function<void(const SubscriptionLost&)>);
    /// The queue is empty again after a publish was refused or had to wait.
    void on_queue_drained(std::function<void()>);
    /// The store failed to keep a record, or works again (no error).
    void on_store_state(std::function<void(ErrorCode)>);
    /// Enhanced authentication (MQTT 5.0, 4.12): answer with authenticate() or fail_authentication(). Without a handler
    /// the attempt fails. authenticate() and reauthenticate() return Errc::not_supported where no exchange is possible.
    void on_authentication(std::function<void(const Authentication&)>);
    [[nodiscard]] Errc authenticate(Bytes data);
    void fail_authentication();
    [[nodiscard]] Errc reauthenticate(Bytes data);

    // --- State -----------------------------------------------------------------------------
    [[nodiscard]] bool is_started() const noexcept;
    [[nodiscard]] bool is_connected() const noexcept;
    [[nodiscard]] const Negotiated& negotiated() const noexcept;
    /// As configured, or as assigned by the broker.
    [[nodiscard]] std::string_view client_id() const noexcept;
    /// QoS 1 and 2 messages in flight, and everything in the queue; their size in bytes.
    [[nodiscard]] std::size_t unfinished_messages() const noexcept;
    [[nodiscard]] std::size_t unfinished_bytes() const noexcept;
    /// Messages waiting for async_receive().
    [[nodiscard]] std::size_t waiting_messages() const noexcept;
    /// Of all connections of this client so far.
    [[nodiscard]] Traffic traffic() const noexcept;

    class WSMQ_HIDDEN Impl;

private:
    friend class Attachment;  // of a layer
    void begin_connect(AnyCompletion<ConnectAnswer>);
    void begin_disconnect(ReasonCode, AnyCompletion<>);
    void begin_publish(std::string_view topic, Payload, const PublishOptions&, AnyCompletion<Answer>);
    void begin_subscribe(std::span<const Subscription>, Bytes properties, MessageHandler, AnyCompletion<Answer>);
    void begin_unsubscribe(std::string_view filter, AnyCompletion<Answer>);
    void begin_receive(AnyCompletion<Message>);

    std::shared_ptr<Impl> impl_;
};

}  // namespace wsmq::native
