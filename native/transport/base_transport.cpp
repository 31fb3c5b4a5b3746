#include "transport/base_transport.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "transport/acknowledged_bytes.hpp"
#include "transport/tunnel.hpp"

namespace wsmq::native {

using boost::asio::ip::address;
using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto aborted = boost::asio::error::operation_aborted;

}  // namespace

BaseTransport::BaseTransport(const boost::asio::any_io_executor& executor, const Url& url,
                             const TransportOptions& options)
    : socket_{executor}, timer_{executor}, url_{url}, options_{options} {}

BaseTransport::~BaseTransport() {
    if (lookup_) lookup_->abandon();
    if (connector_) connector_->cancel();
}

void BaseTransport::async_open(OpenHandler handler) {
    if (state_ != State::idle) {
        const error_code error = state_ == State::closed ? error_code{aborted} : boost::asio::error::already_open;
        return boost::asio::post(socket_.get_executor(), [handler = std::move(handler), error] { handler(error); });
    }
    state_ = State::opening;
    const auto owned = std::make_shared<OpenHandler>(std::move(handler));
    open_handler_ = owned;
    boost::asio::post(socket_.get_executor(), [self = shared_from_this(), owned] {
        if (!self->is_opening()) return;
        if (self->options_.proxy && self->options_.proxy->scheme != Scheme::http) {
            return self->failed({TransportError::invalid_options, "a proxy's URL begins with http://"});
        }
        if (auto failure = self->check_options()) return self->failed(std::move(*failure));
        if (self->url_.scheme == Scheme::mqtt_unix) return self->connect_to_socket();
        self->resolve();
    });
}

/// An operation of the step is aborted when the socket is closed, and has no effect any more.
void BaseTransport::begin_step(Duration limit, Failure at_limit) {
    const auto step = ++step_;
    if (limit > Duration::zero()) {
        timer_.expires_after(limit);
    } else {
        timer_.expires_at(boost::asio::steady_timer::time_point::max());
    }
    timer_.async_wait([self = shared_from_this(), step, handler = open_handler_.lock(),
                       at_limit = std::move(at_limit)](error_code error) mutable {
        if (error || self->step_ != step) return;
        if (self->state_ == State::closing) return self->finish();
        if (self->connector_) at_limit.detail = self->connector_->summary();
        self->failed(std::move(at_limit));
    });
}

void BaseTransport::resolve() {
    const auto& host = options_.proxy ? options_.proxy->host : url_.host;
    error_code not_an_address;
    const auto literal = boost::asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return connect({literal});
    begin_step(options_.limits.resolve, {TransportError::resolve_timed_out, host});
    const auto resolved = [weak = weak_from_this()](Lookup::Answer answer) {
        const auto self = weak.lock();
        if (!self || !self->is_opening()) return;
        if (auto* failure = std::get_if<Failure>(&answer)) return self->failed(std::move(*failure));
        self->connect(std::get<Lookup::Addresses>(answer));
    };
    lookup_ = std::make_shared<Lookup>(socket_.get_executor(), resolved);
    lookup_->start(host, options_.resolve);
}

void BaseTransport::connect(const std::vector<address>& addresses) {
    begin_step(options_.limits.connect, {TransportError::connect_timed_out, {}});
    const auto port = options_.proxy ? options_.proxy->port : url_.port;
    connector_ = std::make_shared<Connector>(socket_.get_executor(), addresses, port, options_.limits.next_address);
    connector_->start([weak = weak_from_this()](Connector::Answer answer) {
        const auto self = weak.lock();
        if (!self || !self->is_opening()) return;
        if (auto* failure = std::get_if<Failure>(&answer)) return self->failed(std::move(*failure));
        self->connected(std::get<tcp::socket>(std::move(answer)));
    });
}

void BaseTransport::connect_to_socket() {
    const auto path = socket_path(url_);
    begin_step(options_.limits.connect, {TransportError::connect_timed_out, path});
    const auto end = [self = shared_from_this(), path](error_code error) {
        if (!self->is_opening()) return;
        if (error) return self->failed({TransportError::connect_failed, path + ": " + error.message(), error});
        self->handshake();
    };
    open_private(socket_, boost::asio::local::stream_protocol{});
    socket_.async_connect(boost::asio::local::stream_protocol::endpoint{path}, end);
}

void BaseTransport::connected(StreamSocket socket) {
    connector_.reset();
    socket_ = std::move(socket);
    error_code ignored;  // it costs speed and nothing else
    socket_.set_option(tcp::no_delay{true}, ignored);
    if (!options_.proxy) return handshake();
    begin_step(options_.limits.proxy, {TransportError::proxy_timed_out, to_string(*options_.proxy)});
    async_tunnel(socket_, url_, *options_.proxy, [self = shared_from_this()](std::optional<Failure> failure) {
        if (!self->is_opening()) return;
        if (failure) return self->failed(std::move(*failure));
        self->handshake();
    });
}

void BaseTransport::opened() {
    const auto handler = open_handler_.lock();
    ++step_;
    timer_.cancel();
    state_ = State::open;
    (*handler)({});
}

void BaseTransport::failed(Failure failure) {
    const auto handler = open_handler_.lock();
    detail_ = std::move(failure.detail);
    cause_ = failure.cause;
    finish();
    (*handler)(failure.error);
}

void BaseTransport::finish() {
    state_ = State::closed;
    ++step_;
    timer_.cancel();
    if (lookup_) lookup_->abandon();
    if (connector_) connector_->cancel();
    if (reading_) cancel_read();
    error_code ignored;
    socket_.close(ignored);
}

std::uint64_t BaseTransport::acknowledged() noexcept { return acknowledged_bytes(socket_.native_handle()); }

error_code BaseTransport::refusal() const {
    if (state_ == State::idle || state_ == State::opening) return boost::asio::error::not_connected;
    return state_ == State::open ? end_ : error_code{aborted};
}

void BaseTransport::async_read_some(boost::asio::mutable_buffer buffer, SizeHandler handler) {
    if (const auto error = refusal()) {
        return boost::asio::post(socket_.get_executor(), [handler = std::move(handler), error] { handler(error, 0); });
    }
    reading_ = true;
    start_read(buffer, std::move(handler));
}

void BaseTransport::async_write(boost::asio::const_buffer buffer, SizeHandler handler) {
    const auto error = refusal();
    if (error || buffer.size() == 0) {
        return boost::asio::post(socket_.get_executor(), [handler = std::move(handler), error] { handler(error, 0); });
    }
    writing_ = true;
    start_write(buffer, std::move(handler));
}

error_code BaseTransport::ended(Failure failure) {
    // Of two that fail together the first one knows why.
    if (!end_) {
        end_ = failure.error;
        detail_ = std::move(failure.detail);
        cause_ = failure.cause;
    }
    return end_;
}

void BaseTransport::end_read(error_code error, std::size_t size, SizeHandler& handler) {
    reading_ = false;
    if (state_ != State::open) {
        close_when_quiet();
        return handler(aborted, 0);
    }
    if (error) return handler(ended(explain_end(error)), 0);
    if (auto failure = judge_data()) return handler(ended(std::move(*failure)), 0);
    handler({}, size);
}

void BaseTransport::end_write(error_code error, std::size_t size, SizeHandler& handler) {
    writing_ = false;
    if (state_ == State::open) return handler(error ? ended(explain_end(error)) : error_code{}, size);
    close_when_quiet();
    handler(error ? aborted : error_code{}, size);
}

void BaseTransport::close() {
    if (state_ == State::opening) return give_up_opening(aborted);
    if (state_ == State::idle || (state_ == State::open && end_)) return finish();
    if (state_ != State::open) return;
    state_ = State::closing;
    begin_step(options_.limits.close, {TransportError::connection_lost, {}});
    close_when_quiet();
}

void BaseTransport::give_up_opening(error_code error) {
    const auto handler = open_handler_.lock();
    finish();
    boost::asio::post(socket_.get_executor(), [handler, error] { (*handler)(error); });
}

/// The last bytes are written first, then the goodbye is said.
void BaseTransport::close_when_quiet() {
    if (state_ != State::closing || writing_ || closing_started_) return;
    if (reading_ && !closes_beside_read()) return cancel_read();
    closing_started_ = true;
    start_close();
}

void BaseTransport::cancel_read() {
    error_code ignored;
    socket_.cancel(ignored);
}

void BaseTransport::drain() {
    if (state_ != State::closing) return;
    error_code ignored;
    socket_.shutdown(StreamSocket::shutdown_send, ignored);
    socket_.async_read_some(boost::asio::buffer(scratch_), [self = shared_from_this()](error_code error, std::size_t) {
        if (error) return self->finish();
        self->drain();
    });
}

Failure BaseTransport::explain_end(error_code error) const {
    if (error == boost::asio::error::eof) return {TransportError::closed_by_peer, {}};
    return {TransportError::connection_lost, error.message(), error};
}

}  // namespace wsmq::native
