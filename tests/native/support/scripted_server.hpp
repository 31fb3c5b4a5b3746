// A server on loopback that does with each connection what a test says, step by step, on a thread of its own.
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace wsmq::native::test {

/// The server's side of one connection, blocking. What fails is thrown, and ends the script.
using Peer = boost::asio::ip::tcp::socket;
using Script = std::function<void(Peer&)>;

/// The steps that scripts are made of.
std::string read_exactly(Peer&, std::size_t);
/// Up to an empty line, it included.
std::string read_head(Peer&);
void write_all(Peer&, const std::string&);
/// Holds the connection open, and takes and gives nothing, until the other side ends it.
void hold(Peer&);
/// Reads and throws away until the other side ends it.
void swallow(Peer&);
/// Ends it with RST instead of FIN.
void reset(Peer&);

class ScriptedServer {
public:
    /// Connection after connection, one at a time, until it is destroyed.
    explicit ScriptedServer(Script, const std::string& address = "127.0.0.1", std::uint16_t port = 0);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] int connections() const noexcept { return connections_; }
    /// "<scheme>://<address>:<port>".
    [[nodiscard]] std::string url(const std::string& scheme, const std::string& host = "127.0.0.1") const;

private:
    void serve(const Script&);

    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    std::atomic<int> connections_{0};
    std::atomic<bool> ending_{false};
    std::mutex mutex_;
    int current_ = -1;  ///< the descriptor of the connection that is served
    std::thread thread_;
};

/// Ports where nobody listens, each another one.
std::vector<std::uint16_t> unused_ports(std::size_t count);
std::uint16_t unused_port();

/// A port that takes no more connections and refuses none: an attempt waits.
class FullListener {
public:
    explicit FullListener(const std::string& address = "127.0.0.1");
    [[nodiscard]] std::uint16_t port() const;

private:
    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::vector<boost::asio::ip::tcp::socket> waiting_;
};

}  // namespace wsmq::native::test
