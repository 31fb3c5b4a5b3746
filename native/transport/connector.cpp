#include "transport/connector.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <sstream>
#include <utility>

#include "transport/stream_socket.hpp"

namespace wsmq::native {

using boost::asio::ip::address;
using boost::asio::ip::tcp;
using boost::system::error_code;

std::vector<address> interleaved(const std::vector<address>& addresses) {
    std::vector<address> first;
    std::vector<address> second;
    for (const auto& each : addresses) (each.is_v6() == addresses.front().is_v6() ? first : second).push_back(each);
    std::vector<address> result;
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) result.push_back(first[i]);
        if (i < second.size()) result.push_back(second[i]);
    }
    return result;
}

Connector::Connector(boost::asio::any_io_executor executor, const std::vector<address>& addresses, std::uint16_t port,
                     Duration next_address)
    : executor_{std::move(executor)},
      addresses_{interleaved(addresses)},
      port_{port},
      next_address_{next_address},
      timer_{executor_} {}

void Connector::start(Handler handler) {
    handler_ = std::move(handler);
    try_next();
}

void Connector::cancel() {
    handler_ = nullptr;
    timer_.cancel();
    for (auto& attempt : attempts_) {
        error_code ignored;
        attempt.socket.close(ignored);
    }
}

std::string Connector::summary() const {
    std::ostringstream text;
    const char* separator = "";
    for (const auto& attempt : attempts_) {
        const auto& error = attempt.error;
        text << std::exchange(separator, "; ") << attempt.endpoint << ": " << (error ? error.message() : "no answer");
    }
    return text.str();
}

/// A refusal says the most: the host is there.
error_code Connector::cause() const {
    const auto refused =
        std::ranges::find(attempts_, error_code{boost::asio::error::connection_refused}, &Attempt::error);
    return refused != attempts_.end() ? refused->error : attempts_.front().error;
}

void Connector::try_next() {
    const tcp::endpoint endpoint{addresses_[attempts_.size()], port_};
    auto& attempt = attempts_.emplace_back(Attempt{endpoint, tcp::socket{executor_}});
    open_private(attempt.socket, endpoint.protocol());
    attempt.socket.async_connect(endpoint, [self = shared_from_this(), &attempt](error_code error) {
        attempt.running = false;
        if (self->handler_) self->ended(attempt, error);
    });
    if (attempts_.size() < addresses_.size()) try_next_later();
}

void Connector::try_next_later() {
    timer_.expires_after(next_address_);
    timer_.async_wait([self = shared_from_this(), tried = attempts_.size()](error_code error) {
        if (!error && self->handler_ && self->attempts_.size() == tried) self->try_next();
    });
}

void Connector::ended(Attempt& attempt, error_code error) {
    if (!error) return complete(std::move(attempt.socket));
    attempt.error = error;
    error_code ignored;
    attempt.socket.close(ignored);
    if (attempts_.size() < addresses_.size()) return try_next();
    const bool is_last =
        std::none_of(attempts_.begin(), attempts_.end(), [](const auto& each) { return each.running; });
    if (is_last) complete(Failure{TransportError::connect_failed, summary(), cause()});
}

void Connector::complete(Answer answer) {
    const auto handler = std::exchange(handler_, nullptr);
    cancel();
    handler(std::move(answer));
}

}  // namespace wsmq::native
