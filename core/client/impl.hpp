// The client as a whole: the connection's life, and who handles what is received. Inputs come from
// client.cpp; this is split by theme into connection.cpp and receiving.cpp.
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

    /// How a connection, or an attempt at one, ends.
    struct Ending {
        Errc why = Errc::none;
        ReasonCode reason = ReasonCode::success;
        Bytes properties{};
        client::Retry retry = client::Retry::by_policy;
    };

    // --- connection.cpp ---
    [[nodiscard]] Errc start();
    void stop(ReasonCode);
    [[nodiscard]] Errc rename(std::string client_id, std::optional<Will>);
    void transport_opened();
    void handle_timeout();
    void handle_wake_up();
    void provide_credentials(Credentials);
    /// The transport, where there is one, is to be closed by the driver.
    void close(const Ending&);
    /// The transport is gone, or there was none.
    void ended(const Ending&);
    /// For our own reasons: says them in a DISCONNECT where the protocol lets us.
    void give_up(Errc);
    void give_up(Errc, ReasonCode said);
    void begin_attempt();
    void open_transport();
    bool step(client::Step);
    [[nodiscard]] Duration schedule_next(std::optional<client::Reconnector::End> of_connection, const Ending&,
                                         bool& reconnecting);
    void send_ping();
    /// Sends what was sent before one by one, as PoisonDetector has it.
    void isolate();
    /// The established connection is gone: whether it looked taken over, and whether its end is the last word on its
    /// oldest operation.
    [[nodiscard]] client::Reconnector::End connection_lost(const Ending&);
    [[nodiscard]] bool session_lasts() const noexcept;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const noexcept;

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
    TimePoint connected_since{};
    TimePoint phase_deadline{};  ///< in every phase but idle and connected
};

}  // namespace wsmq
