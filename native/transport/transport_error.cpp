#include "wsmq/native/transport_error.hpp"

#include <string>

namespace wsmq::native {
namespace {

const char* text(TransportError error) {
    switch (error) {
        case TransportError::invalid_options: return "The transport's options cannot be used";
        case TransportError::resolve_failed: return "The host name could not be resolved";
        case TransportError::resolve_timed_out: return "The host name was not resolved in time";
        case TransportError::connect_failed: return "The host could not be connected to";
        case TransportError::connect_timed_out: return "The host did not accept a connection in time";
        case TransportError::proxy_refused: return "The proxy refused the tunnel";
        case TransportError::proxy_closed: return "The proxy closed the connection";
        case TransportError::proxy_timed_out: return "The proxy did not answer in time";
        case TransportError::tls_failed: return "The TLS handshake failed";
        case TransportError::tls_timed_out: return "The TLS handshake did not end in time";
        case TransportError::certificate_expired: return "The broker's certificate is out of its time";
        case TransportError::certificate_self_signed: return "The broker's certificate is self-signed";
        case TransportError::certificate_untrusted: return "The broker's certificate is not trusted";
        case TransportError::host_name_mismatch: return "The broker's certificate is for another host";
        case TransportError::upgrade_refused: return "The server refused the WebSocket";
        case TransportError::upgrade_failed: return "The WebSocket handshake failed";
        case TransportError::upgrade_timed_out: return "The WebSocket handshake did not end in time";
        case TransportError::subprotocol_refused: return "The server does not speak MQTT over WebSocket there";
        case TransportError::closed_by_peer: return "The broker closed the connection";
        case TransportError::connection_lost: return "The connection was lost";
        case TransportError::text_message: return "The server sent a text message";
        case TransportError::websocket_violated: return "The server broke the WebSocket protocol";
    }
    return "Unknown error";
}

class TransportCategory final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "wsmq.transport"; }
    std::string message(int value) const override { return text(static_cast<TransportError>(value)); }
};

class HttpCategory final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "wsmq.http"; }
    std::string message(int value) const override { return "HTTP " + std::to_string(value); }
};

}  // namespace

const boost::system::error_category& transport_category() noexcept {
    static const TransportCategory category;
    return category;
}

const boost::system::error_category& http_category() noexcept {
    static const HttpCategory category;
    return category;
}

boost::system::error_code make_error_code(TransportError error) noexcept {
    return {static_cast<int>(error), transport_category()};
}

}  // namespace wsmq::native
