// One instance of a service of the wire convention (docs/protocol.md), which answers webapps.
//
//     boost::asio::io_context io;
//     wsmq::native::Service orders{io, "mqtt://localhost", {.service = "orders"}};
//     orders.on("create", [](const wsmq::native::Request& request) -> nlohmann::json {
//         return {{"user", request.user()}, {"item", request.params().at("item")}};
//     });
//     return orders.run() ? 1 : 0;                             // until SIGINT or SIGTERM
//
// Threads: a service belongs to its executor, which is a strand where several threads run its context. Every call and
// every handler runs there; a Request may be answered by any thread. Errors are codes of patterns::Error, Errc,
// ReasonCode or TransportError. Lifetime: a handler may destroy the service, which does not move; requests that are
// still open then end with Error::left, and the connection is dropped as it is.
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
#include "wsmq/native/client.hpp"
#include "wsmq/native/handler.hpp"
#include "wsmq/native/joining.hpp"
#include "wsmq/native/messaging_error.hpp"
#include "wsmq/patterns/service.hpp"

namespace wsmq::native {

class WSMQ_EXPORT Service {
public:
    using executor_type = boost::asio::any_io_executor;
    /// `instance`, `random_seed` and `since` are filled in where they are not given, `methods` by on().
    using Options = patterns::Service::Options;

    /// Attaches to a client that was not started yet.
    Service(Client&, Options);
    /// Makes its own client. For run(). Options that are not sound are found by async_join() and run().
    Service(boost::asio::io_context&, const std::string& url, Options, ClientOptions client = {});
    Service(executor_type, const std::vector<std::string>& urls, Options, ClientOptions client = {});
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    [[nodiscard]] executor_type get_executor() const noexcept;
    /// The connection that this is attached to: for plain publish and subscribe, and for its events and its state.
    /// Topics of the convention do not reach its handlers. Throws std::logic_error where it was destroyed.
    [[nodiscard]] Client& client() const;

    // --- Methods: before it joins ------------------------------------------------------------------
    /// `handler`: see make_request_handler(). Notifications come to it as well.
    template <class Handler> void on(std::string method, Handler handler) {
        add(std::move(method), make_request_handler(std::move(handler)));
    }
    /// Takes every method for which there is no other handler; without it they are answered with "method not found".
    template <class Handler> void on_any(Handler handler) { add_any(make_request_handler(std::move(handler))); }
    /// An exception of a handler that was answered with an internal error.
    void on_exception(std::function<void(const Request&, const std::exception_ptr&)>);

    // --- Its life ----------------------------------------------------------------------------------
    /// Joins, runs the io_context until SIGINT or SIGTERM, then leaves. No error where that was all; otherwise why it
    /// could not join, or why the connection ended for good. Only for a service that was made with an io_context.
    [[nodiscard]] ErrorCode run();
    /// void(ErrorCode, JoinAnswer): ends when requests can reach it, or when that cannot come about. It stays joined,
    /// over reconnections, until async_leave().
    template <class Token> auto async_join(Token&& token) {
        return detail::initiate<JoinAnswer>(
            *this, [](Service& self, auto done) { self.begin_join(std::move(done)); }, token);
    }
    /// Says that it goes, answers what is open and what still arrives, at the latest until `patience` has passed, and
    /// disconnects. void(ErrorCode): ends when everything is sent.
    template <class Token> auto async_leave(std::chrono::milliseconds patience, Token&& token) {
        return detail::initiate<>(
            *this, [patience](Service& self, auto done) { self.begin_leave(patience, std::move(done)); }, token);
    }
    template <class Token> auto async_leave(Token&& token) {
        return async_leave(std::chrono::seconds{2}, std::forward<Token>(token));
    }
    /// Joined, the first time or again after a reconnection.
    void on_joined(std::function<void(bool again)>);
    // The client's own, which have one handler each.
    void on_disconnected(std::function<void(const Disconnection&)> handler) {
        client().on_disconnected(std::move(handler));
    }
    void on_store_state(std::function<void(ErrorCode)> handler) { client().on_store_state(std::move(handler)); }
    void on_queue_drained(std::function<void()> handler) { client().on_queue_drained(std::move(handler)); }
    void wake_up() { client().wake_up(); }

    /// A message to a webapp that wants no answer. `params` are an array, an object, or null for none.
    ErrorCode notify(std::string_view uid, std::string_view method, const nlohmann::json& params);

    // --- State -------------------------------------------------------------------------------------
    [[nodiscard]] bool is_joined() const noexcept;
    /// As of patterns::Service.
    [[nodiscard]] bool is_shared() const noexcept;
    [[nodiscard]] std::string_view instance() const noexcept;
    [[nodiscard]] patterns::CallCounts counts() const noexcept;

    class WSMQ_HIDDEN Impl;

private:
    Service(std::unique_ptr<Client>, Options);
    void add(std::string method, RequestHandler);
    void add_any(RequestHandler);
    void begin_join(AnyCompletion<JoinAnswer>);
    void begin_leave(std::chrono::milliseconds patience, AnyCompletion<>);

    std::unique_ptr<Client> own_client_;  ///< null: it is somebody else's
    std::shared_ptr<Impl> impl_;
    boost::asio::io_context* io_ = nullptr;
};

}  // namespace wsmq::native
