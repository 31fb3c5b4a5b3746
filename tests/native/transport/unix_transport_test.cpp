// Sockets of the Unix domain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "support/loop.hpp"
#include "support/scratch_directory.hpp"

namespace wsmq::native::test {
namespace {

using boost::asio::local::stream_protocol;

struct UnixTransportTest : testing::Test {
    Loop loop;
    ScratchDirectory directory;
    const std::string path = directory.file("a broker?.sock");
};

TEST_F(UnixTransportTest, CarriesBytesBothWaysAndEndsInOrder) {
    stream_protocol::acceptor acceptor{loop.context, stream_protocol::endpoint{path}};
    Rig rig{loop, socket_url(path)};
    stream_protocol::socket peer{loop.context};
    acceptor.async_accept(peer, [](auto error) { EXPECT_FALSE(error); });
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_FALSE(rig.write("ping"));
    std::string asked(4, '\0');
    bool ended = false;
    boost::asio::async_read(peer, boost::asio::buffer(asked), [&](auto error, std::size_t) {
        EXPECT_FALSE(error);
        boost::asio::async_write(peer, boost::asio::buffer("pong", 4), [](auto...) {});
    });
    EXPECT_EQ(rig.read(4), "pong");
    EXPECT_EQ(asked, "ping");
    rig.transport->close();
    peer.async_read_some(boost::asio::buffer(asked), [&](auto error, std::size_t) {
        ended = error == boost::asio::error::eof;
        peer.close();
    });
    loop.run_out();
    EXPECT_TRUE(ended);
}

TEST_F(UnixTransportTest, WhereNobodyListensTheErrorNamesThePath) {
    Rig rig{loop, socket_url(path)};
    EXPECT_EQ(rig.open(), TransportError::connect_failed);
    EXPECT_THAT(rig.detail(), testing::StartsWith(path + ": "));
}

TEST_F(UnixTransportTest, NoProxyLeadsToOne) {
    TransportOptions options;
    options.proxy = Url{.scheme = Scheme::http, .host = "localhost", .port = 1};
    Rig rig{loop, socket_url(path), options};
    EXPECT_EQ(rig.open(), TransportError::invalid_options);
}

TEST_F(UnixTransportTest, APathThatIsTooLongIsNotCutOff) {
    const Url url{.scheme = Scheme::mqtt_unix, .target = "/" + std::string(longest_socket_path, 'a')};
    const auto transport = make_transport(loop.context.get_executor(), url, {});
    boost::system::error_code opened;
    transport->async_open([&](boost::system::error_code error) { opened = error; });
    loop.run_out();
    EXPECT_EQ(opened, TransportError::invalid_options);
}

}  // namespace
}  // namespace wsmq::native::test
