#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <utility>

#include "transport/base_transport.hpp"
#include "transport/no_teardown_stream.hpp"
#include "transport/request_headers.hpp"
#include "transport/sanitize.hpp"
#include "transport/stream_transports.hpp"
#include "transport/tls_layer.hpp"
#include "transport/tunnel.hpp"

namespace wsmq::native {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;

/// What Beast masks and writes at once.
constexpr std::size_t write_size = 64u << 10;

Failure explain_upgrade(error_code error, const websocket::response_type& response) {
    if (error == websocket::error::upgrade_declined) {
        auto detail = "HTTP " + std::to_string(response.result_int()) + " " + printable(std::string{response.reason()});
        if (const auto to = response[http::field::location]; !to.empty())
            detail += ", to " + printable(without_secrets(std::string{to}));
        return {TransportError::upgrade_refused, detail, {static_cast<int>(response.result_int()), http_category()}};
    }
    if (is_tls_error(error)) return {TransportError::tls_failed, error.message()};
    const bool is_end = error == http::error::end_of_stream || error == boost::asio::error::eof ||
                        error == boost::asio::ssl::error::stream_truncated;
    return {TransportError::upgrade_failed, is_end ? "the connection was closed" : error.message()};
}

/// What of TLS differs between ws:// and wss://.
struct NoTls {
    explicit NoTls(StreamSocket& of) : socket{of} {}
    static constexpr bool is_tls = false;
    StreamSocket& socket;
    auto& stream() { return socket; }
};
struct WithTls : TlsLayer {
    using TlsLayer::TlsLayer;
    static constexpr bool is_tls = true;
};

template <class Layer> class WebSocketTransport final : public BaseTransport {
    using Next = std::remove_reference_t<decltype(std::declval<Layer&>().stream())>;
    using Stream = websocket::stream<NoTeardownStream<Next>, false>;  // no compression: MQTT's packets are small

public:
    WebSocketTransport(const boost::asio::any_io_executor& executor, const Url& url, const TransportOptions& options)
        : BaseTransport{executor, url, options},
          layer_{socket()},
          subprotocol_{options.version == Version::v3_1 ? "mqttv3.1" : "mqtt"} {}

protected:
    std::optional<Failure> check_options() override {
        if (auto failure = check_headers(options().headers)) return failure;
        if constexpr (Layer::is_tls) {
            return layer_.prepare(options().tls, url().host, "http/1.1");
        } else {
            return std::nullopt;
        }
    }

    void handshake() override {
        if constexpr (Layer::is_tls) {
            begin_step(options().limits.tls, {TransportError::tls_timed_out, {}});
            layer_.async_handshake([this, self = shared_from_this()](std::optional<Failure> failure) {
                if (!is_opening()) return;
                if (failure) return failed(std::move(*failure));
                upgrade();
            });
        } else {
            upgrade();
        }
    }

    void start_read(boost::asio::mutable_buffer buffer, SizeHandler handler) override {
        stream_->async_read_some(buffer, reader(std::move(handler)));
    }
    void start_write(boost::asio::const_buffer buffer, SizeHandler handler) override {
        stream_->async_write(buffer, writer(std::move(handler)));
    }
    bool closes_beside_read() const noexcept override { return true; }
    void start_close() override {
        stream_->async_close(websocket::close_code::normal, [this, self = shared_from_this()](error_code) {
            if constexpr (Layer::is_tls) {
                layer_.stream().async_shutdown([this, self](error_code) { drain(); });
            } else {
                drain();
            }
        });
    }
    std::optional<Failure> judge_data() const override {
        if (stream_->got_binary()) return std::nullopt;
        return Failure{TransportError::text_message, {}};
    }
    Failure explain_end(error_code error) const override {
        if (error == websocket::error::closed) return {TransportError::closed_by_peer, close_reason()};
        if (error.category() == error_code{websocket::error::closed}.category()) {
            return {TransportError::websocket_violated, error.message()};
        }
        if (is_tls_error(error)) return {TransportError::tls_failed, error.message()};
        const bool is_end = error == boost::asio::error::eof || error == boost::asio::ssl::error::stream_truncated;
        return {TransportError::connection_lost,
                is_end ? "the connection was closed without a WebSocket close frame" : error.message(), error};
    }

private:
    void upgrade() {
        begin_step(options().limits.upgrade, {TransportError::upgrade_timed_out, {}});
        stream_.emplace(layer_.stream());
        stream_->binary(true);
        stream_->auto_fragment(false);
        stream_->write_buffer_bytes(write_size);
        stream_->read_message_max(0);  // a message may hold any number of packets, and is read in pieces
        stream_->set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
            request.set(http::field::sec_websocket_protocol, subprotocol_);
            for (const auto& [header, value] : options().headers) request.insert(header, value);
        }));
        stream_->async_handshake(response_, authority(url(), false), url().target,
                                 [this, self = shared_from_this()](error_code error) {
                                     if (is_opening()) upgraded(error);
                                 });
    }

    void upgraded(error_code error) {
        if (error) return failed(explain_upgrade(error, response_));
        const auto granted = response_[http::field::sec_websocket_protocol];
        if (granted != subprotocol_) {
            return failed({TransportError::subprotocol_refused,
                           "asked was " + subprotocol_ + ", granted " +
                               (granted.empty() ? "none" : printable(std::string{granted}))});
        }
        response_ = {};
        opened();
    }

    std::string close_reason() const {
        const auto& reason = stream_->reason();
        if (reason.code == websocket::close_code::none) return {};
        const auto text = printable({reason.reason.data(), reason.reason.size()});
        return std::to_string(reason.code) + (text.empty() ? "" : ": " + text);
    }

    Layer layer_;
    std::string subprotocol_;
    std::optional<Stream> stream_;
    websocket::response_type response_;
};

}  // namespace

std::shared_ptr<Transport> make_websocket(const boost::asio::any_io_executor& executor, const Url& url,
                                          const TransportOptions& options) {
    if (uses_tls(url.scheme)) return std::make_shared<WebSocketTransport<WithTls>>(executor, url, options);
    return std::make_shared<WebSocketTransport<NoTls>>(executor, url, options);
}

}  // namespace wsmq::native
