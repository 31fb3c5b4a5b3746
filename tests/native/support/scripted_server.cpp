#include "support/scripted_server.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>

namespace wsmq::native::test {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

tcp::endpoint endpoint(const std::string& address, std::uint16_t port) {
    return {boost::asio::ip::make_address(address), port};
}

}  // namespace

std::string read_exactly(Peer& peer, std::size_t size) {
    std::string bytes(size, '\0');
    boost::asio::read(peer, boost::asio::buffer(bytes));
    return bytes;
}

std::string read_head(Peer& peer) {
    std::string head;
    boost::asio::read_until(peer, boost::asio::dynamic_buffer(head), "\r\n\r\n");
    return head;
}

void write_all(Peer& peer, const std::string& bytes) { boost::asio::write(peer, boost::asio::buffer(bytes)); }

void hold(Peer& peer) {
    // Data that wait would be reported again and again, so only the end is asked for.
    pollfd descriptor{peer.native_handle(), POLLRDHUP, 0};
    while (poll(&descriptor, 1, -1) < 0) {
    }
}

void swallow(Peer& peer) {
    std::vector<char> buffer(64u << 10);
    error_code error;
    while (!error) peer.read_some(boost::asio::buffer(buffer), error);
}

void reset(Peer& peer) {
    peer.set_option(boost::asio::socket_base::linger{true, 0});
    peer.close();
}

ScriptedServer::ScriptedServer(Script script, const std::string& address, std::uint16_t port)
    : acceptor_{context_, endpoint(address, port)},
      port_{acceptor_.local_endpoint().port()},
      thread_{[this, script = std::move(script)] { serve(script); }} {}

ScriptedServer::~ScriptedServer() {
    ending_ = true;
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // wakes accept()
    {
        const std::lock_guard lock{mutex_};
        if (current_ >= 0) ::shutdown(current_, SHUT_RDWR);
    }
    thread_.join();
}

void ScriptedServer::serve(const Script& script) {
    while (!ending_) {
        error_code error;
        tcp::socket peer{context_};
        acceptor_.accept(peer, error);
        if (error) continue;
        {
            const std::lock_guard lock{mutex_};
            current_ = peer.native_handle();
        }
        ++connections_;
        try {
            if (!ending_) script(peer);
        } catch (const boost::system::system_error&) {
            // The other side went away in the middle of the script.
        }
        const std::lock_guard lock{mutex_};
        current_ = -1;
        peer.close(error);
    }
}

std::string ScriptedServer::url(const std::string& scheme, const std::string& host) const {
    return scheme + "://" + host + ":" + std::to_string(port_);
}

std::vector<std::uint16_t> unused_ports(std::size_t count) {
    boost::asio::io_context context;
    std::vector<tcp::acceptor> held;  // until the last is found: the system gives again what was given back
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 0; i < count; ++i) {
        ports.push_back(held.emplace_back(context, endpoint("127.0.0.1", 0)).local_endpoint().port());
    }
    return ports;
}

std::uint16_t unused_port() { return unused_ports(1).front(); }

FullListener::FullListener(const std::string& address) : acceptor_{context_} {
    acceptor_.open(endpoint(address, 0).protocol());
    acceptor_.bind(endpoint(address, 0));
    acceptor_.listen(0);
    // The queue takes one more than it was told; what comes after stays half-open.
    for (int i = 0; i < 3; ++i) {
        auto& socket = waiting_.emplace_back(context_);
        socket.open(endpoint(address, 0).protocol());
        socket.non_blocking(true);
        const auto listener = acceptor_.local_endpoint();
        // Asio's own would wait for the answer, non-blocking or not.
        if (::connect(socket.native_handle(), listener.data(), static_cast<socklen_t>(listener.size())) == 0) continue;
        if (errno != EINPROGRESS)
            throw boost::system::system_error{error_code{errno, boost::system::system_category()}};
    }
}

std::uint16_t FullListener::port() const { return acceptor_.local_endpoint().port(); }

}  // namespace wsmq::native::test
