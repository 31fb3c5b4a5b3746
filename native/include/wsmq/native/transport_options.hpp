// How a transport is opened.
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

/// Older ones are not spoken (RFC 8996).
enum class TlsVersion : std::uint8_t { any, v1_2, v1_3 };

/// For mqtts and wss. The broker's certificate and its host name are verified unless `insecure` says
/// otherwise. TLS 1.2 at least. Files are in PEM and read at each opening.
struct TlsOptions {
    /// Authorities to trust, in place of the system's: a file of certificates, and a directory in the
    /// form that `openssl rehash` gives it.
    std::string ca_file{};
    std::string ca_path{};
    /// Our own certificate, followed by those between it and the authority; and its key.
    std::string certificate_file{};
    std::string private_key_file{};
    /// Of the private key. A key that needs one and gets none cannot be loaded; nobody is asked.
    std::string private_key_password{};
    /// Expected in the certificate, and asked for by SNI, in place of the URL's host.
    std::string server_name{};
    /// This one and no other; any: the newest that the broker speaks too.
    TlsVersion version = TlsVersion::any;
    /// Verify nothing: whoever can redirect the connection can read and change it.
    bool insecure = false;
};

/// How long each step may take. 0 or less: for ever.
struct TimeLimits {
    Duration resolve{10'000};
    /// To all the addresses together.
    Duration connect{10'000};
    /// From the connection to the proxy to its answer.
    Duration proxy{10'000};
    Duration tls{10'000};
    Duration upgrade{10'000};
    /// What is being written, the goodbyes of TLS and WebSocket, and the other side's end.
    Duration close{2'000};
    /// Until the next address is tried beside those that have not answered (RFC 8305, 5).
    Duration next_address{250};
};

/// Addresses of a host, in the order of preference. On a thread of its own and may block, also for ever.
using Resolve =
    std::function<std::vector<boost::asio::ip::address>(const std::string& host, boost::system::error_code&)>;

struct TransportOptions {
    TlsOptions tls{};
    TimeLimits limits{};
    /// An HTTP proxy (Scheme::http) that is asked for a tunnel by CONNECT, whatever the broker's scheme;
    /// with a username it gets them by Basic authentication (RFC 7617). It resolves the broker's name.
    std::optional<Url> proxy{};
    /// Further headers of the request for a WebSocket. One that the handshake sets itself is refused;
    /// a username in the URL goes to the broker by MQTT and never in a header.
    std::vector<std::pair<std::string, std::string>> headers{};
    /// Decides the WebSocket subprotocol: "mqttv3.1" for MQTT 3.1, else "mqtt".
    Version version = Version::v5;
    /// In place of the system's resolver.
    Resolve resolve{};
    /// Over mqtt://, where messages follow one another closely and nothing is sent between them, how long a read
    /// waits at most so as to bring several at once, which costs a fraction of the processor time. 0 or less: never.
    std::chrono::microseconds gather{200};
};

}  // namespace wsmq::native
