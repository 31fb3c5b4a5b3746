// Why a transport could not be opened, or ended: one error for each step, as a code of Boost.System.
//
//     if (error == wsmq::native::TransportError::host_name_mismatch) ...
//
// What the other side said about it is in Transport::failure_detail().
#pragma once
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <type_traits>

#include "wsmq/export.hpp"

namespace wsmq::native {

enum class TransportError : std::uint8_t {
    // Opening, in the order of the steps.
    invalid_options = 1,  ///< a certificate or key that cannot be loaded, a header that cannot be sent, ...
    resolve_failed,
    resolve_timed_out,
    connect_failed,  ///< at every address
    connect_timed_out,
    proxy_refused,  ///< by its status, or with an answer that is not HTTP
    proxy_closed,   ///< the connection, instead of an answer
    proxy_timed_out,
    tls_failed,  ///< alerts, no common version, or an end in the middle of the handshake
    tls_timed_out,
    certificate_expired,      ///< or not valid yet
    certificate_self_signed,  ///< the broker's own, signed by nobody else and not trusted
    certificate_untrusted,    ///< no trusted authority stands behind it, or one of them rules it out
    host_name_mismatch,       ///< it is another host's certificate
    upgrade_refused,          ///< by the HTTP status
    upgrade_failed,           ///< no answer, or one that is no sound handshake
    upgrade_timed_out,
    subprotocol_refused,  ///< MQTT over WebSocket needs it (MQTT 5.0, 6)

    // Afterwards.
    closed_by_peer,      ///< in order
    connection_lost,     ///< a reset, a route that is gone, or an end without the goodbyes that TLS and WebSocket have
    text_message,        ///< MQTT comes in binary messages (MQTT 5.0, 6.0.0-1)
    websocket_violated,  ///< a frame that RFC 6455 does not allow
};

/// Named "wsmq.transport".
[[nodiscard]] WSMQ_EXPORT const boost::system::error_category& transport_category() noexcept;
[[nodiscard]] WSMQ_EXPORT boost::system::error_code make_error_code(TransportError) noexcept;

}  // namespace wsmq::native

template <> struct boost::system::is_error_code_enum<wsmq::native::TransportError> : std::true_type {};
