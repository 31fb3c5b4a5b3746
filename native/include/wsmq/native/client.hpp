// The MQTT client for services and tools: the engine, a driver and transports in one, with Asio's
// completion tokens: callbacks, use_future, use_awaitable, deferred ones.
//
//     boost::asio::io_context io;
//     wsmq::native::Client client{io.get_executor(), "mqtt://localhost"};
//     client.async_connect(boost::asio::detached);
//     client.async_subscribe({"lab/#"}, [](const wsmq::Message& message) { ... }, boost::asio::detached);
//     client.async_publish("lab/1", "21.5", {.qos = wsmq::Qos::at_least_once}, boost::asio::detached);
//     io.run();
//
// Threads: a client belongs to its executor, which is a strand where several threads run its
// context. Every call and every handler runs there; Publisher alone is for other threads.
// Errors: boost::system::error_code, of Errc, ReasonCode, TransportError or Asio itself. Where a
// handler gets an Answer beside its error, it holds the broker's own words. An operation whose
// client is destroyed ends with boost::asio::error::operation_aborted.
// Lifetime: a handler may destroy the client, which does not move. Arguments are borrowed until the operation begins:
// within `co_await client.async_publish(...)` temporaries are safe, and a lazy token that is kept
// for later needs what it was given to live until then.
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

    /// URLs that cannot be read, and options that cannot be used, are found by async_connect().
    Client(executor_type executor, const std::string& url, ClientOptions options = {});
    /// Each broker in its turn.
    Client(executor_type executor, const std::vector<std::string>& urls, ClientOptions options = {});
    /// Drops the connection as it is; async_disconnect() ends it in order. Operations end with
    /// operation_aborted.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    [[nodiscard]] executor_type get_executor() const noexcept;

    // --- The connection --------------------------------------------------------------------
    /// Connects, and keeps connected until async_disconnect(). void(ErrorCode, ConnectAnswer): ends
    /// with the first connection, or when no attempt follows any more. Nothing else waits for it:
    /// publish and subscribe at once.
    template <class Token> auto async_connect(Token&& token) {
        return detail::initiate<ConnectAnswer>(
            *this, [](Client& client, auto done) { client.begin_connect(std::move(done)); }, token);
    }
    /// Sends DISCONNECT and closes the connection. void(ErrorCode): ends when everything is sent.
    /// Unfinished operations end with Errc::stopped; a session that lasts keeps their messages.
    template <class Token> auto async_disconnect(Token&& token) {
        return async_disconnect(ReasonCode::success, std::forward<Token>(token));
    }
    template <class Token> auto async_disconnect(ReasonCode reason, Token&& token) {
        return detail::initiate<>(
            *this, [reason](Client& client, auto done) { client.begin_disconnect(reason, std::move(done)); }, token);
    }
    /// The network came back or the machine woke up: reconnects, or probes the connection, now.
    void wake_up();

    // --- Publishing ------------------------------------------------------------------------
    /// void(ErrorCode, Answer): ends when the QoS is satisfied, and at QoS 0 when the message was
    /// encoded, so that who waits for it is held back by a slow broker. A ReasonCode is its error
    /// where the broker refused the message.
    template <class Token>
    auto async_publish(std::string_view topic, Payload payload, const PublishOptions& options, Token&& token) {
        return detail::initiate<Answer>(
            *this,
            [](Client& client, auto done, std::string_view name, Payload bytes, const PublishOptions& how) {
                client.begin_publish(name, bytes, how, std::move(done));
            },
            token, topic, payload, options);
    }
    /// Without waiting for the end, which is the cheapest way. The identifier is for cancel().
    Result<OperationId> publish(std::string_view topic, Payload payload, const PublishOptions& options = {});
    /// For other threads.
    [[nodiscard]] Publisher publisher() const;

    // --- Subscribing -----------------------------------------------------------------------
    /// void(ErrorCode, Answer). Messages go to async_receive(). Renewed after a reconnection where
    /// the broker lost the session. `encoded_properties`: from PropertyWriter.
    template <class Token> auto async_subscribe(const Subscription& subscription, Token&& token) {
        return async_subscribe(subscription, MessageHandler{}, std::forward<Token>(token));
    }
    /// Messages that match the filter go to `handler` instead of async_receive(). Where filters
    /// overlap, each handler hears a message once, by its own subscription, with MQTT 5 and a broker
    /// that has subscription identifiers (ours, from 1000 on, where the properties have none); else
    /// each that matches hears each copy that the broker sends.
    template <class Token>
    auto async_subscribe(const Subscription& subscription, MessageHandler handler, Token&& token) {
        return detail::initiate<Answer>(
            *this,
            [](Client& client, auto done, const Subscription& what, MessageHandler&& to) {
                client.begin_subscribe({&what, 1}, {}, std::move(to), std::move(done));
            },
            token, subscription, std::move(handler));
    }
    /// Several filters at once; the answer has a reason code for each. They have one identifier,
    /// so that the handler hears each copy where they overlap.
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
    /// void(ErrorCode, Answer). The filter's handlers are forgotten.
    template <class Token> auto async_unsubscribe(std::string_view topic_filter, Token&& token) {
        return detail::initiate<Answer>(
            *this,
            [](Client& client, auto done, std::string_view filter) {
                client.begin_unsubscribe(filter, std::move(done));
            },
            token, topic_filter);
    }

    // --- Receiving -------------------------------------------------------------------------
    /// void(ErrorCode, Message): the next message that no handler took. While too many wait
    /// (ClientOptions), nothing is read from the broker. Ends with why the connection ended for
    /// good once nothing waits any more.
    template <class Token> auto async_receive(Token&& token) {
        return detail::initiate<Message>(
            *this, [](Client& client, auto done) { client.begin_receive(std::move(done)); }, token);
    }
    /// A message that waits already.
    std::optional<Message> try_receive();
    /// A handler without a subscription of its own: for the messages of a session that lasts, set
    /// before async_connect().
    void on_message(std::string_view topic_filter, MessageHandler handler);
    /// Takes what no other handler takes, in place of async_receive().
    void on_message(MessageHandler handler);
    /// Messages that nobody could take: no handler matched, and nobody ever received.
    [[nodiscard]] std::uint64_t unclaimed_messages() const noexcept;

    /// The operation ends with Errc::cancelled, unless it already ended. A message that was sent at
    /// least once is not called back: its exchange goes on unreported. See also cancel_with().
    void cancel(OperationId);

    // --- What happens ----------------------------------------------------------------------
    // Each replaces the one before. Views in what they are given are valid during the call.
    void on_connected(std::function<void(const Connected&)>);
    void on_disconnected(std::function<void(const Disconnection&)>);
    /// The broker refused to renew it; its handlers are forgotten.
    void on_subscription_lost(std::function<void(const SubscriptionLost&)>);
    /// Publish on: the queue emptied after a publish was refused, or had to wait.
    void on_queue_drained(std::function<void()>);
    /// The store could not keep what it was given, or can again (no error).
    void on_store_state(std::function<void(ErrorCode)>);
    /// Enhanced authentication (MQTT 5.0, 4.12): answer with authenticate() or fail_authentication().
    void on_authentication(std::function<void(const Authentication&)>);
    [[nodiscard]] Errc authenticate(Bytes data);
    void fail_authentication();
    [[nodiscard]] Errc reauthenticate(Bytes data);

    // --- State -----------------------------------------------------------------------------
    [[nodiscard]] bool is_started() const noexcept;
    [[nodiscard]] bool is_connected() const noexcept;
    [[nodiscard]] const Negotiated& negotiated() const noexcept;
    /// Ours, or the one that the broker assigned.
    [[nodiscard]] std::string_view client_id() const noexcept;
    /// QoS 1 and 2 messages whose exchange is not over, and whatever waits in the queue.
    [[nodiscard]] std::size_t unfinished_messages() const noexcept;
    [[nodiscard]] std::size_t unfinished_bytes() const noexcept;
    /// Messages that wait for async_receive().
    [[nodiscard]] std::size_t waiting_messages() const noexcept;

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
