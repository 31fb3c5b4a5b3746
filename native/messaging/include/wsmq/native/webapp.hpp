// A webapp of the wire convention (docs/protocol.md) that is no page: a program that makes requests of services and of
// other webapps, answers these, and sees who is there.
//
//     wsmq::native::Webapp app{io.get_executor(), "mqtt://localhost", {.uid = "acme:ann"}};
//     app.async_join(boost::asio::detached);
//     app.async_request(Target::service("orders"), "create", {{"item", 7}}, {},
//                       [](ErrorCode error, const Reply& reply) { ... reply.value() ... });
//
// Threads, errors and lifetime: as of Service. Arguments are borrowed until the operation begins.
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
#include "wsmq/native/client.hpp"
#include "wsmq/native/handler.hpp"
#include "wsmq/native/joining.hpp"
#include "wsmq/native/messaging_error.hpp"
#include "wsmq/patterns/json.hpp"
#include "wsmq/patterns/webapp.hpp"

namespace wsmq::native {

using patterns::Target;

/// A uid with chance from the system's cryptographic source. Empty where a name is not sound.
[[nodiscard]] WSMQ_EXPORT std::string make_uid(std::string_view org, std::string_view user);

/// What a request ended with.
struct Reply {
    std::string result{};        ///< JSON text; of a raw body its bytes
    std::string content_type{};  ///< of a raw body; else empty
    std::uint64_t count = 0;     ///< items of the stream before it
    std::int64_t code = 0;       ///< of an error: the other side's (Error::remote), or the convention's
    std::string message{};       ///< of an error: the other side's, or ours
    std::string data{};          ///< JSON text of the other side's error, or empty

    /// Null where there is none; discarded where it is a raw body and no JSON, or nested more than 512 deep, which is
    /// beyond what recursive code bears: `result` has it all the same.
    [[nodiscard]] nlohmann::json value() const { return patterns::to_json(result); }
};

/// A message of JSON-RPC that wants no answer.
struct Notification {
    std::string_view from;  ///< the sender's uid; empty: a service
    std::string_view method;
    std::string_view params;  ///< JSON text, empty where there are none
};

class WSMQ_EXPORT Webapp {
public:
    using executor_type = boost::asio::any_io_executor;
    /// `random_seed`, `id_key` and `since` are filled in where they are not given. Where `uid` is the account alone,
    /// `{org}:{user}`, so is the rest of it, and `renames` is on.
    using Options = patterns::Webapp::Options;
    /// An item of a stream, as JSON text that is valid during the call.
    using ProgressHandler = std::function<void(std::string_view value)>;

    /// Attaches to a client that was not started yet.
    Webapp(Client&, Options);
    /// Makes its own client. Options that are not sound are found by async_join().
    Webapp(executor_type, const std::string& url, Options, ClientOptions client = {});
    Webapp(executor_type, const std::vector<std::string>& urls, Options, ClientOptions client = {});
    ~Webapp();
    Webapp(const Webapp&) = delete;
    Webapp& operator=(const Webapp&) = delete;

    [[nodiscard]] executor_type get_executor() const noexcept;
    /// The connection that this is attached to: for plain publish and subscribe, and for its events and its state.
    /// Topics of the convention do not reach its handlers. Throws std::logic_error where it was destroyed.
    [[nodiscard]] Client& client() const;
    /// Valid until on_renamed() is called.
    [[nodiscard]] std::string_view uid() const noexcept;

    // --- Its life ----------------------------------------------------------------------------------
    /// void(ErrorCode, JoinAnswer): ends when others can reach it, or when that cannot come about. It stays joined,
    /// over reconnections, until async_leave(). Requests need not wait for it.
    template <class Token> auto async_join(Token&& token) {
        return detail::initiate<JoinAnswer>(
            *this, [](Webapp& self, auto done) { self.begin_join(std::move(done)); }, token);
    }
    /// Says that it goes, and disconnects. void(ErrorCode). Open requests end with Error::left.
    template <class Token> auto async_leave(Token&& token) {
        return detail::initiate<>(
            *this, [](Webapp& self, auto done) { self.begin_leave(std::move(done)); }, token);
    }
    void on_joined(std::function<void(bool again)>);
    /// Another connection of the same uid took the session over: uid() is another one from now on, also for whoever
    /// makes the credentials. Open requests have failed with Error::session_lost; on_joined() follows.
    void on_renamed(std::function<void(const patterns::Renamed&)>);
    // The client's own, which have one handler each.
    void on_disconnected(std::function<void(const Disconnection&)> handler) {
        client().on_disconnected(std::move(handler));
    }
    void on_store_state(std::function<void(ErrorCode)> handler) { client().on_store_state(std::move(handler)); }
    void on_queue_drained(std::function<void()> handler) { client().on_queue_drained(std::move(handler)); }
    void wake_up() { client().wake_up(); }
    [[nodiscard]] bool is_joined() const noexcept;

    // --- Requests ----------------------------------------------------------------------------------
    /// void(ErrorCode, Reply). `params` are an array, an object, or null for none; with RequestOptions::content_type a
    /// string, the raw body. Cancelled by cancel_with() or the token's own slot: Error::cancelled, and the other side
    /// is told.
    template <class Token>
    auto async_request(Target target, std::string_view method, const nlohmann::json& params,
                       const patterns::RequestOptions& options, Token&& token) {
        return async_request(target, method, params, options, ProgressHandler{}, std::forward<Token>(token));
    }
    /// The items of a stream, one by one; the next ones are asked for when the handler has returned.
    template <class Token>
    auto async_request(Target target, std::string_view method, const nlohmann::json& params,
                       const patterns::RequestOptions& options, ProgressHandler on_progress, Token&& token) {
        return detail::initiate<Reply>(
            *this,
            [](Webapp& self, auto done, Target to, std::string_view name, const nlohmann::json& with,
               const patterns::RequestOptions& how,
               ProgressHandler&& items) { self.begin_request(to, name, with, how, std::move(items), std::move(done)); },
            token, target, method, params, options, std::move(on_progress));
    }
    /// The same for who has the params as text: JSON of an array or an object, which goes as it is, or empty for none;
    /// with RequestOptions::content_type the raw body.
    template <class Token>
    auto async_request_text(Target target, std::string_view method, std::string_view params,
                            const patterns::RequestOptions& options, ProgressHandler on_progress, Token&& token) {
        return detail::initiate<Reply>(
            *this,
            [](Webapp& self, auto done, Target to, std::string_view name, std::string_view with,
               const patterns::RequestOptions& how, ProgressHandler&& items) {
                self.begin_request_text(to, name, with, how, std::move(items), std::move(done));
            },
            token, target, method, params, options, std::move(on_progress));
    }
    ErrorCode notify(Target, std::string_view method, const nlohmann::json& params);
    ErrorCode notify_text(Target, std::string_view method, std::string_view params);
    /// Answers its peers: as Service::on(). Before or after it joins.
    template <class Handler> void expose(std::string method, Handler handler) {
        add(std::move(method), make_request_handler(std::move(handler)));
    }
    /// As of Service.
    void on_exception(std::function<void(const Request&, const std::exception_ptr&)>);
    /// A service's, or a peer's for which no method is exposed.
    void on_notification(std::function<void(const Notification&)>);

    // --- Messages, presence, devices, services: handlers are set before, views are valid during the call -------------
    ErrorCode send(std::string_view uid, Payload body, const patterns::SendOptions& options = {});
    void on_peer_message(std::function<void(const patterns::PeerMessage&)>);
    ErrorCode join_room(std::string_view room);
    ErrorCode leave_room(std::string_view room);
    ErrorCode send_room(std::string_view room, Payload body, const patterns::SendOptions& options = {});
    void on_room_message(std::function<void(const patterns::RoomMessage&)>);

    ErrorCode set_state(const nlohmann::json& state);
    /// As of patterns::Webapp.
    ErrorCode watch_presence(std::string_view org = {}, std::string_view user = {});
    void on_presence(std::function<void(const patterns::PresenceChanged&)>);
    /// All of them.
    ErrorCode watch_devices();
    /// These; of an empty list none.
    ErrorCode watch_devices(std::span<const std::string_view> serial_numbers);
    void on_device(std::function<void(const patterns::DeviceStatus&)>);
    ErrorCode discover(std::string_view service = {});
    void on_service(std::function<void(const patterns::ServiceChanged&)>);

    class WSMQ_HIDDEN Impl;

private:
    Webapp(std::unique_ptr<Client>, Options);
    void add(std::string method, RequestHandler);
    void begin_join(AnyCompletion<JoinAnswer>);
    void begin_leave(AnyCompletion<>);
    void begin_request(Target, std::string_view method, const nlohmann::json& params, const patterns::RequestOptions&,
                       ProgressHandler, AnyCompletion<Reply>);
    void begin_request_text(Target, std::string_view method, std::string_view params, const patterns::RequestOptions&,
                            ProgressHandler, AnyCompletion<Reply>);

    std::unique_ptr<Client> own_client_;  ///< null: it is somebody else's
    std::shared_ptr<Impl> impl_;
};

}  // namespace wsmq::native
