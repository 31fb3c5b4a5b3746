// A webapp of the wire convention (docs/protocol.md): presence, requests, peers, rooms, devices. A layer over the
// engine and sans-I/O like it: it knows a wsmq::Client; time and randomness are injected.
//
//     auto options = Webapp::connect_options(base, own);      // client identifier, last will, session
//     Client client{*options};
//     Webapp webapp{client, own};
//     // for each event of the client: if (!webapp.handle(event, now)) the application handles it
//     // after any input: drain webapp.next_event(), then proceed as the client's header says
//
// Node (node.hpp) does that. Not thread-safe: one thread, or one strand, at a time. Texts are copied; a call borrows
// its arguments for the call. JSON text that is passed in is validated unless Options::trusts_json.
//
// Contract: a call that returns an error has changed nothing and sends nothing. Every call that sends can also return
// Error::left (after leave()), not_connected (the client is not started), queue_full and payload_too_large. A request
// ends with exactly one event, Response or RequestFailed, under the identifier that the call returned.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wsmq/client.hpp"
#include "wsmq/export.hpp"
#include "wsmq/messaging/call_limits.hpp"
#include "wsmq/messaging/event.hpp"
#include "wsmq/messaging/names.hpp"
#include "wsmq/messaging/presence.hpp"
#include "wsmq/messaging/requests.hpp"

namespace wsmq::messaging {

class WSMQ_EXPORT Webapp {
public:
    using Event = messaging::Event;

    using RollCall = messaging::RollCall;

    struct Options {
        std::string root{default_root};
        /// From make_uid(). A page keeps it for the life of its tab.
        std::string uid{};
        /// Whether this webapp joins again under another uid, org:user:rand with a rand of eight characters, when
        /// another webapp with its uid takes the session over; Renamed reports the new uid. A DISCONNECT shows the
        /// takeover (MQTT 5), or a record with a later `since` in place of ours. Off: the takeover ends the connection
        /// for good.
        bool renames = false;
        /// JSON text of the application's state in our presence record.
        std::string state = "{}";
        /// Of several tabs that are this webapp: JSON text of an array, with an object for each ("id", "since",
        /// "state"). Empty: this is one webapp.
        std::string tabs{};
        /// For the presence record: milliseconds since 1970 when it joined.
        std::int64_t since = 0;
        /// For the delay of a roll call.
        std::uint64_t random_seed = 0;
        /// 128 bits from a cryptographic source, new for each webapp: request ids are SipHash-2-4 of a counter under
        /// this key, so that nobody who has seen some can predict the next one and forge its answer. Zeros are for
        /// tests.
        std::array<std::uint64_t, 2> id_key{};
        /// MQTT 5: how long the broker waits with the last will, so that a page's reload does not flicker.
        std::chrono::seconds will_delay{5};
        /// MQTT 5: when the retained record expires unless it is renewed, which is done at half the time. 0: never.
        /// Nothing: the longer of 600 s and 2 s for each webapp that is present, so that a watcher receives about one
        /// renewal per second; two hours for a webapp that does not watch, and so cannot count.
        std::optional<std::chrono::seconds> presence_expiry{};
        RollCall roll_call = RollCall::automatic;
        /// Off: no presence record and no last will, for tools that must not be seen. It can still be reached by its
        /// uid.
        bool appears = true;
        /// Whether the records of a service are read with the first request to it, so that its absence is detected
        /// below MQTT 5 too.
        bool consults_discovery = true;
        /// Requests of ours that may be open at once.
        std::size_t maximum_requests = 10'000;
        /// Bounds for calls of peers, and separately for notifications from services.
        CallLimits calls{};
        /// All JSON text that is passed in is valid: it is not parsed to check that.
        bool trusts_json = false;
    };

    /// The MQTT options that this layer needs, from the user's: client identifier, last will, and with MQTT 5 a session
    /// that outlives the will delay. The user's own will is replaced. Error::invalid_root, invalid_name (the uid),
    /// invalid_json (the state, the tabs), payload_too_large (the record with the state) or invalid_argument.
    static Result<ConnectOptions> connect_options(ConnectOptions base, const Options&);

    /// The client was made from connect_options() of the same options, and outlives the layer.
    Webapp(Client&, Options);
    ~Webapp();
    Webapp(const Webapp&) = delete;
    Webapp& operator=(const Webapp&) = delete;

    // --- The layer ---------------------------------------------------------------------------------
    /// Takes every event of the client, in order. True: it concerned only this layer; false: pass it on.
    bool handle(const wsmq::Event&, TimePoint now);
    void handle_timeout(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    /// NeedInput when there is none. Views in an event: see event.hpp.
    [[nodiscard]] Event next_event(TimePoint now);

    // --- Requests ----------------------------------------------------------------------------------
    /// Response or RequestFailed follows, after any number of Progress. `params`: JSON text of an array or an object,
    /// or empty for none; or a raw body. A request without a connection waits for it.
    /// Errors: invalid_name (target, method), invalid_json, invalid_argument (timeout, params, content type), too_many
    /// (Options::maximum_requests), not_supported (a raw body). RequestFailed with: timed_out, no_responder, cancelled,
    /// remote, item_lost, bad_response, payload_too_large, refused, left, not_connected, session_lost.
    Result<RequestId> request(Target, std::string_view method, std::string_view params, const RequestOptions&,
                              TimePoint now);
    /// A message without an answer. Errors: invalid_name, invalid_json, invalid_argument (params).
    Error notify(Target, std::string_view method, std::string_view params, TimePoint now);
    /// RequestFailed with Error::cancelled follows, and the responder is notified. False where the request has ended.
    bool cancel(RequestId, TimePoint now);
    /// Allows the responder to send this many more items, where RequestOptions::grants_credit is off. At most
    /// convention::most_credit are outstanding; the rest is granted as items arrive. False where the request has ended.
    bool grant(RequestId, std::uint32_t items, TimePoint now);

    // --- Calls of peers ----------------------------------------------------------------------------
    /// Off: every request of a peer is answered with "method not found", and its notifications are ignored. Calls that
    /// are open when it is switched off can still be answered.
    void expose(bool on) noexcept;
    /// Answers a Request; JSON text. Errors: unknown_call, invalid_json, payload_too_large, queue_full.
    Error respond(CallId, std::string_view result, TimePoint now);
    /// `data`: JSON text, or empty for none.
    Error fail(CallId, std::int64_t code, std::string_view message, std::string_view data, TimePoint now);
    /// Sends the next item of a stream. Error::no_credit: wait for CreditGranted; unwanted: it is a notification.
    Error progress(CallId, std::string_view value, TimePoint now);

    // --- Messages ----------------------------------------------------------------------------------
    /// A message to one webapp. Errors: invalid_name, invalid_argument (QoS, or a JSON object with a member "jsonrpc").
    Error send(std::string_view uid, std::string_view body, const SendOptions&, TimePoint now);
    /// RoomMessage follows for what others send. Errors: invalid_name. No effect in a room that was joined.
    Error join_room(std::string_view room, TimePoint now);
    /// Errors: invalid_name. No effect in a room that was not joined.
    Error leave_room(std::string_view room, TimePoint now);
    /// A message to all in a room, joined or not. Our own messages are not delivered to us. Errors: invalid_name,
    /// invalid_argument (QoS).
    Error send_room(std::string_view room, std::string_view body, const SendOptions&, TimePoint now);

    // --- Presence ----------------------------------------------------------------------------------
    /// Publishes a new state of our own. Errors: invalid_json, payload_too_large (a record over maximum_record_size).
    Error set_state(std::string_view state, TimePoint now);
    /// With new tabs as well, as in Options: one record says both.
    Error set_state(std::string_view state, std::string_view tabs, TimePoint now);
    /// PresenceChanged follows for other webapps; a non-empty `org` or `user` selects. Whoever is not selected any more
    /// is reported as gone; of the others nothing is missed. Errors: invalid_name.
    Error watch_presence(std::string_view org, std::string_view user, TimePoint now);
    /// All are reported as gone.
    Error unwatch_presence(TimePoint now);
    /// The webapps that are present. Empty unless presence is watched. Valid until the next call.
    [[nodiscard]] const Presences& presences() const noexcept;

    // --- Devices and services ----------------------------------------------------------------------
    /// DeviceStatus follows for these devices and no others; for all where the list is empty. Errors: invalid_name.
    Error watch_devices(std::span<const std::string_view> serial_numbers, TimePoint now);
    Error unwatch_devices(TimePoint now);
    /// ServiceChanged follows for the records of a service; of all services where the name is empty. Errors:
    /// invalid_name.
    Error discover(std::string_view service, TimePoint now);

    // --- The end -----------------------------------------------------------------------------------
    /// Publishes that we are offline, then stops the client: at once without a connection, after 2 s at the latest. If
    /// the broker has not confirmed it by then, it publishes the last will instead (MQTT 5). Open requests fail with
    /// Error::left. Left follows.
    void leave(TimePoint now);

    /// Changes with Renamed.
    [[nodiscard]] std::string_view uid() const noexcept;
    [[nodiscard]] bool is_joined() const noexcept;

private:
    struct WSMQ_HIDDEN Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wsmq::messaging
