// The server's side of TLS, blocking, for scripts.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <string>

#include "support/authority.hpp"
#include "support/scripted_server.hpp"

namespace wsmq::native::test {

using TlsPeer = boost::asio::ssl::stream<Peer&>;

struct TlsServerOptions {
    IssuedFiles files;
    /// Demands a certificate of this authority.
    std::string client_authority{};
    /// 0: whatever OpenSSL offers. Else TLS1_VERSION and so on.
    int maximum_version = 0;
    /// Chosen if the client offers it.
    std::string protocol{};
};

/// What a server saw of a client.
struct TlsSeen {
    std::string server_name;
    std::string protocol;
    std::string client;  ///< the subject of its certificate
};

/// A script that shakes hands and goes on with the stream.
[[nodiscard]] Script with_tls(TlsServerOptions, std::function<void(TlsPeer&, const TlsSeen&)>);

std::string read_exactly(TlsPeer&, std::size_t);
void write_all(TlsPeer&, const std::string&);

}  // namespace wsmq::native::test
