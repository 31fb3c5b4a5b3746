// Errors of the client. What a broker reports is a ReasonCode; neither is ever converted to the other.
#pragma once
#include <cstdint>
#include <string_view>

#include "wsmq/export.hpp"

namespace wsmq {

enum class Errc : std::uint8_t {
    none = 0,

    // The peer broke the protocol; the connection is closed.
    malformed_packet,          ///< bytes that no packet consists of
    protocol_error,            ///< a well-formed packet that is not allowed now
    packet_too_large,          ///< over the maximum packet size, received or about to be sent
    receive_maximum_exceeded,  ///< the broker sent more QoS 1 and 2 messages than we allow at once
    topic_alias_invalid,       ///< an alias that is 0, too high, or was never given a topic

    // The call was not valid; nothing was sent.
    invalid_topic,      ///< a topic name or filter that breaks the rules of MQTT 5.0, 4.7
    invalid_utf8,       ///< text that is not UTF-8, or holds U+0000
    invalid_character,  ///< text with a control character or a noncharacter, which MQTT 5.0, 1.5.4 says not to send
    invalid_property,   ///< a property that is not allowed there, twice, or not well-formed
    invalid_argument,   ///< any other argument that cannot be encoded
    not_supported,      ///< the broker, or the protocol version, does not offer it
    not_started,        ///< needs a client that was started

    // The operation could not be carried out.
    not_connected,                 ///< the policy forbids waiting for a connection
    queue_full,                    ///< the bounded queue has no room, or dropped this message
    packet_identifiers_exhausted,  ///< all 65,535 are in use
    cancelled,                     ///< by the user
    stopped,                       ///< the client was stopped before the operation ended
    session_lost,                  ///< the broker lost the session in which the operation was running
    broker_closed,                 ///< the broker closes every connection on which this is sent, without a reason
    expired,                       ///< its Message Expiry Interval passed while it waited to be sent

    // The connection ended, or could not be established.
    transport_failed,        ///< could not be opened
    transport_closed,        ///< closed by the other side, or broken
    connect_timed_out,       ///< no CONNACK within the connect timeout
    keep_alive_timed_out,    ///< no packet from the broker within the keep alive
    credentials_failed,      ///< the application could not supply credentials
    connection_refused,      ///< CONNACK with a failure; see the reason code
    disconnected_by_broker,  ///< the broker sent DISCONNECT; see the reason code
    authentication_failed,   ///< enhanced authentication failed
    taken_over,              ///< closed again and again: another client seems to use the same client identifier
};

/// A short English sentence, without a full stop. Static storage.
[[nodiscard]] WSMQ_EXPORT std::string_view describe(Errc) noexcept;

}  // namespace wsmq
