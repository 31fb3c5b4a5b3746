// The URL of a broker or of a proxy:
//
//     mqtt://host   mqtts://user:password@host:8884   ws://host/path?query   wss://[2001:db8::1]:8443/mqtt
//     mqtt+unix:///run/mosquitto.sock   mqtt+unix://user:password@/run/mosquitto.sock
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "wsmq/export.hpp"

namespace wsmq::native {

/// mqtt_unix: MQTT over a Unix domain stream socket.
enum class Scheme : std::uint8_t { mqtt, mqtts, ws, wss, http, mqtt_unix };

/// "mqtts" and the like. Static storage.
[[nodiscard]] WSMQ_EXPORT std::string_view name(Scheme) noexcept;
[[nodiscard]] WSMQ_EXPORT std::uint16_t default_port(Scheme) noexcept;
[[nodiscard]] WSMQ_EXPORT bool uses_tls(Scheme) noexcept;
[[nodiscard]] WSMQ_EXPORT bool uses_websocket(Scheme) noexcept;
/// The longest path of a Unix domain socket, in bytes.
constexpr std::size_t longest_socket_path = 107;

/// The parts of a URL, as parse_url() makes it.
struct Url {
    Scheme scheme = Scheme::mqtt;
    /// A name or an IP address, the latter without brackets, with its zone (fe80::1%eth0); empty for mqtt_unix.
    std::string host{};
    std::uint16_t port = 0;  ///< 0 for mqtt_unix
    /// Percent-decoded; may hold any byte.
    std::optional<std::string> username{};
    std::optional<std::string> password{};
    /// Path and query as written, from "/" on: the request target of ws and wss; not used by mqtt, mqtts and http. For
    /// mqtt_unix the path of the socket, see socket_path().
    std::string target = "/";

    friend bool operator==(const Url&, const Url&) = default;
};

enum class UrlError : std::uint8_t {
    invalid_character = 1,  ///< a space, a control character, a byte beyond ASCII or a broken %-escape
    unknown_scheme,         ///< none of mqtt, mqtts, ws, wss, mqtt+unix, http
    invalid_host,           ///< none, or neither a name nor an address
    invalid_port,           ///< not 1 to 65,535
    fragment,               ///< "#..." (RFC 6455, 3)
    missing_scheme,         ///< "host:port" alone
    invalid_socket_path,    ///< of mqtt+unix: a host before it, no file, a query, or longer than the system takes
};

/// A short English sentence, without a full stop. Static storage.
[[nodiscard]] WSMQ_EXPORT std::string_view describe(UrlError) noexcept;

/// Scheme and host are not case-sensitive. A name beyond ASCII must be given in its "xn--" form.
[[nodiscard]] WSMQ_EXPORT std::variant<Url, UrlError> parse_url(std::string_view);

/// The path of the socket of mqtt_unix.
[[nodiscard]] WSMQ_EXPORT std::string socket_path(const Url&);
/// The URL of a Unix domain socket; parse_url() refuses the URL of a path that is relative or too long.
[[nodiscard]] WSMQ_EXPORT std::string socket_url(std::string_view path);

/// As text for logs, without username, password and query.
[[nodiscard]] WSMQ_EXPORT std::string to_string(const Url&);

}  // namespace wsmq::native
