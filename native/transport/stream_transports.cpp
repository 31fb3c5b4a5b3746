#include "transport/stream_transports.hpp"

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "transport/base_transport.hpp"
#include "transport/read_coalescer.hpp"
#include "transport/tls_layer.hpp"

namespace wsmq::native {
namespace {

using boost::system::error_code;

/// mqtt:// and mqtt+unix://; refuses every other scheme.
class PlainTransport final : public BaseTransport {
public:
    PlainTransport(const boost::asio::any_io_executor& executor, const Url& url, const TransportOptions& options)
        : BaseTransport{executor, url, options}, coalescer_{options.gather}, wait_{executor} {}

protected:
    std::optional<Failure> check_options() override {
        if (url().scheme == Scheme::mqtt_unix && options().proxy)
            return Failure{TransportError::invalid_options,
                           "a proxy cannot be used with a Unix domain socket; leave out one of the two"};
        if (url().scheme == Scheme::mqtt_unix && socket_path(url()).size() > longest_socket_path)
            return Failure{TransportError::invalid_options,
                           "the path of the Unix domain socket is too long; at most 107 bytes"};
        if (url().scheme == Scheme::mqtt || url().scheme == Scheme::mqtt_unix) return std::nullopt;
        return Failure{
            TransportError::invalid_options,
            std::string{name(url().scheme)} + " is not a scheme for a broker; use mqtt, mqtts, ws, wss or mqtt+unix"};
    }
    void handshake() override {
        error_code ignored;
        socket().non_blocking(true, ignored);
        opened();
    }
    void start_read(boost::asio::mutable_buffer buffer, SizeHandler handler) override {
        if (coalescer_.is_due()) return read_later(buffer, reader(std::move(handler)));
        read(buffer, reader(std::move(handler)));
    }
    void start_write(boost::asio::const_buffer buffer, SizeHandler handler) override {
        if (is_waiting_) wait_.cancel();
        boost::asio::async_write(socket(), buffer, writer(std::move(handler)));
    }
    void start_close() override {
        wake_up_at(1);
        drain();
    }
    void cancel_read() override {
        wait_.cancel();
        BaseTransport::cancel_read();
    }

private:
    template <class Reader> void read(boost::asio::mutable_buffer buffer, Reader end) {
        wake_up_at(1);
        socket().async_read_some(
            buffer, [this, room = buffer.size(), end = std::move(end)](error_code error, std::size_t size) mutable {
                coalescer_.read(size, room, std::chrono::steady_clock::now());
                end(error, size);
            });
    }
    /// A write ends the wait, because an answer may follow.
    template <class Reader> void read_later(boost::asio::mutable_buffer buffer, Reader end) {
        is_waiting_ = true;
        wake_up_at(buffer.size());
        wait_.expires_after(coalescer_.limit());
        wait_.async_wait([this, buffer, end = std::move(end)](error_code cancelled) mutable {
            is_waiting_ = false;
            if (!is_open()) return end(cancelled, 0);
            error_code error;
            const std::size_t size = socket().read_some(boost::asio::buffer(buffer), error);
            if (cancelled || error == boost::asio::error::would_block) coalescer_.stop();
            if (error == boost::asio::error::would_block) return read(buffer, std::move(end));
            coalescer_.read(size, buffer.size(), std::chrono::steady_clock::now());
            end(error, size);
        });
    }
    /// SO_RCVLOWAT, so that fewer bytes do not wake the loop while no read is pending.
    void wake_up_at(std::size_t size) {
        if (std::exchange(wakes_up_at_, size) == size) return;
        error_code ignored;
        socket().set_option(boost::asio::socket_base::receive_low_watermark{static_cast<int>(size)}, ignored);
    }

    ReadCoalescer coalescer_;
    boost::asio::steady_timer wait_;
    std::size_t wakes_up_at_ = 1;
    bool is_waiting_ = false;
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
            return {TransportError::connection_lost, "the connection was closed without the close_notify of TLS"};
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
    return std::make_shared<PlainTransport>(executor, url, options);
}

std::shared_ptr<Transport> make_transport(const boost::asio::any_io_executor& executor, const Url& url,
                                          const TransportOptions& options) {
    return uses_websocket(url.scheme) ? make_websocket(executor, url, options) : make_stream(executor, url, options);
}

}  // namespace wsmq::native
