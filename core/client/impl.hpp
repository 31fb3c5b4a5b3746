// The client as a whole: the life of the connection, and the handling of received packets. The public functions are in
// client.cpp; the rest is split into connection.cpp and receiving.cpp.
#pragma once
#include <optional>

#include "client/authentication_exchange.hpp"
#include "client/context.hpp"
#include "client/handshake.hpp"
#include "client/inbound_stream.hpp"
#include "client/keep_alive.hpp"
#include "client/poison_detector.hpp"
#include "client/publisher.hpp"
#include "client/reconnector.hpp"
#include "client/refusal_history.hpp"
#include "client/session_continuity.hpp"
#include "client/subscriber.hpp"
#include "session/received_identifiers.hpp"
#include "session/topic_aliases.hpp"
#include "wsmq/client.hpp"

namespace wsmq {

struct Client::Impl {
    explicit Impl(ConnectOptions options);

    /// How a connection, or an attempt at one, ends, and what follows.
    struct Ending {
        Errc why = Errc::none;
        ReasonCode reason = ReasonCode::success;
        Bytes properties{};
        client::Retry retry = client::Retry::by_policy;
    };

    // --- connection.cpp ---
    [[nodiscard]] Errc start();
    void stop(ReasonCode);
    void reconnect();
    /// Ends the connection that reconnect() replaces, as soon as nothing is in flight.
    void replace_when_quiet();
    [[nodiscard]] Errc rename(std::string client_id, std::optional<Will>);
    void transport_opened();
    void handle_timeout();
    void handle_wake_up();
    void provide_credentials(Credentials&&);
    /// Lets the driver close the transport, where there is one.
    void close(const Ending&);
    /// There is no transport any more, or there was none.
    void ended(const Ending&);
    /// Closes for a reason of our own, with a DISCONNECT where the protocol has one for it.
    void give_up(Errc);
    void give_up(Errc, ReasonCode said);
    void begin_attempt();
    void open_transport();
    bool step(client::Step);
    [[nodiscard]] Duration schedule_next(std::optional<client::Reconnector::End> of_connection, const Ending&,
                                         bool& reconnecting);
    void send_ping();
    /// Resends operations one by one, as PoisonDetector demands.
    void isolate();
    /// The established connection is gone. Fails its oldest operation where that ended it once too often.
    [[nodiscard]] client::Reconnector::End connection_lost(const Ending&);
    [[nodiscard]] bool session_lasts() const noexcept;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const noexcept;
    /// An attempt's, which has connect_timeout.
    void begin_phase();
    /// Its time is over. Where the timer is late, so is the reading of what arrived: it gets a moment more, once.
    [[nodiscard]] bool is_phase_over();

    // --- receiving.cpp ---
    void receive(Bytes chunk);
    [[nodiscard]] Event next_event();
    /// True: the frame was a message, now in `message`.
    bool handle_frame(const codec::Frame&, Message& message);
    bool handle_publish(const codec::Frame&, Message& message);
    /// False: the connection was given up.
    [[nodiscard]] bool resolve_topic(codec::Publish&);
    [[nodiscard]] bool accept_exactly_once(std::uint16_t packet_identifier);
    [[nodiscard]] Errc handle_during_handshake(const codec::Frame&);
    [[nodiscard]] Errc handle_connected_frame(const codec::Frame&);
    [[nodiscard]] Errc handle_connack(const codec::Frame&);
    void handle_accepted(const codec::Connack&);
    [[nodiscard]] Errc handle_acknowledgement(const codec::Frame&);
    [[nodiscard]] Errc handle_pubrel(const codec::Frame&);
    [[nodiscard]] Errc handle_disconnect(const codec::Frame&);
    [[nodiscard]] Errc handle_auth(const codec::Frame&);
    [[nodiscard]] bool is_receiving() const noexcept {
        return context.phase == client::Phase::handshaking || context.is_connected();
    }
    [[nodiscard]] Errc send_auth(ReasonCode, Bytes data);

    client::Context context;
    client::Publisher publisher;
    client::Subscriber subscriber;
    session::ReceivedIdentifiers received;
    session::IncomingTopicAliases aliases;
    client::InboundStream inbound;
    client::KeepAlive keep_alive;
    client::Reconnector reconnector;
    client::PoisonDetector poison_detector;

    std::string client_id;
    Credentials credentials;
    client::SessionContinuity continuity;
    client::RefusalHistory refusals;
    client::AuthenticationExchange authentication;
    bool is_outdated = false;             ///< reconnect() was called while this attempt was being made
    std::optional<TimePoint> replace_by;  ///< reconnect() was called on this connection
    TimePoint connected_since{};
    TimePoint phase_deadline{};  ///< in every phase but idle and connected
    bool grace_given = false;    ///< in this phase, as its timer was late
};

}  // namespace wsmq
