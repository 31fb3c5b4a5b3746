// What comes out of a client. Views in an event are valid until the next receive(),
// transport_closed(), start() or stop(), or the client's end; publish() and its like never touch
// them, so a handler may publish what it reads.
#pragma once
#include <cstddef>
#include <string_view>
#include <variant>

#include "wsmq/error.hpp"
#include "wsmq/reason_code.hpp"
#include "wsmq/types.hpp"

namespace wsmq {

/// Nothing more to tell: everything received was used up.
struct NeedInput {};

/// Open a transport to this host now, and call transport_opened() or transport_closed().
struct OpenTransport {
    std::size_t host;  ///< index, below ConnectOptions::host_count
    unsigned attempt;  ///< 0 for the first since start() or since a stable connection
};

/// Send what take_output() still gives, then close the transport and forget it: whatever it
/// still reports must not reach the client. transport_closed() is not called.
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
    Errc why;           ///< Errc::none after stop()
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

/// The broker answered: PUBACK or PUBCOMP, SUBACK, UNSUBACK; or with a DISCONNECT, one connection after another, whose
/// reason this is. A QoS 0 publish never comes here unless it waited in the queue, and then when it was encoded.
struct Completed {
    OperationId id;
    ReasonCode reason;   ///< of a subscribe or unsubscribe: the first failure, else the first code
    Bytes reason_codes;  ///< one per topic filter, in their order; empty for a publish
    Bytes encoded_properties;
};

/// The operation ended without the broker's answer.
struct Failed {
    OperationId id;
    Errc error;
};

/// After a reconnection to a broker that had lost the session, it refused to renew this subscription (where that may be
/// temporary, for as long as refusal_patience), which no longer exists; or it ended one connection after another over
/// it, with this reason (unspecified_error where it gave none).
struct SubscriptionLost {
    std::string_view topic_filter;
    ReasonCode reason;
};

/// The queue emptied after a publish was refused or had to wait: publish on.
struct QueueDrained {};

using Event = std::variant<NeedInput, Message, Completed, Failed, Connected, Disconnected, OpenTransport,
                           CloseTransport, CredentialsRequested, Authentication, SubscriptionLost, QueueDrained>;

}  // namespace wsmq
