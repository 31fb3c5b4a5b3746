// The events of a client. Views in an event are valid until the next receive(), transport_closed(), start() or stop(),
// or the client's destruction. publish() and the like do not invalidate them, so a handler may publish what it reads.
#pragma once
#include <cstddef>
#include <string_view>
#include <variant>

#include "wsmq/error.hpp"
#include "wsmq/reason_code.hpp"
#include "wsmq/types.hpp"

namespace wsmq {

/// No more events: all received bytes were processed.
struct NeedInput {};

/// Open a transport to this host now, and call transport_opened() or transport_closed().
struct OpenTransport {
    std::size_t host;  ///< index, below ConnectOptions::host_count
    unsigned attempt;  ///< 0 for the first since start() or since a stable connection
};

/// Send what take_output() still returns, then close the transport; do not pass on anything it still reports, and do
/// not call transport_closed().
struct CloseTransport {};

/// Call provide_credentials() or fail_credentials(), now or later.
struct CredentialsRequested {};

/// The broker's AUTH (MQTT 5.0, 3.15): call authenticate() when the reason is
/// continue_authentication. Success ends a re-authentication.
struct Authentication {
    ReasonCode reason;
    std::string_view method;
    Bytes data;
    Bytes encoded_properties;
};

/// CONNACK with success. Client::negotiated() has the details.
struct Connected {
    bool session_present;  ///< the broker still had our session
    bool reconnected;      ///< not the first connection since start()
    Bytes encoded_properties;
};

/// A connection, or an attempt at one, ended.
struct Disconnected {
    Errc why;           ///< Errc::none after stop() and reconnect()
    ReasonCode reason;  ///< the broker's, where it gave one; else success
    std::string_view reason_string;
    bool was_connected;        ///< false: this attempt never reached CONNACK
    bool reconnecting;         ///< false: the client is idle now, until start()
    Duration retry_in;         ///< where reconnecting: when the next attempt begins
    Bytes encoded_properties;  ///< of the broker's CONNACK or DISCONNECT
};

struct Message {
    std::string_view topic;  ///< topic alias resolved
    Bytes payload;
    Bytes encoded_properties;  ///< for PropertyView; empty below MQTT 5
    Qos qos{};
    bool retain = false;
    bool duplicate = false;
};

/// The broker answered: with PUBACK, PUBCOMP, SUBACK or UNSUBACK; or with DISCONNECT on one connection after another,
/// whose reason this is. A QoS 0 message that waited in the queue completes when it is sent; any other has no event.
struct Completed {
    OperationId id;
    ReasonCode reason;   ///< of a subscribe or unsubscribe: the first failure, else the first code
    Bytes reason_codes;  ///< one per topic filter, in their order; empty for a publish
    Bytes encoded_properties;
};

/// The operation ended without an answer of the broker.
struct Failed {
    OperationId id;
    Errc error;
};

/// This subscription no longer exists: the broker had lost the session and refused to renew it (where the reason may be
/// temporary, for refusal_patience), or closed one connection after another because of it. The reason is
/// unspecified_error where it gave none.
struct SubscriptionLost {
    std::string_view topic_filter;
    ReasonCode reason;
};

/// The queue is empty again, after a publish was refused or had to wait.
struct QueueDrained {};

using Event = std::variant<NeedInput, Message, Completed, Failed, Connected, Disconnected, OpenTransport,
                           CloseTransport, CredentialsRequested, Authentication, SubscriptionLost, QueueDrained>;

}  // namespace wsmq
