// A webapp of the wire convention (docs/protocol.md) that is a program: it sends requests to services and other
// webapps, answers those of other webapps, and watches their presence.
//
//     wsmq::native::Webapp app{io.get_executor(), "mqtt://localhost", {.uid = "acme:ann"}};
//     app.async_join(boost::asio::detached);
//     app.async_request(Target::service("orders"), "create", {{"item", 7}}, {},
//                       [](ErrorCode error, const Reply& reply) { ... reply.value() ... });
//
// Client, threads, errors, cancellation and lifetime: as Service. Arguments are borrowed until the operation is
// initiated. The calls that return an ErrorCode report messaging::Error: invalid_name, invalid_json, invalid_argument
// (the arguments), not_connected, not_supported, payload_too_large, queue_full, too_many.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/export.hpp"
#include "wsmq/messaging/json.hpp"
#include "wsmq/messaging/webapp.hpp"
#include "wsmq/native/client.hpp"
#include "wsmq/native/handler.hpp"
#include "wsmq/native/joining.hpp"
#include "wsmq/native/messaging_error.hpp"

namespace wsmq::native {

using messaging::Target;

/// A uid with a random part from the system's cryptographic source. Empty where a name is invalid.
[[nodiscard]] WSMQ_EXPORT std::string make_uid(std::string_view org, std::string_view user);

/// The result of a request.
struct Reply {
    std::string result{};        ///< JSON text, or the bytes of a raw body
    std::string content_type{};  ///< of a raw body; otherwise empty
    std::uint64_t count = 0;     ///< items of the stream that came before
    std::int64_t code = 0;       ///< of an error: the peer's (Error::remote), or the convention's
    std::string message{};       ///< of an error: the peer's, or ours
    std::string data{};          ///< JSON text of the peer's error, or empty

    /// Null where there is none. Discarded where `result` is a raw body that is not JSON, or nested more than 512 deep,
    /// which recursive code cannot process.
    [[nodiscard]] nlohmann::json value() const { return messaging::to_json(result); }
};

/// A JSON-RPC notification.
struct Notification {
    std::string_view from;  ///< the sender's uid; empty for a service
    std::string_view method;
    std::string_view params;  ///< JSON text, empty where there are none
};

class WSMQ_EXPORT Webapp {
public:
    using executor_type = boost::asio::any_io_executor;
    /// Defaults are made for `random_seed`, `id_key` and `since`. A `uid` of `{org}:{user}` gets a random third part,
    /// and `renames` is set.
    using Options = messaging::Webapp::Options;
    /// An item of a stream: JSON text, valid during the call.
    using ProgressHandler = std::function<void(std::string_view value)>;

    /// Attaches to a client that has never been started and outlives it. async_join() reports an AttachError.
    Webapp(Client&, Options);
    /// Makes its own client. Invalid options are reported by async_join().
    Webapp(executor_type, const std::string& url, Options, ClientOptions client = {});
    Webapp(executor_type, const std::vector<std::string>& urls, Options, ClientOptions client = {});
    ~Webapp();
    Webapp(const Webapp&) = delete;
    Webapp& operator=(const Webapp&) = delete;

    [[nodiscard]] executor_type get_executor() const noexcept;
    /// As Service::client().
    [[nodiscard]] Client& client() const;
    /// Valid until on_renamed() is called.
    [[nodiscard]] std::string_view uid() const noexcept;

    // --- Life cycle --------------------------------------------------------------------------------
    /// Connects and joins; ends when others can reach it. It joins again after each reconnection, until async_leave().
    /// Requests need not wait for it.
    /// Completion: void(ErrorCode, JoinAnswer). Errors and cancellation: as Service::async_join().
    template <class Token> auto async_join(Token&& token) {
        return detail::initiate<JoinAnswer>(
            *this, [](Webapp& self, auto done) { self.begin_join(std::move(done)); }, token);
    }
    /// Announces that it leaves and disconnects; ends when everything is sent. Open requests end with Error::left.
    /// Completion: void(ErrorCode). Errors: none of its own. Cancellation: none.
    template <class Token> auto async_leave(Token&& token) {
        return detail::initiate<>(
            *this, [](Webapp& self, auto done) { self.begin_leave(std::move(done)); }, token);
    }
    void on_joined(std::function<void(bool again)>);
    /// Another connection with the same uid took over the session, and this webapp has a new uid(), for the credentials
    /// as well. Open requests have failed with Error::session_lost; on_joined() follows.
    void on_renamed(std::function<void(const messaging::Renamed&)>);
    // Events of the client: each replaces the client's handler.
    void on_disconnected(std::function<void(const Disconnection&)> handler) {
        client().on_disconnected(std::move(handler));
    }
    void on_store_state(std::function<void(ErrorCode)> handler) { client().on_store_state(std::move(handler)); }
    void on_queue_drained(std::function<void()> handler) { client().on_queue_drained(std::move(handler)); }
    void wake_up() { client().wake_up(); }
    [[nodiscard]] bool is_joined() const noexcept;

    // --- Requests ----------------------------------------------------------------------------------
    /// `params`: an array, an object, or null for none; with RequestOptions::content_type a string, the raw body.
    /// Completion: void(ErrorCode, Reply).
    /// Errors, of messaging::Error: invalid_name, invalid_json, invalid_argument, too_many (nothing is sent);
    /// not_supported, payload_too_large, queue_full, not_connected; timed_out, no_responder, remote (Reply::code,
    /// message and data), item_lost, bad_response, refused, session_lost, left. Also AttachError. Cancellation:
    /// Error::cancelled; the peer is notified.
    template <class Token>
    auto async_request(Target target, std::string_view method, const nlohmann::json& params,
                       const messaging::RequestOptions& options, Token&& token) {
        return async_request(target, method, params, options, ProgressHandler{}, std::forward<Token>(token));
    }
    /// As above, with a handler for the items of a stream. Credit for more is granted when it has returned.
    template <class Token>
    auto async_request(Target target, std::string_view method, const nlohmann::json& params,
                       const messaging::RequestOptions& options, ProgressHandler on_progress, Token&& token) {
        return detail::initiate<Reply>(
            *this,
            [](Webapp& self, auto done, Target to, std::string_view name, const nlohmann::json& with,
               const messaging::RequestOptions& how,
               ProgressHandler&& items) { self.begin_request(to, name, with, how, std::move(items), std::move(done)); },
            token, target, method, params, options, std::move(on_progress));
    }
    /// As above, with the params as text: JSON of an array or an object, sent unchanged, or empty for none; with
    /// RequestOptions::content_type the raw body.
    template <class Token>
    auto async_request_text(Target target, std::string_view method, std::string_view params,
                            const messaging::RequestOptions& options, ProgressHandler on_progress, Token&& token) {
        return detail::initiate<Reply>(
            *this,
            [](Webapp& self, auto done, Target to, std::string_view name, std::string_view with,
               const messaging::RequestOptions& how, ProgressHandler&& items) {
                self.begin_request_text(to, name, with, how, std::move(items), std::move(done));
            },
            token, target, method, params, options, std::move(on_progress));
    }
    ErrorCode notify(Target, std::string_view method, const nlohmann::json& params);
    ErrorCode notify_text(Target, std::string_view method, std::string_view params);
    /// Answers requests of other webapps, as Service::on(). Before or after it joins.
    template <class Handler> void expose(std::string method, Handler handler) {
        add(std::move(method), make_request_handler(std::move(handler)));
    }
    /// As Service::on_exception().
    void on_exception(std::function<void(const Request&, const std::exception_ptr&)>);
    /// Notifications of services, and those of peers for methods that are not exposed.
    void on_notification(std::function<void(const Notification&)>);

    // --- Messages, presence, devices, services: handlers are set before, views are valid during the call -------------
    ErrorCode send(std::string_view uid, Payload body, const messaging::SendOptions& options = {});
    void on_peer_message(std::function<void(const messaging::PeerMessage&)>);
    ErrorCode join_room(std::string_view room);
    ErrorCode leave_room(std::string_view room);
    ErrorCode send_room(std::string_view room, Payload body, const messaging::SendOptions& options = {});
    void on_room_message(std::function<void(const messaging::RoomMessage&)>);

    ErrorCode set_state(const nlohmann::json& state);
    /// As messaging::Webapp::watch_presence().
    ErrorCode watch_presence(std::string_view org = {}, std::string_view user = {});
    ErrorCode unwatch_presence();
    void on_presence(std::function<void(const messaging::PresenceChanged&)>);
    /// All devices.
    ErrorCode watch_devices();
    /// These devices; none where the list is empty.
    ErrorCode watch_devices(std::span<const std::string_view> serial_numbers);
    void on_device(std::function<void(const messaging::DeviceStatus&)>);
    ErrorCode discover(std::string_view service = {});
    void on_service(std::function<void(const messaging::ServiceChanged&)>);

    class WSMQ_HIDDEN Impl;

private:
    Webapp(std::unique_ptr<Client>, Options);
    void add(std::string method, RequestHandler);
    void begin_join(AnyCompletion<JoinAnswer>);
    void begin_leave(AnyCompletion<>);
    void begin_request(Target, std::string_view method, const nlohmann::json& params, const messaging::RequestOptions&,
                       ProgressHandler, AnyCompletion<Reply>);
    void begin_request_text(Target, std::string_view method, std::string_view params, const messaging::RequestOptions&,
                            ProgressHandler, AnyCompletion<Reply>);

    std::unique_ptr<Client> own_client_;  ///< null where it is attached to another's
    std::shared_ptr<Impl> impl_;
};

}  // namespace wsmq::native
