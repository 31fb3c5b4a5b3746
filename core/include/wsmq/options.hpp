// What the user asks for. The client copies it, and does not write to it: what the broker granted
// is in Negotiated. Every member has a value, so that naming some of them in a list warns of none.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wsmq/limits.hpp"
#include "wsmq/store.hpp"
#include "wsmq/types.hpp"

namespace wsmq {

/// Published by the broker when the connection ends without a DISCONNECT (MQTT 5.0, 3.1.2.5). It
/// goes with every CONNECT, reconnections included.
struct Will {
    std::string topic{};
    std::vector<std::uint8_t> payload{};
    Qos qos = Qos::at_most_once;
    bool retain = false;
    /// From PropertyWriter; ignored below MQTT 5.
    std::vector<std::uint8_t> encoded_properties{};
};

struct Credentials {
    std::optional<std::string> username{};
    std::optional<std::vector<std::uint8_t>> password{};
};

/// When a lost connection is taken up again: after a random time between 0 and a ceiling, which is backoff_min at first
/// and doubles with each round over all the hosts that fails, up to backoff_max. Any connection that is accepted begins
/// from the start, but for those that look taken over: see stable_after.
struct ReconnectPolicy {
    bool enabled = true;
    /// Whether a first connection that fails at every host is tried again, as a lost one is.
    bool retry_first_connection = false;
    /// Spreads those whom a broker's restart throws out together: 10,000 come back at 4 in a millisecond.
    Duration backoff_min{2'500};
    /// Where it is less than backoff_min, it is the first ceiling as well.
    Duration backoff_max{30'000};
    /// Twelve connections in a row that the other side ends sooner than this, with nothing unanswered and without a
    /// word, look as if another client used the same identifier: Errc::taken_over says so, and the ceiling doubles, and
    /// again after each twice as many more. 0 switches it off.
    Duration stable_after{2'500};
    /// After a connection that was accepted, refusals that would be final at first are retried like others for so long,
    /// those to renew a subscription too: a broker that starts may refuse everything. 0 makes them final at once.
    Duration refusal_patience{60'000};
};

struct ConnectOptions {
    Version version = Version::v5;
    /// Empty: the broker assigns one (MQTT 5, or MQTT 3.1.1 with clean_start).
    std::string client_id{};
    /// Ignored when ask_credentials is set.
    Credentials credentials{};
    /// Emit CredentialsRequested before every attempt, and wait for provide_credentials().
    bool ask_credentials = false;
    /// Begin without the broker's old session. Holds for the first connection after start(); a
    /// reconnection takes its own session up again where the protocol allows it.
    bool clean_start = true;
    /// 0 switches it off. Up to 65,535 s.
    std::chrono::seconds keep_alive{30};
    /// Whatever is sent puts everything off, as mqttws31.js did: a PINGREQ when nothing was sent for
    /// the interval, the end when nothing was sent or answered for another. A dead link is not
    /// found while there is something to send.
    bool keep_alive_by_sending = false;
    std::optional<Will> will{};

    /// MQTT 5: how long the broker keeps the session after the connection ended, in seconds;
    /// 0xFFFFFFFF is for ever (3.1.2.11.2).
    std::uint32_t session_expiry_interval = 0;
    /// How many QoS 1 and 2 messages the broker may send at once; 1 to 65,535.
    std::uint16_t receive_maximum = 65'535;
    /// Larger packets end the connection; with MQTT 5 the broker is told. In bytes, at least 64.
    std::uint32_t maximum_packet_size = 64u << 20;
    /// How many topic aliases the broker may use.
    std::uint16_t topic_alias_maximum = 16;
    /// How many we use at most, where the broker takes them. Assigned by themselves.
    std::uint16_t outgoing_topic_alias_maximum = 16;
    /// MQTT 5, enhanced authentication (4.12): empty is none.
    std::string authentication_method{};
    std::vector<std::uint8_t> authentication_data{};
    /// MQTT 5: user properties, request problem and response information, from PropertyWriter.
    /// Those that the fields above stand for are refused.
    std::vector<std::uint8_t> encoded_properties{};

    /// Whether what was subscribed is subscribed again where the broker lost the session.
    bool resubscribe = true;
    /// MQTT 5: whether the connection is taken up again when the broker says that another client has the session now.
    /// For who calls Client::rename() then: two of the same identifier displace each other without end.
    bool reconnect_when_taken_over = false;
    /// How many topic filters go into one SUBSCRIBE or UNSUBSCRIBE, at least 1; more take several packets. Some brokers
    /// close the connection over more than 8.
    std::size_t subscribe_batch = 8;

    /// From OpenTransport to CONNACK, and for credentials.
    Duration connect_timeout{30'000};
    ReconnectPolicy reconnect{};
    /// How many addresses the driver has; OpenTransport names one by its index. At least 1.
    std::size_t host_count = 1;

    /// What may wait while there is no connection, or while it is congested.
    std::size_t queue_maximum_messages = 100'000;
    std::size_t queue_maximum_bytes = 64u << 20;
    /// Output past which nothing more is encoded for the transport, in bytes: what take_output()
    /// has not taken yet and what the driver reported by transport_backlog().
    std::size_t output_high_water = 4u << 20;

    /// Seeds the jitter; the engine has no other source of chance.
    std::uint64_t random_seed = 0;
    /// Borrowed, and outlives the client. Null: sessions live as long as the client.
    Store* store = nullptr;
};

/// What becomes of a message that cannot be encoded now.
enum class WhenBlocked : std::uint8_t {
    wait,         ///< waits in the queue; refused with Errc::queue_full when that has no room
    drop_oldest,  ///< waits; the oldest waiting messages are dropped (and reported) to make room
    drop_newest,  ///< waits if there is room, else is dropped: Failed with Errc::queue_full
    fail,         ///< refused at once: Errc::not_connected or Errc::queue_full
};

struct PublishOptions {
    Qos qos = Qos::at_most_once;
    bool retain = false;
    WhenBlocked when_blocked = WhenBlocked::wait;
    /// From PropertyWriter, borrowed for the call; ignored below MQTT 5. Topic aliases are the
    /// engine's own business and refused here. A message with a Message Expiry Interval is sent with
    /// what is left of it after the wait, and given up (Errc::expired) when nothing is; one that a
    /// store held begins it anew.
    Bytes encoded_properties{};
};

/// MQTT 5.0, 3.8.3.1.
enum class RetainHandling : std::uint8_t { send = 0, send_if_new = 1, do_not_send = 2 };

struct Subscription {
    std::string_view topic_filter;
    Qos qos = Qos::at_most_once;
    /// The next three are ignored below MQTT 5.
    bool no_local = false;
    bool retain_as_published = false;
    RetainHandling retain_handling = RetainHandling::send;
};

/// What holds for this connection, from CONNACK; the defaults are the specification's.
struct Negotiated {
    std::chrono::seconds keep_alive{0};
    std::uint32_t session_expiry_interval = 0;
    /// QoS 1 and 2 messages that we may have on their way at once. Below MQTT 5 our own 500.
    std::uint16_t receive_maximum = 65'535;
    std::uint32_t maximum_packet_size = limits::largest_packet;
    std::uint16_t topic_alias_maximum = 0;
    Qos maximum_qos = Qos::exactly_once;
    bool retain_available = true;
    bool wildcard_subscription_available = true;
    bool subscription_identifier_available = true;
    bool shared_subscription_available = true;
};

}  // namespace wsmq
