// A webapp of the wire convention (docs/protocol.md): presence, requests, peers, rooms, devices. A layer over the
// engine and sans-I/O like it: it knows a wsmq::Client, and neither sockets nor clocks nor chance.
//
//     auto options = Webapp::connect_options(base, own);      // client identifier, last will, session
//     Client client{*options};
//     Webapp webapp{client, own};
//     // for each event of the client: if (!webapp.handle(event, now)) it is yours
//     // after any input: drain webapp.next_event(), then proceed as the client's header says
//
// Node (node.hpp) does that. Not thread-safe: one thread, or one strand, at a time. Texts are copied; a call borrows
// its arguments for the call. JSON text that is passed in is checked unless Options::trusts_json.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wsmq/client.hpp"
#include "wsmq/export.hpp"
#include "wsmq/patterns/call_limits.hpp"
#include "wsmq/patterns/event.hpp"
#include "wsmq/patterns/names.hpp"

namespace wsmq::patterns {

/// Whom a request, a notification or a cancellation is for. Borrows the name.
struct Target {
    enum class Kind : std::uint8_t { service, backend, peer } kind;
    std::string_view name;

    [[nodiscard]] static constexpr Target service(std::string_view name) noexcept { return {Kind::service, name}; }
    /// The one unnamed backend.
    [[nodiscard]] static constexpr Target backend() noexcept { return {Kind::backend, {}}; }
    [[nodiscard]] static constexpr Target peer(std::string_view uid) noexcept { return {Kind::peer, uid}; }
};

struct RequestOptions {
    /// For the whole exchange, its stream included; 1 ms to 24 days.
    Duration timeout{10'000};
    /// Whether a request waits for the connection, within its time limit, or fails with Error::not_connected.
    bool waits_for_connection = true;
    /// Off: credit for a stream is granted by grant() alone. On: by itself, as Progress events are taken.
    bool grants_credit = true;
    /// W3C Trace Context, sent with MQTT 5; empty for none.
    std::string_view traceparent{};
    /// Not empty: `params` are a raw body of this type. MQTT 5, and a service whose record, which discover() must have
    /// brought, says "raw": true.
    std::string_view content_type{};
};

struct SendOptions {
    Qos qos = Qos::at_least_once;
    bool waits_for_connection = true;
    /// Sent with MQTT 5; empty for none.
    std::string_view content_type{};
};

/// Another webapp as its record has it.
struct Presence {
    std::string state;                     ///< JSON text
    std::int64_t since = 0;                ///< milliseconds since 1970, by the other's clock; 0 where it did not say
    TimePoint expires = TimePoint::max();  ///< unless the record is renewed
    bool confirmed = true;                 ///< seen since the broker lost our session
};

class WSMQ_EXPORT Webapp {
public:
    using Event = patterns::Event;

    /// Whether a newcomer asks everybody to announce themselves, for brokers that do not deliver retained messages to
    /// filters with wildcards.
    enum class RollCall : std::uint8_t {
        automatic,  ///< where our own retained record does not come back, or somebody is missing
        never,
        always
    };

    struct Options {
        std::string root{default_root};
        /// From make_uid(). A page keeps it for the life of its tab.
        std::string uid{};
        /// Whether, when another webapp that joined with this uid takes the session over, this one joins again by
        /// itself as org:user:rand with another rand, of eight characters, which Renamed tells. The broker says it
        /// (MQTT 5), or the other's record, whose `since` is later, is found in the place of ours. Off: what the broker
        /// says is the end.
        bool renames = false;
        /// JSON text of the application's state in our presence record.
        std::string state = "{}";
        /// For the presence record: milliseconds since 1970 when it joined.
        std::int64_t since = 0;
        /// For the delay of a roll call.
        std::uint64_t random_seed = 0;
        /// 128 bits from a cryptographic source, others each time: the ids of requests are made with it (SipHash-2-4 of
        /// a counter), so that nobody can foresee one, and forge its answer, who has seen those before it. Zeros, which
        /// everybody knows, are for tests.
        std::array<std::uint64_t, 2> id_key{};
        /// MQTT 5: how long the broker waits with the last will, so that a page's reload does not flicker.
        std::chrono::seconds will_delay{5};
        /// MQTT 5: when the retained record expires unless it is renewed, which is done at half the time. 0: never.
        /// Nothing: 600 s, or two seconds for each webapp that there is where that is longer, so that who watches
        /// receives about one renewal a second; two hours for who watches nobody, and cannot count.
        std::optional<std::chrono::seconds> presence_expiry{};
        RollCall roll_call = RollCall::automatic;
        /// Off: it has no presence record and no last will, for tools that come and go without being seen. It can be
        /// asked and answered all the same, by whoever knows its uid.
        bool appears = true;
        /// Whether the records of a service are read when it is first asked, so that its absence is found without
        /// MQTT 5.
        bool consults_discovery = true;
        /// Requests of ours that may be open at once.
        std::size_t maximum_requests = 10'000;
        /// For the methods that we expose to peers; and apart from these, once more for what services notify.
        CallLimits calls{};
        /// The caller vouches that all JSON text it passes in is sound: it is not parsed to check that.
        bool trusts_json = false;
    };

    /// The MQTT options that this layer needs, from the user's: client identifier, last will, and with MQTT 5 a session
    /// that outlives the will delay. The user's own will is replaced. Error::invalid_root, invalid_name (the uid),
    /// invalid_json (the state), payload_too_large (the record with the state) or invalid_argument.
    static Result<ConnectOptions> connect_options(ConnectOptions base, const Options&);

    /// The client was made from connect_options() of the same options, and outlives the layer.
    Webapp(Client&, Options);
    ~Webapp();
    Webapp(const Webapp&) = delete;
    Webapp& operator=(const Webapp&) = delete;

    // --- The layer ---------------------------------------------------------------------------------
    /// Takes every event of the client, in their order. True: it was about this layer alone; false: pass it on.
    bool handle(const wsmq::Event&, TimePoint now);
    void handle_timeout(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    /// NeedInput when there is nothing more to tell. Views: see event.hpp.
    [[nodiscard]] Event next_event(TimePoint now);

    // --- Requests ----------------------------------------------------------------------------------
    /// Response or RequestFailed follows, after any number of Progress. `params`: JSON text of an array or an object,
    /// or empty for none; or a raw body. A request made while there is no connection waits for it.
    Result<RequestId> request(Target, std::string_view method, std::string_view params, const RequestOptions&,
                              TimePoint now);
    /// A message that wants no answer.
    Error notify(Target, std::string_view method, std::string_view params, TimePoint now);
    /// RequestFailed with Error::cancelled follows, and the other side is told. False where the request has ended.
    bool cancel(RequestId, TimePoint now);
    /// Lets the responder send so many more items, where RequestOptions::grants_credit is off. It is told of 256 ahead
    /// of what has arrived, and of the rest as items arrive. False where the request has ended.
    bool grant(RequestId, std::uint32_t items, TimePoint now);

    // --- Calls of peers ----------------------------------------------------------------------------
    /// Without exposure every request of a peer is answered with "method not found", and its notifications are passed
    /// over. Calls that are open when it is switched off may still be answered.
    void expose(bool on) noexcept;
    /// Answers a Request; JSON text. Errors: unknown_call, invalid_json, payload_too_large, queue_full.
    Error respond(CallId, std::string_view result, TimePoint now);
    /// `data`: JSON text, or empty for none.
    Error fail(CallId, std::int64_t code, std::string_view message, std::string_view data, TimePoint now);
    /// Sends the next item of a stream. Error::no_credit: wait for CreditGranted; unwanted: it is a notification.
    Error progress(CallId, std::string_view value, TimePoint now);

    // --- Messages ----------------------------------------------------------------------------------
    /// A message to one webapp: any bytes but a JSON object with a member "jsonrpc", which is refused with
    /// Error::invalid_argument.
    Error send(std::string_view uid, std::string_view body, const SendOptions&, TimePoint now);
    Error join_room(std::string_view room, TimePoint now);
    Error leave_room(std::string_view room, TimePoint now);
    /// To everybody in a room, whether we are in it or not. Our own messages do not come back.
    Error send_room(std::string_view room, std::string_view body, const SendOptions&, TimePoint now);

    // --- Presence ----------------------------------------------------------------------------------
    /// Publishes a new state of our own. Error::payload_too_large where the record would exceed maximum_record_size.
    Error set_state(std::string_view state, TimePoint now);
    /// Tells of other webapps from now on. Not empty: of this org, of this user alone.
    Error watch_presence(std::string_view org, std::string_view user, TimePoint now);
    Error unwatch_presence(TimePoint now);
    /// Those who are there, by uid. Empty unless presence is watched.
    [[nodiscard]] const std::map<std::string, Presence, std::less<>>& presences() const noexcept;

    // --- Devices and services ----------------------------------------------------------------------
    /// Tells the status of these devices from now on, and of no others; all devices where the list is empty.
    Error watch_devices(std::span<const std::string_view> serial_numbers, TimePoint now);
    Error unwatch_devices(TimePoint now);
    /// Tells the records of a service from now on; of all services where the name is empty.
    Error discover(std::string_view service, TimePoint now);

    // --- The end -----------------------------------------------------------------------------------
    /// Publishes that we are offline, then stops the client; without a connection at once, at the latest after two
    /// seconds. Open requests fail with Error::left. Left follows.
    void leave(TimePoint now);

    /// Changes with Renamed.
    [[nodiscard]] std::string_view uid() const noexcept;
    [[nodiscard]] bool is_joined() const noexcept;

private:
    struct WSMQ_HIDDEN Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wsmq::patterns
