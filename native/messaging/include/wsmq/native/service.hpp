// One instance of a service of the wire convention (docs/protocol.md), which answers webapps.
//
//     boost::asio::io_context io;
//     wsmq::native::Service orders{io, "mqtt://localhost", {.service = "orders"}};
//     orders.on("create", [](const wsmq::native::Request& request) -> nlohmann::json {
//         return {{"user", request.user()}, {"item", request.params().at("item")}};
//     });
//     return orders.run() ? 1 : 0;                             // until SIGINT or SIGTERM
//
// It is attached to a Client, its own or another's, which owns the connection: its options, store, events and
// backpressure are the client's. One client has one Service, Webapp or Device, because a connection has one last will
// and one session.
//
// Threads: as Client; any thread may answer a Request.
// Errors: codes of messaging::Error, AttachError, Errc, ReasonCode or TransportError. Where it is not attached, every
// call fails with an AttachError; where its options are invalid, with the error of async_join().
// Cancellation: as Client.
// Lifetime: a handler may destroy the service, and the client. It is neither copied nor moved. Open requests then end
// with Error::left, waiting operations with operation_aborted, and the connection is dropped without DISCONNECT, so
// that the broker publishes the last will; a client of another's then cannot connect any more
// (AttachError::layer_destroyed). Where the client is destroyed first, calls fail with AttachError::client_destroyed.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/export.hpp"
#include "wsmq/messaging/service.hpp"
#include "wsmq/native/client.hpp"
#include "wsmq/native/handler.hpp"
#include "wsmq/native/joining.hpp"
#include "wsmq/native/messaging_error.hpp"
#include "wsmq/native/metrics.hpp"

namespace wsmq::native {

class WSMQ_EXPORT Service {
public:
    using executor_type = boost::asio::any_io_executor;
    /// Defaults are made for `instance`, `random_seed` and `since`; on() adds to `methods`.
    using Options = messaging::Service::Options;
    static constexpr std::chrono::milliseconds usual_patience{2'000};

    /// Attaches to a client that has never been started and outlives it. async_join() reports an AttachError.
    Service(Client&, Options);
    /// Makes its own client; with an io_context, for run(). Invalid options are reported by async_join() and run().
    Service(boost::asio::io_context&, const std::string& url, Options, ClientOptions client = {});
    Service(executor_type, const std::vector<std::string>& urls, Options, ClientOptions client = {});
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    [[nodiscard]] executor_type get_executor() const noexcept;
    /// The client, for plain publish and subscribe on the same connection, and for its events and state. Messages on
    /// the convention's topics do not reach its handlers. Throws std::logic_error where the client was destroyed.
    [[nodiscard]] Client& client() const;

    // --- Methods: set them before it joins ---------------------------------------------------------
    /// `handler`: see make_request_handler(). It gets notifications as well.
    template <class Handler> void on(std::string method, Handler handler) {
        add(std::move(method), make_request_handler(std::move(handler)));
    }
    /// Gets every method without a handler; without it they are answered with "method not found".
    template <class Handler> void on_any(Handler handler) { add_any(make_request_handler(std::move(handler))); }
    /// Called with the exception of a handler that was answered with an internal error.
    void on_exception(std::function<void(const Request&, const std::exception_ptr&)>);

    // --- Life cycle --------------------------------------------------------------------------------
    /// Joins, runs the io_context until SIGINT or SIGTERM, then leaves as async_leave(patience) does; a second signal
    /// stops at once, without an answer to open requests, and the broker publishes the last will. Returns no error, or
    /// why it could not join, or why the connection ended for good. Throws std::logic_error unless the service was made
    /// with an io_context.
    [[nodiscard]] ErrorCode run(std::chrono::milliseconds patience = usual_patience);
    /// Connects and joins; ends when requests can reach it. It joins again after each reconnection, until
    /// async_leave(). Completion: void(ErrorCode, JoinAnswer). Errors: AttachError; messaging::Error::invalid_root,
    /// invalid_name, invalid_argument, payload_too_large (options; JoinAnswer::detail names them); those of
    /// Client::async_connect(); a ReasonCode or messaging::Error of what the broker refused, which ends the connection;
    /// messaging::Error::left after async_leave(). Cancellation: unless joined, stops the client; Errc::stopped.
    template <class Token> auto async_join(Token&& token) {
        return detail::initiate<JoinAnswer>(
            *this, [](Service& self, auto done) { self.begin_join(std::move(done)); }, token);
    }
    /// Announces that it leaves, answers open requests and those that still arrive, for `patience` at most, and
    /// disconnects; ends when everything is sent. What is still open then is answered with -32003, "The responder has
    /// left".
    /// Completion: void(ErrorCode). Errors: none of its own. Cancellation: none.
    template <class Token> auto async_leave(std::chrono::milliseconds patience, Token&& token) {
        return detail::initiate<>(
            *this, [patience](Service& self, auto done) { self.begin_leave(patience, std::move(done)); }, token);
    }
    template <class Token> auto async_leave(Token&& token) {
        return async_leave(usual_patience, std::forward<Token>(token));
    }
    /// Joined; `again`: after a reconnection.
    void on_joined(std::function<void(bool again)>);
    // Events of the client: each replaces the client's handler.
    void on_disconnected(std::function<void(const Disconnection&)> handler) {
        client().on_disconnected(std::move(handler));
    }
    void on_store_state(std::function<void(ErrorCode)> handler) { client().on_store_state(std::move(handler)); }
    void on_queue_drained(std::function<void()> handler) { client().on_queue_drained(std::move(handler)); }
    void wake_up() { client().wake_up(); }

    /// Sends a webapp a notification. `params`: an array, an object, or null for none. Errors: messaging::Error::
    /// invalid_name, invalid_json, invalid_argument, not_connected, payload_too_large, queue_full.
    ErrorCode notify(std::string_view uid, std::string_view method, const nlohmann::json& params);

    // --- State -------------------------------------------------------------------------------------
    [[nodiscard]] bool is_joined() const noexcept;
    /// As messaging::Service::is_shared().
    [[nodiscard]] bool is_shared() const noexcept;
    [[nodiscard]] std::string_view instance() const noexcept;
    [[nodiscard]] messaging::CallCounts counts() const noexcept;
    /// On the executor, also in a handler. What the connection says of it is 0 before the first async_join(), and once
    /// its client was destroyed.
    [[nodiscard]] ServiceMetrics metrics() const;

    class WSMQ_HIDDEN Impl;

private:
    Service(std::unique_ptr<Client>, Options);
    void add(std::string method, RequestHandler);
    void add_any(RequestHandler);
    void begin_join(AnyCompletion<JoinAnswer>);
    void begin_leave(std::chrono::milliseconds patience, AnyCompletion<>);

    std::unique_ptr<Client> own_client_;  ///< null where it is attached to another's
    std::shared_ptr<Impl> impl_;
    boost::asio::io_context* io_ = nullptr;
};

}  // namespace wsmq::native
