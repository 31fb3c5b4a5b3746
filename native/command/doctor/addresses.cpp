#include "doctor/addresses.hpp"

#include <array>

#include "wsmq/native/transport_error.hpp"

namespace wsmq::command {

namespace {

using native::Scheme;
using native::TransportError;

constexpr std::array paths{"/ws_mqtt", "/mqtt", "/ws", "/"};

Scheme with_tls(Scheme scheme) { return uses_websocket(scheme) ? Scheme::wss : Scheme::mqtts; }
Scheme without_tls(Scheme scheme) { return uses_websocket(scheme) ? Scheme::ws : Scheme::mqtt; }
Scheme with_other_tls(Scheme scheme) { return uses_tls(scheme) ? without_tls(scheme) : with_tls(scheme); }
Scheme with_other_framing(Scheme scheme) {
    if (uses_websocket(scheme)) return uses_tls(scheme) ? Scheme::mqtts : Scheme::mqtt;
    return uses_tls(scheme) ? Scheme::wss : Scheme::ws;
}

std::string path_of(const native::Url& url) { return url.target.substr(0, url.target.find('?')); }

/// What was meant to be encrypted stays so: a query may hold a token.
native::Url changed(native::Url url, Scheme scheme) {
    if (uses_tls(url.scheme) && !uses_tls(scheme)) url.target = path_of(url);
    url.scheme = scheme;
    return url;
}

/// With the query.
void add_paths(std::vector<native::Url>& all, const native::Url& given, Scheme scheme) {
    const std::string query = given.target.substr(path_of(given).size());
    for (const auto* path : paths) {
        native::Url url = changed(given, scheme);
        url.target = path + query;
        if (url != given) all.push_back(url);
    }
}

/// Whether the status may be that of the path, not of what is behind it.
bool may_be_the_path(int status) { return status < 500 && status != 401 && status != 429; }

/// Nobody there speaks what was expected.
bool may_be_the_protocol(const native::ErrorCode& error) {
    return error == TransportError::upgrade_failed || error == TransportError::upgrade_timed_out ||
           error == TransportError::closed_by_peer || error == TransportError::connection_lost ||
           error == Errc::malformed_packet || error == Errc::protocol_error || error == Errc::packet_too_large ||
           error == Errc::connect_timed_out;
}

/// Without the path, where the scheme has none.
std::string shown(native::Url url) {
    if (!uses_websocket(url.scheme)) url.target = "/";
    return to_string(url);
}

}  // namespace

std::vector<native::Url> other_addresses(const native::Url& given, const Attempt& failed) {
    std::vector<native::Url> all;
    const auto& error = failed.error;
    if (given.scheme == Scheme::mqtt_unix) return all;
    const bool no_tls = error == TransportError::tls_failed || error == TransportError::tls_timed_out;
    const bool no_mqtt = may_be_the_protocol(error);
    const bool other_path =
        error == TransportError::subprotocol_refused ||
        (error == TransportError::upgrade_refused && may_be_the_path(native::http_status(failed.answer.cause)));
    if (other_path) add_paths(all, given, given.scheme);
    if ((other_path && !uses_tls(given.scheme)) || no_tls || no_mqtt)
        all.push_back(changed(given, with_other_tls(given.scheme)));
    if (no_mqtt && uses_websocket(given.scheme)) all.push_back(changed(given, with_other_framing(given.scheme)));
    if (no_mqtt && !uses_websocket(given.scheme)) add_paths(all, given, with_other_framing(given.scheme));
    return all;
}

std::string comparison(const native::Url& given, const native::Url& found) {
    const std::string begin = "The broker answers ";
    if (given.scheme == found.scheme)
        return begin + "at the path " + path_of(found) + ", and not at " + path_of(given) + ": change the address.";
    if (uses_websocket(given.scheme) != uses_websocket(found.scheme))
        return begin + "at " + shown(found) + ", and not at " + shown(given) + ": change the address.";
    return begin + "with " + std::string{name(found.scheme)} + ":, and not with " + std::string{name(given.scheme)} +
           ":. Change the scheme" + (uses_tls(given.scheme) ? ", or enable TLS at that port." : ".");
}

native::ClientOptions options_for(const Checkup& checkup, const native::Url& given, const native::Url& other) {
    auto options = checkup.unnamed_options(checkup.version());
    options.connect.credentials = {};
    if (uses_tls(given.scheme) && !uses_tls(other.scheme)) options.transport.headers.clear();
    if (!uses_tls(given.scheme) && uses_tls(other.scheme)) options.transport.tls.insecure = true;
    return options;
}

}  // namespace wsmq::command
