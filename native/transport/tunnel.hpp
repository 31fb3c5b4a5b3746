// Through an HTTP proxy: CONNECT (RFC 9110, 9.3.6).
#pragma once
#include <functional>
#include <optional>

#include "transport/failure.hpp"
#include "transport/stream_socket.hpp"
#include "wsmq/native/url.hpp"

namespace wsmq::native {

/// Makes a connection to a proxy one to the broker. The socket is borrowed until the handler is called
/// with what went wrong, if anything did.
void async_tunnel(StreamSocket&, const Url& broker, const Url& proxy, std::function<void(std::optional<Failure>)>);

/// "host:port", as the requests of HTTP want it; without the port where it is the scheme's and that may
/// be left out.
[[nodiscard]] std::string authority(const Url&, bool always_with_port);

}  // namespace wsmq::native
