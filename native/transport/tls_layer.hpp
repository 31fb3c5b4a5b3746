// TLS over the socket of a transport: what the broker's certificate must be, and why it is not.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <optional>
#include <string>

#include "transport/failure.hpp"
#include "transport/stream_socket.hpp"
#include "wsmq/native/transport_options.hpp"

namespace wsmq::native {

class TlsLayer {
public:
    using Stream = boost::asio::ssl::stream<StreamSocket&>;

    explicit TlsLayer(StreamSocket& socket) : socket_{socket} {}

    /// Reads the files. `protocol` is the one of ALPN (RFC 7301).
    [[nodiscard]] std::optional<Failure> prepare(const TlsOptions&, const std::string& host,
                                                 const std::string& protocol);

    /// Only after prepare() found nothing amiss.
    [[nodiscard]] Stream& stream() noexcept { return *stream_; }

    /// The handler gets what went wrong, if anything did. Whoever owns the layer keeps it alive.
    template <class Handler> void async_handshake(Handler handler) {
        stream_->async_handshake(Stream::client,
                                 [this, handler = std::move(handler)](boost::system::error_code error) mutable {
                                     handler(error ? std::optional{explain(error)} : std::nullopt);
                                 });
    }

private:
    [[nodiscard]] Failure explain(boost::system::error_code) const;
    void expect_host(const std::string& host);
    [[nodiscard]] bool verified(bool so_far, boost::asio::ssl::verify_context&);

    StreamSocket& socket_;
    std::optional<boost::asio::ssl::context> context_;
    std::optional<Stream> stream_;
    std::string host_;
    std::optional<Failure> rejection_;  ///< of the certificate
};

/// Whether an error is TLS's own, an alert from the broker for example. With TLS 1.3 the broker judges our
/// certificate when our handshake has ended, so that its alert is what is read first.
[[nodiscard]] bool is_tls_error(boost::system::error_code);

}  // namespace wsmq::native
