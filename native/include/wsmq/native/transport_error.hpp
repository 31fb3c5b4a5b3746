// Why a transport could not be opened, or ended: an error for each step, as an error code of Boost.System.
//
//     if (error == wsmq::native::TransportError::host_name_mismatch) ...
//
// Transport::failure_detail() has the details for people, Transport::failure_cause() those for programs:
//
//     if (native::http_status(answer.cause) == 404) ...
//     if (answer.cause == boost::asio::error::connection_refused) ...
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
    proxy_refused,  ///< by an HTTP status, or an answer that is not HTTP
    proxy_closed,   ///< the proxy closed the connection without an answer
    proxy_timed_out,
    tls_failed,  ///< an alert, no common version, or an end during the handshake
    tls_timed_out,
    certificate_expired,      ///< or not valid yet
    certificate_self_signed,  ///< signed by itself, and not trusted
    certificate_untrusted,    ///< not issued by a trusted authority, or excluded by one
    host_name_mismatch,       ///< the certificate is for another host
    upgrade_refused,          ///< by an HTTP status
    upgrade_failed,           ///< no answer, or an invalid handshake
    upgrade_timed_out,
    subprotocol_refused,  ///< MQTT over WebSocket needs it (MQTT 5.0, 6)

    // After opening.
    closed_by_peer,      ///< in order
    connection_lost,     ///< reset, unreachable, or ended without the closing handshake of TLS or WebSocket
    text_message,        ///< MQTT needs binary messages [MQTT-6.0.0-1]
    websocket_violated,  ///< a frame that violates RFC 6455
};

/// Named "wsmq.transport".
[[nodiscard]] WSMQ_EXPORT const boost::system::error_category& transport_category() noexcept;
[[nodiscard]] WSMQ_EXPORT boost::system::error_code make_error_code(TransportError) noexcept;

/// Named "wsmq.http": the values are HTTP statuses.
[[nodiscard]] WSMQ_EXPORT const boost::system::error_category& http_category() noexcept;
/// Of the cause of upgrade_refused and proxy_refused; 0 where there was none.
[[nodiscard]] inline int http_status(const boost::system::error_code& cause) noexcept {
    return cause.category() == http_category() ? cause.value() : 0;
}

}  // namespace wsmq::native

template <> struct boost::system::is_error_code_enum<wsmq::native::TransportError> : std::true_type {};
