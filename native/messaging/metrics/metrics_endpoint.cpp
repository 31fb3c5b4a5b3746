#include "wsmq/native/metrics_endpoint.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <set>
#include <utility>

#include "wsmq/native/prometheus.hpp"
#include "wsmq/native/service.hpp"

namespace wsmq::native {

namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using HttpAnswer = http::response<http::string_body>;

constexpr std::size_t most_connections = 8;
constexpr std::uint32_t longest_request = 4096;
/// Where the process has no file for another connection.
constexpr std::chrono::seconds accept_pause{1};

HttpAnswer answer_with(http::status status, std::string body) {
    HttpAnswer answer{status, 11};
    answer.set(http::field::content_type,
               status == http::status::ok ? "text/plain; version=0.0.4; charset=utf-8" : "text/plain; charset=utf-8");
    answer.set(http::field::cache_control, "no-store");
    answer.body() = std::move(body);
    answer.keep_alive(false);
    answer.prepare_payload();
    return answer;
}

HttpAnswer answer_to(const http::request<http::empty_body>& request, const std::function<std::string()>& text) {
    const auto path = request.target().substr(0, request.target().find('?'));
    if (path != "/metrics") return answer_with(http::status::not_found, "The metrics are at /metrics.\n");
    if (request.method() == http::verb::get) return answer_with(http::status::ok, text());
    auto refusal = answer_with(http::status::method_not_allowed, "This address takes GET alone.\n");
    refusal.set(http::field::allow, "GET");
    return refusal;
}

/// Not a client that is gone or too slow, to whom nothing can be said.
bool is_of_request(const ErrorCode& error) {
    const bool is_gone = error == http::error::end_of_stream || error == http::error::partial_message;
    return !is_gone && error.category() == make_error_code(http::error::end_of_stream).category();
}

}  // namespace

/// One connection, and its one request.
class MetricsExchange : public std::enable_shared_from_this<MetricsExchange> {
public:
    using Respond = std::function<HttpAnswer(const http::request<http::empty_body>&)>;
    using Ended = std::function<void(const std::shared_ptr<MetricsExchange>&)>;

    MetricsExchange(tcp::socket socket, Respond respond, Ended ended)
        : stream_{std::move(socket)}, respond_{std::move(respond)}, ended_{std::move(ended)} {
        parser_.header_limit(longest_request);
    }

    void start(std::chrono::milliseconds patience) {
        stream_.expires_after(patience);
        http::async_read(stream_, buffer_, parser_,
                         [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->handle(error); });
    }
    void close() { stream_.close(); }

private:
    void handle(const ErrorCode& error) {
        const bool hears = !error || is_of_request(error);
        if (!hears || !stream_.socket().is_open()) return ended_(shared_from_this());
        answer_ = error ? answer_with(http::status::bad_request, "This is no request for metrics.\n")
                        : respond_(parser_.get());
        http::async_write(stream_, answer_, [self = shared_from_this()](const ErrorCode&, std::size_t) {
            ErrorCode ignored;
            self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
            self->ended_(self);
        });
    }

    boost::beast::tcp_stream stream_;
    Respond respond_;
    Ended ended_;
    boost::beast::flat_buffer buffer_{std::size_t{2} * longest_request};
    http::request_parser<http::empty_body> parser_;
    HttpAnswer answer_;
};

struct MetricsEndpoint::Impl : std::enable_shared_from_this<Impl> {
    Impl(const boost::asio::any_io_executor& executor, std::function<std::string()> make,
         std::chrono::milliseconds time)
        : text{std::move(make)}, patience{time}, acceptor{executor}, timer{executor} {}

    void accept();
    void serve(tcp::socket);

    std::function<std::string()> text;
    std::chrono::milliseconds patience;
    tcp::acceptor acceptor;
    boost::asio::steady_timer timer;
    std::set<std::shared_ptr<MetricsExchange>> exchanges;
    bool is_accepting = false;
};

void MetricsEndpoint::Impl::accept() {
    if (is_accepting || !acceptor.is_open() || exchanges.size() >= most_connections) return;
    is_accepting = true;
    acceptor.async_accept([self = shared_from_this()](const ErrorCode& error, tcp::socket socket) {
        self->is_accepting = false;
        if (!self->acceptor.is_open()) return;
        if (!error) {
            self->serve(std::move(socket));
            return self->accept();
        }
        self->timer.expires_after(accept_pause);
        self->timer.async_wait([self](const ErrorCode& cancelled) {
            if (!cancelled) self->accept();
        });
    });
}

void MetricsEndpoint::Impl::serve(tcp::socket socket) {
    const auto ended = [self = shared_from_this()](const std::shared_ptr<MetricsExchange>& exchange) {
        self->exchanges.erase(exchange);
        self->accept();
    };
    const auto exchange = std::make_shared<MetricsExchange>(
        std::move(socket), [this](const auto& request) { return answer_to(request, text); }, ended);
    exchanges.insert(exchange);
    exchange->start(patience);
}

MetricsEndpoint::MetricsEndpoint(const Service& service)
    : MetricsEndpoint{service.get_executor(), [&service] { return prometheus_text(service.metrics()); }} {}

MetricsEndpoint::MetricsEndpoint(boost::asio::any_io_executor executor, std::function<std::string()> text,
                                 std::chrono::milliseconds patience)
    : impl_{std::make_shared<Impl>(executor, std::move(text), patience)} {}

MetricsEndpoint::~MetricsEndpoint() { close(); }

ErrorCode MetricsEndpoint::listen(const tcp::endpoint& endpoint) {
    auto& acceptor = impl_->acceptor;
    ErrorCode error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) {
        close();
    } else {
        impl_->accept();
    }
    return error;
}

std::uint16_t MetricsEndpoint::port() const {
    ErrorCode error;
    const auto endpoint = impl_->acceptor.local_endpoint(error);
    return error ? std::uint16_t{0} : endpoint.port();
}

void MetricsEndpoint::close() {
    ErrorCode ignored;
    impl_->acceptor.close(ignored);
    impl_->timer.cancel();
    for (const auto& exchange : std::exchange(impl_->exchanges, {})) exchange->close();
}

}  // namespace wsmq::native
