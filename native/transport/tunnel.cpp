#include "transport/tunnel.hpp"

#include <openssl/evp.h>

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <memory>
#include <utility>

#include "transport/sanitize.hpp"

namespace wsmq::native {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

std::string base64(const std::string& bytes) {
    std::string result((bytes.size() + 2) / 3 * 4 + 1, '\0');
    auto* to = reinterpret_cast<unsigned char*>(result.data());
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
    const int size = EVP_EncodeBlock(to, from, static_cast<int>(bytes.size()));
    result.resize(static_cast<std::size_t>(size));
    return result;
}

std::string connect_request(const Url& broker, const Url& proxy) {
    const auto host = authority(broker, true);
    auto text = "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n";
    if (proxy.username) {
        text += "Proxy-Authorization: Basic " + base64(*proxy.username + ":" + proxy.password.value_or("")) + "\r\n";
    }
    return text + "\r\n";
}

class Tunnel : public std::enable_shared_from_this<Tunnel> {
public:
    using Handler = std::function<void(std::optional<Failure>)>;

    Tunnel(StreamSocket& socket, std::string request, Handler handler)
        : socket_{socket}, request_{std::move(request)}, handler_{std::move(handler)} {
        answer_.header_limit(maximum_answer);
        answer_.skip(true);  // an answer to CONNECT has no body that would be ours
    }

    void start() {
        boost::asio::async_write(socket_, boost::asio::buffer(request_),
                                 [self = shared_from_this()](error_code error, std::size_t) { self->sent(error); });
    }

private:
    static constexpr std::uint32_t maximum_answer = 8u << 10;

    void sent(error_code error) {
        if (error) return handler_(Failure{TransportError::proxy_closed, error.message()});
        http::async_read_header(socket_, read_, answer_, [self = shared_from_this()](error_code failure, std::size_t) {
            self->handler_(self->judged(failure));
        });
    }

    std::optional<Failure> judged(error_code error) const {
        if (error && error.category() != http::make_error_code(http::error::bad_version).category()) {
            return Failure{TransportError::proxy_closed, error.message()};
        }
        if (error == http::error::end_of_stream || error == http::error::partial_message) {
            return Failure{TransportError::proxy_closed, "instead of an answer"};
        }
        if (error) return Failure{TransportError::proxy_refused, "its answer is not HTTP: " + error.message()};
        const auto& head = answer_.get();
        if (http::to_status_class(head.result()) != http::status_class::successful) {
            return Failure{TransportError::proxy_refused,
                           "HTTP " + std::to_string(head.result_int()) + " " + printable(std::string{head.reason()}),
                           {static_cast<int>(head.result_int()), http_category()}};
        }
        if (read_.size() > 0) return Failure{TransportError::proxy_refused, "something follows its answer"};
        return std::nullopt;
    }

    StreamSocket& socket_;
    std::string request_;
    Handler handler_;
    boost::beast::flat_buffer read_{maximum_answer};
    http::response_parser<http::empty_body> answer_;
};

}  // namespace

std::string authority(const Url& url, bool always_with_port) {
    // A zone means something on this machine only (RFC 6874, 3).
    const auto host = url.host.substr(0, url.host.find('%'));
    const auto name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    const bool with_port = always_with_port || url.port != default_port(url.scheme);
    return with_port ? name + ":" + std::to_string(url.port) : name;
}

void async_tunnel(StreamSocket& socket, const Url& broker, const Url& proxy,
                  std::function<void(std::optional<Failure>)> handler) {
    std::make_shared<Tunnel>(socket, connect_request(broker, proxy), std::move(handler))->start();
}

}  // namespace wsmq::native
