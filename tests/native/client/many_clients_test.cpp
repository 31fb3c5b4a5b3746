// More clients in one process than look-ups run at once, and than a careless number of threads would bear.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <vector>

#include "support/loop.hpp"
#include "wsmq/native/client.hpp"

namespace wsmq::native::test {
namespace {

using boost::asio::ip::tcp;

/// The process may open so many files while it lives, if the system lets it.
class ManyFiles {
public:
    explicit ManyFiles(rlim_t wanted) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = std::max(before_.rlim_cur, std::min(wanted, before_.rlim_max));
        ::setrlimit(RLIMIT_NOFILE, &limit);
        granted_ = limit.rlim_cur >= wanted;
    }
    ~ManyFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    ManyFiles(const ManyFiles&) = delete;
    ManyFiles& operator=(const ManyFiles&) = delete;

    [[nodiscard]] bool granted() const noexcept { return granted_; }

private:
    rlimit before_{};
    bool granted_ = false;
};

/// Accepts whoever comes, with a CONNACK for the first bytes.
class Acceptor {
public:
    explicit Acceptor(boost::asio::io_context& io) : acceptor_{io, {boost::asio::ip::address_v4::loopback(), 0}} {
        accept();
    }
    [[nodiscard]] std::string url() const {
        return "mqtt://localhost:" + std::to_string(acceptor_.local_endpoint().port());
    }

private:
    struct Peer {
        explicit Peer(tcp::socket of) : socket{std::move(of)} {}
        tcp::socket socket;
        std::array<char, 256> buffer{};
    };

    void accept() {
        acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
            if (error) return;
            answer(std::make_shared<Peer>(std::move(socket)));
            accept();
        });
    }
    static void answer(const std::shared_ptr<Peer>& peer) {
        static constexpr std::array<unsigned char, 5> connack{0x20, 3, 0, 0, 0};
        peer->socket.async_read_some(boost::asio::buffer(peer->buffer), [peer](auto error, std::size_t) {
            if (error) return;
            boost::asio::async_write(peer->socket, boost::asio::buffer(connack), [peer](auto...) { hold(peer); });
        });
    }
    static void hold(const std::shared_ptr<Peer>& peer) {
        peer->socket.async_read_some(boost::asio::buffer(peer->buffer), [peer](auto error, std::size_t) {
            if (!error) hold(peer);
        });
    }

    tcp::acceptor acceptor_;
};

TEST(ManyClientsTest, TwelveHundredConnectByName) {
    constexpr std::size_t count = 1'200;
    const ManyFiles files{2 * count + 200};
    if (!files.granted()) GTEST_SKIP() << "the hard limit of open files (ulimit -Hn) is below " << 2 * count + 200;
    Loop loop;
    Acceptor acceptor{loop.context};
    std::vector<std::unique_ptr<Client>> clients;
    std::size_t connected = 0;
    std::size_t failed = 0;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<Client>(loop.context.get_executor(), acceptor.url()));
        clients.back()->async_connect([&](ErrorCode error, const ConnectAnswer& answer) {
            if (error && failed++ == 0) ADD_FAILURE() << error.message() << ": " << answer.detail;
            if (!error) ++connected;
        });
    }
    loop.until([&] { return connected + failed == count; });
    EXPECT_EQ(connected, count);
}

}  // namespace
}  // namespace wsmq::native::test
