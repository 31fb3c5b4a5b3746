#include "transport/stream_transports.hpp"

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "transport/base_transport.hpp"
#include "transport/tls_layer.hpp"

namespace wsmq::native {
namespace {

using boost::system::error_code;

/// mqtt:// and, with its options refused, what is no broker's URL.
class TcpTransport final : public BaseTransport {
public:
    using BaseTransport::BaseTransport;

protected:
    std::optional<Failure> check_options() override {
        if (url().scheme == Scheme::mqtt) return std::nullopt;
        return Failure{TransportError::invalid_options,
                       "no broker's URL begins with " + std::string{name(url().scheme)}};
    }
    void handshake() override { opened(); }
    void start_read(boost::asio::mutable_buffer buffer, SizeHandler handler) override {
        socket().async_read_some(buffer, reader(std::move(handler)));
    }
    void start_write(boost::asio::const_buffer buffer, SizeHandler handler) override {
        boost::asio::async_write(socket(), buffer, writer(std::move(handler)));
    }
    void start_close() override { drain(); }
};

/// mqtts://
class TlsTransport final : public BaseTransport {
public:
    TlsTransport(const boost::asio::any_io_executor& executor, const Url& url, const TransportOptions& options)
        : BaseTransport{executor, url, options}, tls_{socket()} {}

protected:
    std::optional<Failure> check_options() override { return tls_.prepare(options().tls, url().host, "mqtt"); }
    void handshake() override {
        begin_step(options().limits.tls, {TransportError::tls_timed_out, {}});
        tls_.async_handshake([this, self = shared_from_this()](std::optional<Failure> failure) {
            if (!is_opening()) return;
            if (failure) return failed(std::move(*failure));
            opened();
        });
    }
    void start_read(boost::asio::mutable_buffer buffer, SizeHandler handler) override {
        tls_.stream().async_read_some(buffer, reader(std::move(handler)));
    }
    void start_write(boost::asio::const_buffer buffer, SizeHandler handler) override {
        boost::asio::async_write(tls_.stream(), buffer, writer(std::move(handler)));
    }
    void start_close() override {
        tls_.stream().async_shutdown([this, self = shared_from_this()](error_code) { drain(); });
    }
    Failure explain_end(error_code error) const override {
        if (error == boost::asio::ssl::error::stream_truncated) {
            return {TransportError::connection_lost, "closed without TLS's goodbye"};
        }
        if (is_tls_error(error)) return {TransportError::tls_failed, error.message()};
        return BaseTransport::explain_end(error);
    }

private:
    TlsLayer tls_;
};

}  // namespace

std::shared_ptr<Transport> make_stream(const boost::asio::any_io_executor& executor, const Url& url,
                                       const TransportOptions& options) {
    if (uses_tls(url.scheme)) return std::make_shared<TlsTransport>(executor, url, options);
    return std::make_shared<TcpTransport>(executor, url, options);
}

std::shared_ptr<Transport> make_transport(const boost::asio::any_io_executor& executor, const Url& url,
                                          const TransportOptions& options) {
    return uses_websocket(url.scheme) ? make_websocket(executor, url, options) : make_stream(executor, url, options);
}

}  // namespace wsmq::native
