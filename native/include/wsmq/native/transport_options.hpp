// Options of a transport.
#pragma once
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wsmq/native/url.hpp"
#include "wsmq/types.hpp"

namespace wsmq::native {

/// Older versions are not supported (RFC 8996).
enum class TlsVersion : std::uint8_t { any, v1_2, v1_3 };

/// For mqtts and wss. The broker's certificate and host name are verified, unless `insecure` is set. TLS 1.2 or later.
/// Files are in PEM format and read at each opening.
struct TlsOptions {
    /// Authorities to trust instead of the system's: a file of certificates, and a directory as made by
    /// `openssl rehash`.
    std::string ca_file{};
    std::string ca_path{};
    /// The client's certificate, followed by the intermediate ones; and its private key.
    std::string certificate_file{};
    std::string private_key_file{};
    /// Decrypts the private key. Without it, an encrypted key cannot be loaded; there is no prompt.
    std::string private_key_password{};
    /// The name for SNI and for the check of the certificate, instead of the URL's host.
    std::string server_name{};
    /// Exactly this version; any: the newest that the broker supports.
    TlsVersion version = TlsVersion::any;
    /// Verifies nothing: anybody who can redirect the connection can read and change it.
    bool insecure = false;
};

/// The time limit of each step, in milliseconds. 0 or less: none.
struct TimeLimits {
    Duration resolve{10'000};
    /// For all addresses together.
    Duration connect{10'000};
    /// From the connection to the proxy until its answer.
    Duration proxy{10'000};
    Duration tls{10'000};
    Duration upgrade{10'000};
    /// For the last write, the closing handshakes of WebSocket and TLS, and the peer's end.
    Duration close{2'000};
    /// Until the next address is tried in parallel with those that have not answered (RFC 8305, 5).
    Duration next_address{250};
};

/// Returns the addresses of a host in order of preference. Called on a thread of its own; it may block.
using Resolve =
    std::function<std::vector<boost::asio::ip::address>(const std::string& host, boost::system::error_code&)>;

struct TransportOptions {
    TlsOptions tls{};
    TimeLimits limits{};
    /// An HTTP proxy (Scheme::http), used by CONNECT for every scheme, with Basic authentication (RFC 7617) where the
    /// URL has a username. The proxy resolves the broker's name.
    std::optional<Url> proxy{};
    /// Additional headers of the WebSocket upgrade request; those that the handshake sets are refused. Username and
    /// password of the URL are sent by MQTT, never in a header.
    std::vector<std::pair<std::string, std::string>> headers{};
    /// Selects the WebSocket subprotocol: "mqttv3.1" for MQTT 3.1, otherwise "mqtt".
    Version version = Version::v5;
    /// Instead of the system's resolver.
    Resolve resolve{};
    /// Over mqtt://: the most that a read waits to coalesce messages that arrive in quick succession, which saves most
    /// of the processor time. 0 or less: never.
    std::chrono::microseconds gather{200};
};

}  // namespace wsmq::native
