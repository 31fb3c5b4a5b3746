#include "doctor/explanation.hpp"

#include <boost/asio/error.hpp>
#include <cstdio>

#include "wsmq/native/transport_error.hpp"

namespace wsmq::command {

namespace {

using native::TransportError;

std::string_view advice(ReasonCode reason) {
    switch (reason) {
        case ReasonCode::unsupported_protocol_version: return "Use -V 311 or -V 31.";
        case ReasonCode::client_identifier_not_valid: return "Choose another client identifier (-i).";
        case ReasonCode::bad_user_name_or_password: return "Check the user name and the password.";
        case ReasonCode::not_authorized: return "Check the user's rights on the broker.";
        case ReasonCode::bad_authentication_method: return "The broker wants another authentication method.";
        case ReasonCode::banned: return "Ask the operator of the broker to lift the ban.";
        case ReasonCode::server_unavailable:
        case ReasonCode::server_busy: return "Try again later.";
        case ReasonCode::quota_exceeded:
        case ReasonCode::connection_rate_exceeded: return "Connect less often, or raise the broker's limits.";
        case ReasonCode::packet_too_large: return "Send less, or raise the broker's maximum packet size.";
        case ReasonCode::use_another_server:
        case ReasonCode::server_moved: return "Connect to the server that the broker names.";
        default: return {};
    }
}

/// What to do about an HTTP status.
std::string_view advice(int status) {
    switch (status) {
        case 301:
        case 302:
        case 303:
        case 307:
        case 308: return "Use the address to which it sends.";
        case 400:
        case 426: return "Check the path, and that a proxy passes on the headers Upgrade and Connection.";
        case 401: return "Give the credentials that it wants with --header 'Authorization: ...'.";
        case 403: return "Check its access rules: origins (--header 'Origin: ...'), client addresses, the path.";
        case 404: return "Check the path.";
        case 407: return "Give the proxy its credentials: --proxy http://user:password@host:port.";
        case 429: return "Connect less often, or raise its limits.";
        case 500: return "Look into its log.";
        case 502: return "Its broker could not be reached: check that it is running, and where the proxy looks for it.";
        case 503: return "It is overloaded, limits connections, or its broker is down: look into its log.";
        case 504: return "Its broker did not answer: check that it is running, and where the proxy looks for it.";
        default: return "Check the path, and proxies.";
    }
}

std::string in_parentheses(const std::string& detail) { return detail.empty() ? "" : " (" + detail + ")"; }

std::string socket_failed(const Attempt& attempt, const std::string& path) {
    const auto& cause = attempt.answer.cause;
    if (cause == boost::system::errc::no_such_file_or_directory)
        return "There is no socket " + path + ". Check its path, and that the broker is running.";
    if (cause == net::error::access_denied)
        return "This user may not open the socket " + path + ". Check its permissions.";
    if (cause == net::error::connection_refused)
        return "Nothing listens at the socket " + path + ". Check that the broker is running.";
    return "The socket" + in_parentheses(attempt.answer.detail) + " cannot be opened. Check its path.";
}

/// Of a step of TCP or of the name; `url` is the proxy's where there is one.
std::string unreachable(const Attempt& attempt, const native::Url& url) {
    const std::string place = place_of(url);
    const auto& cause = attempt.answer.cause;
    const std::string detail = in_parentheses(attempt.answer.detail);
    if (cause == net::error::host_not_found_try_again || attempt.error == TransportError::resolve_timed_out)
        return "No name server answered for " + url.host + ". Check the network, and the name servers of this machine.";
    if (attempt.error == TransportError::resolve_failed)
        return "The name " + url.host + " could not be resolved. Check its spelling, and the network.";
    if (attempt.error == TransportError::connect_timed_out)
        return place + " does not answer" + detail + ". Check the address, and firewalls that drop connections.";
    if (url.scheme == native::Scheme::mqtt_unix) return socket_failed(attempt, place);
    if (cause == net::error::connection_refused)
        return "Nothing listens at " + place + ". Check that the broker is running, and the port of its listener.";
    return place + " cannot be reached" + detail + ". Check the network, and firewalls.";
}

std::string tls_failed(const Attempt& attempt, const native::Url& url) {
    const std::string place = place_of(url);
    const std::string certificate = "The certificate of " + place;
    const std::string detail = in_parentheses(attempt.answer.detail);
    switch (static_cast<TransportError>(attempt.error.value())) {
        case TransportError::certificate_expired:
            return certificate + " is out of its time" + detail + ". Renew it, or set the clock of this machine.";
        case TransportError::certificate_self_signed:
            return certificate + " is self-signed" + detail +
                   ". Pass it with --cafile to trust it, or get one from an authority.";
        case TransportError::certificate_untrusted:
            return certificate + " is not from an authority that this machine trusts" + detail +
                   ". Pass the authority's with --cafile, and check that the server sends the intermediate ones.";
        case TransportError::host_name_mismatch:
            return certificate + " is for another name" + detail + ". Use the name that it is for, or get another one.";
        case TransportError::tls_timed_out:
            return "The server at " + place + " did not end the TLS handshake in time. Check that its port speaks TLS.";
        default: return "TLS with " + place + " failed" + detail + ". Check that its port speaks TLS.";
    }
}

std::string proxy_failed(const Attempt& attempt, const native::Url& proxy, const native::Url& url) {
    const std::string where = "The proxy at " + place_of(proxy);
    if (attempt.error == TransportError::proxy_timed_out) return where + " did not answer in time. Check its address.";
    const int status = native::http_status(attempt.answer.cause);
    const std::string what = " refused a tunnel to " + place_of(url) + in_parentheses(attempt.answer.detail) + ". ";
    if (status == 403 || status == 405) return where + what + "Check which hosts and ports it allows.";
    if (status == 502 || status == 503 || status == 504) return where + what + "Check that it can reach the broker.";
    if (status != 0) return where + what + std::string{advice(status)};
    return where + what + "Check that it is an HTTP proxy that supports CONNECT.";
}

std::string websocket_failed(const Attempt& attempt, const native::Url& url) {
    const std::string server = "The server at " + to_string(url);
    const std::string detail = in_parentheses(attempt.answer.detail);
    if (const int status = native::http_status(attempt.answer.cause); status != 0) {
        // The detail has the address of a redirection.
        const auto more = attempt.answer.detail.find(", to ");
        const std::string to = more == std::string::npos ? "" : attempt.answer.detail.substr(more);
        return server + " answered with HTTP status " + std::to_string(status) + to + ", not with a WebSocket. " +
               std::string{advice(status)};
    }
    if (attempt.error == TransportError::subprotocol_refused)
        return server + " does not support the WebSocket subprotocol mqtt" + detail +
               ". Check that it is an MQTT broker.";
    if (attempt.error == TransportError::upgrade_timed_out)
        return server + " did not answer the WebSocket handshake in time. Check the address.";
    return server + " did not complete the WebSocket handshake" + detail +
           ". Check that a web server or a broker's WebSocket listener is there.";
}

std::string transport_failed(const Attempt& attempt, const native::Url& url, const native::ClientOptions& options) {
    const auto& proxy = options.transport.proxy;
    switch (static_cast<TransportError>(attempt.error.value())) {
        case TransportError::resolve_failed:
        case TransportError::resolve_timed_out:
        case TransportError::connect_failed:
        case TransportError::connect_timed_out: return unreachable(attempt, proxy ? *proxy : url);
        case TransportError::proxy_refused:
        case TransportError::proxy_closed:
        case TransportError::proxy_timed_out: return proxy_failed(attempt, proxy ? *proxy : url, url);
        case TransportError::tls_failed:
        case TransportError::tls_timed_out:
        case TransportError::certificate_expired:
        case TransportError::certificate_self_signed:
        case TransportError::certificate_untrusted:
        case TransportError::host_name_mismatch: return tls_failed(attempt, url);
        case TransportError::upgrade_refused:
        case TransportError::upgrade_failed:
        case TransportError::upgrade_timed_out:
        case TransportError::subprotocol_refused: return websocket_failed(attempt, url);
        case TransportError::closed_by_peer:
        case TransportError::connection_lost:
            return "The server at " + to_string(url) + " closed the connection instead of answering CONNECT" +
                   in_parentheses(attempt.answer.detail) + ". Check that it is an MQTT broker, and its log.";
        case TransportError::text_message:
        case TransportError::websocket_violated:
            return "The server at " + to_string(url) + " does not speak MQTT. Check the address.";
        case TransportError::invalid_options: break;
    }
    return attempt.error.message() + in_parentheses(attempt.answer.detail) + '.';
}

}  // namespace

std::string place_of(const native::Url& url) {
    if (url.scheme == native::Scheme::mqtt_unix) return native::socket_path(url);
    const bool has_colon = url.host.find(':') != std::string::npos;
    return (has_colon ? '[' + url.host + ']' : url.host) + ':' + std::to_string(url.port);
}

std::string explanation(ReasonCode reason, std::string_view reason_string) {
    char code[8];
    std::snprintf(code, sizeof code, "0x%02x", static_cast<unsigned>(reason));
    std::string text = std::string{describe(reason)} + " (" + code + ')';
    if (!reason_string.empty()) text.append(", \"").append(reason_string) += '"';
    text += '.';
    const auto what = advice(reason);
    return what.empty() ? text : text.append(" ").append(what);
}

std::string explanation(const Attempt& attempt, const native::Url& url, const native::ClientOptions& options) {
    const std::string broker = "The broker at " + to_string(url);
    if (attempt.error.category() == reason_category())
        return broker + " refused the connection: " +
               explanation(static_cast<ReasonCode>(attempt.error.value()), attempt.answer.reason_string());
    if (attempt.error.category() == native::transport_category()) return transport_failed(attempt, url, options);
    if (attempt.error == Errc::connect_timed_out || attempt.error == net::error::timed_out)
        return broker + " did not answer in time. Check the address, or raise --connect-timeout.";
    if (attempt.error == Errc::malformed_packet || attempt.error == Errc::protocol_error ||
        attempt.error == Errc::packet_too_large)
        return "The server at " + to_string(url) + " does not answer with MQTT. Check the address.";
    return attempt.error.message() + in_parentheses(attempt.answer.detail) + '.';
}

}  // namespace wsmq::command
