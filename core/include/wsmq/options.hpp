// The options of a client, which copies them. What the broker granted is in Negotiated. Every member has an
// initializer, so that a designated initializer that leaves some out does not warn.
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
    /// In the place of ConnectOptions::authentication_data, for data that expires. Ignored without an
    /// authentication_method.
    std::optional<std::vector<std::uint8_t>> authentication_data{};
};

/// Reconnection waits a random time between 0 and a ceiling, which is backoff_min at first and doubles with each failed
/// round over all hosts, up to backoff_max. An accepted connection resets it, except one that the broker ends with a
/// failure in DISCONNECT within stable_after.
struct ReconnectPolicy {
    bool enabled = true;
    /// Whether a first connection that fails at every host is tried again, as a lost one is.
    bool retry_first_connection = false;
    /// Spreads the clients that a broker's restart disconnects at once: 10,000 come back at 4 per millisecond.
    Duration backoff_min{2'500};
    /// A value below backoff_min is the first ceiling as well.
    Duration backoff_max{30'000};
    /// Twelve connections in a row that the broker ends sooner than this, without a reason and with nothing
    /// unacknowledged, look as if another client used the same client identifier: Errc::taken_over reports it, and the
    /// ceiling doubles, and again with twice as many more. 0 switches this off.
    Duration stable_after{2'500};
    /// After an accepted connection, refusals that would be final before it are retried for this long, also those of a
    /// renewed subscription: a broker that is starting may refuse everything. 0: they are final at once.
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
    /// Discard the broker's old session. Applies to the first connection after start(); a reconnection resumes its own
    /// session where the protocol allows it.
    bool clean_start = true;
    /// 0 switches it off. Up to 65,535 s.
    std::chrono::seconds keep_alive{30};
    /// Any packet that is sent restarts the interval, as in mqttws31.js: a PINGREQ follows when nothing was sent for
    /// the interval, and the connection ends when nothing was sent or answered for another. A dead connection is not
    /// detected while there is something to send.
    bool keep_alive_by_sending = false;
    std::optional<Will> will{};

    /// MQTT 5: how long the broker keeps the session after the connection, in seconds; 0xFFFFFFFF: it does not expire
    /// (3.1.2.11.2).
    std::uint32_t session_expiry_interval = 0;
    /// How many QoS 1 and 2 messages the broker may send at once; 1 to 65,535.
    std::uint16_t receive_maximum = 65'535;
    /// Larger packets end the connection; sent in CONNECT with MQTT 5. In bytes, at least
    /// limits::smallest_maximum_packet_size.
    std::uint32_t maximum_packet_size = 64u << 20;
    /// How many topic aliases the broker may use; 0: none.
    std::uint16_t topic_alias_maximum = 16;
    /// How many the client uses at most, where the broker allows them. Assigned automatically.
    std::uint16_t outgoing_topic_alias_maximum = 16;
    /// MQTT 5, enhanced authentication (4.12): empty is none.
    std::string authentication_method{};
    std::vector<std::uint8_t> authentication_data{};
    /// MQTT 5: user properties, request problem and response information, from PropertyWriter.
    /// Others are refused: options above stand for them.
    std::vector<std::uint8_t> encoded_properties{};

    /// Whether subscriptions are renewed where the broker lost the session.
    bool resubscribe = true;
    /// MQTT 5: whether the client reconnects after DISCONNECT with session_taken_over. Only for those who call
    /// Client::rename() then: two clients with one identifier displace each other without end.
    bool reconnect_when_taken_over = false;
    /// How many topic filters go into one SUBSCRIBE or UNSUBSCRIBE, at least 1; more take several packets. Some brokers
    /// close the connection over more than 8.
    std::size_t subscribe_batch = 8;

    /// From OpenTransport to CONNACK, and for credentials; 5 s more where the timer is called late.
    Duration connect_timeout{30'000};
    ReconnectPolicy reconnect{};
    /// How many addresses the driver has; OpenTransport names one by its index. At least 1.
    std::size_t host_count = 1;

    /// What may wait while there is no connection, or while it is congested.
    std::size_t queue_maximum_messages = 100'000;
    std::size_t queue_maximum_bytes = 64u << 20;
    /// Bytes of output past which messages wait: what take_output() has not taken and what the driver reported with
    /// transport_backlog().
    std::size_t output_high_water = 4u << 20;

    /// Seeds the jitter; the engine has no other source of randomness.
    std::uint64_t random_seed = 0;
    /// Borrowed, and outlives the client. Null: sessions live as long as the client.
    Store* store = nullptr;
};

/// What happens to a message that cannot be sent now.
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
    /// From PropertyWriter, borrowed for the call; ignored below MQTT 5. Topic aliases are refused: the client assigns
    /// them. A message with a Message Expiry Interval is sent with the time that is left after its wait in the queue,
    /// and fails with Errc::expired when none is. One that is restored from a store goes on expiring when the client is
    /// started, with what its store says is left (Store::Visitor).
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

/// The parameters of this connection, from CONNACK; the defaults are those of the specification.
struct Negotiated {
    std::chrono::seconds keep_alive{0};
    std::uint32_t session_expiry_interval = 0;
    /// QoS 1 and 2 messages that may be in flight at once. Below MQTT 5: limits::version_3_receive_maximum.
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
