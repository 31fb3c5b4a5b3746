#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <semaphore>

#include "support/loop.hpp"
#include "support/scripted_server.hpp"
#include "transport/read_coalescer.hpp"

namespace wsmq::native::test {
namespace {

using boost::asio::error::operation_aborted;
using testing::HasSubstr;
using Addresses = std::vector<boost::asio::ip::address>;

constexpr Duration short_limit{50};
constexpr Duration no_limit{0};

/// Says that a host has these addresses.
Resolve knows(const std::vector<std::string>& texts) {
    return [texts](const std::string&, boost::system::error_code&) {
        Addresses addresses;
        for (const auto& text : texts) addresses.push_back(boost::asio::ip::make_address(text));
        return addresses;
    };
}

TEST(TcpTransportTest, BytesGoBothWays) {
    ScriptedServer server{[](Peer& peer) {
        if (read_exactly(peer, 4) == "ping") write_all(peer, "pong");
        swallow(peer);
    }};
    Loop loop;
    Rig rig{loop, server.url("mqtt")};
    ASSERT_FALSE(rig.open());
    EXPECT_FALSE(rig.write("ping"));
    EXPECT_EQ(rig.read(4), "pong");
    rig.transport->close();
    loop.run_out();
    EXPECT_EQ(rig.read_error, operation_aborted);
}

/// The port at the other end of a descriptor that is a connected socket.
std::optional<std::uint16_t> peer_port(int descriptor) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
    return ntohs(address.sin_port);
}

TEST(TcpTransportTest, LeavesItsSocketToNoProgramThatTheProcessStarts) {
    ScriptedServer server{[](Peer& peer) { swallow(peer); }};
    Loop loop;
    Rig rig{loop, server.url("mqtt")};
    ASSERT_FALSE(rig.open());
    int found = 0;
    for (int descriptor = 0; descriptor < 1'024; ++descriptor) {
        if (peer_port(descriptor) != server.port()) continue;
        ++found;
        EXPECT_NE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0);
    }
    EXPECT_EQ(found, 1);
}

TEST(TcpTransportTest, HandlersNeverRunWithinTheCallThatStartedThem) {
    ScriptedServer server{[](Peer& peer) {
        write_all(peer, "x");
        swallow(peer);
    }};
    Loop loop;
    Rig rig{loop, server.url("mqtt")};
    rig.start_opening();
    EXPECT_FALSE(rig.opened);
    loop.until([&] { return rig.opened.has_value(); });
    rig.start_writing("ping");
    EXPECT_FALSE(rig.written);
    loop.until([&] { return rig.written.has_value(); });
    rig.start_writing("");
    EXPECT_FALSE(rig.written);
    rig.start_reading();
    EXPECT_EQ(rig.received, "");
    rig.transport->close();
    EXPECT_FALSE(rig.read_error);
    loop.run_out();
}

TEST(TcpTransportTest, ListensToNamesToo) {
    ScriptedServer server{[](Peer& peer) { write_all(peer, "hello"); }};
    Loop loop;
    Rig rig{loop, server.url("mqtt", "localhost")};
    ASSERT_FALSE(rig.open());
    EXPECT_EQ(rig.read(5), "hello");
}

TEST(TcpTransportTest, ConnectsOverIpv6) {
    ScriptedServer server{[](Peer& peer) { write_all(peer, "six"); }, "::1"};
    Loop loop;
    Rig rig{loop, server.url("mqtt", "[::1]")};
    ASSERT_FALSE(rig.open());
    EXPECT_EQ(rig.read(3), "six");
}

TEST(TcpTransportTest, TriesTheAddressesUntilOneAnswers) {
    ScriptedServer server{[](Peer& peer) { write_all(peer, "here"); }, "127.0.0.3"};
    Loop loop;
    Rig rig{loop, server.url("mqtt", "broker"), {.resolve = knows({"::1", "127.0.0.2", "127.0.0.3"})}};
    ASSERT_FALSE(rig.open());
    EXPECT_EQ(rig.read(4), "here");
}

TEST(TcpTransportTest, AnAddressThatDoesNotAnswerHoldsUpNoOther) {
    FullListener silent;
    ScriptedServer server{[](Peer& peer) { write_all(peer, "here"); }, "127.0.0.2", silent.port()};
    Loop loop;
    Rig rig{loop, server.url("mqtt", "broker"), {.resolve = knows({"127.0.0.1", "127.0.0.2"})}};
    ASSERT_FALSE(rig.open());
    EXPECT_EQ(rig.read(4), "here");
}

TEST(TcpTransportTest, ARefusedConnectionNamesEachAddress) {
    Loop loop;
    const auto port = std::to_string(unused_port());
    Rig rig{loop, "mqtt://broker:" + port, {.resolve = knows({"127.0.0.1", "127.0.0.2"})}};
    EXPECT_EQ(rig.open(), TransportError::connect_failed);
    EXPECT_EQ(rig.detail(), "127.0.0.1:" + port + ": Connection refused; 127.0.0.2:" + port + ": Connection refused");
    EXPECT_EQ(rig.cause(), boost::asio::error::connection_refused);
    EXPECT_EQ(http_status(rig.cause()), 0);
}

TEST(TcpTransportTest, AHostThatDoesNotAnswerIsGivenUp) {
    FullListener silent;
    Loop loop;
    Rig rig{loop, "mqtt://127.0.0.1:" + std::to_string(silent.port()), {.limits = {.connect = short_limit}}};
    EXPECT_EQ(rig.open(), TransportError::connect_timed_out);
    EXPECT_THAT(rig.detail(), HasSubstr(": no answer"));
    loop.run_out();
}

TEST(TcpTransportTest, ANameThatIsUnknownIsToldWithItsReason) {
    Loop loop;
    const auto resolve = [](const std::string&, boost::system::error_code& error) {
        error = boost::asio::error::host_not_found;
        return Addresses{};
    };
    Rig rig{loop, "mqtt://nowhere", {.resolve = resolve}};
    EXPECT_EQ(rig.open(), TransportError::resolve_failed);
    EXPECT_EQ(rig.detail(), "nowhere: Host not found (authoritative)");
    EXPECT_EQ(rig.cause(), boost::asio::error::host_not_found);
}

TEST(TcpTransportTest, AResolverThatHangsHoldsUpNeitherTheLoopNorItsEnd) {
    std::promise<void> release;
    std::promise<void> returned;
    const auto hang = [&](const std::string&, boost::system::error_code&) {
        release.get_future().wait();
        returned.set_value();
        return Addresses{};
    };
    {
        Loop loop;
        Rig rig{loop, "mqtt://broker", {.limits = {.resolve = short_limit}, .resolve = hang}};
        EXPECT_EQ(rig.open(), TransportError::resolve_timed_out);
        EXPECT_EQ(rig.detail(), "broker");
        loop.run_out();
    }
    release.set_value();
    returned.get_future().wait();
}

TEST(TcpTransportTest, AContextMayEndWhileTheResolverHangs) {
    std::promise<void> asked;
    std::promise<void> release;
    std::promise<void> returned;
    const auto hang = [&](const std::string&, boost::system::error_code&) {
        asked.set_value();
        release.get_future().wait();
        returned.set_value();
        return Addresses{};
    };
    std::weak_ptr<Transport> transport;
    {
        Loop loop;
        Rig rig{loop, "mqtt://broker", {.limits = {.resolve = Duration{0}}, .resolve = hang}};
        transport = rig.transport;
        rig.transport->async_open([kept = rig.transport](boost::system::error_code) { ADD_FAILURE(); });
        loop.context.run_one();
        asked.get_future().wait();
        rig.transport.reset();
    }
    EXPECT_TRUE(transport.expired());
    release.set_value();
    returned.get_future().wait();
}

TEST(TcpTransportTest, AResolverThatThrowsIsAFailureLikeAnyOther) {
    Loop loop;
    const auto resolve = [](const std::string&, boost::system::error_code&) -> Addresses {
        throw std::runtime_error{"no luck"};
    };
    Rig rig{loop, "mqtt://broker", {.resolve = resolve}};
    EXPECT_EQ(rig.open(), TransportError::resolve_failed);
    EXPECT_EQ(rig.detail(), "broker: no luck");
}

TEST(TcpTransportTest, AHostWithoutAddressesIsAFailure) {
    Loop loop;
    Rig rig{loop, "mqtt://broker", {.resolve = knows({})}};
    EXPECT_EQ(rig.open(), TransportError::resolve_failed);
    EXPECT_EQ(rig.detail(), "broker: it has no address");
}

TEST(TcpTransportTest, TheOtherSidesEndIsTold) {
    ScriptedServer server{[](Peer&) {}};
    Loop loop;
    Rig rig{loop, server.url("mqtt")};
    ASSERT_FALSE(rig.open());
    EXPECT_EQ(rig.read_to_the_end(), TransportError::closed_by_peer);
    rig.transport->close();
    loop.run_out();
}

TEST(TcpTransportTest, AResetIsTold) {
    ScriptedServer server{[](Peer& peer) {
        read_exactly(peer, 1);
        reset(peer);
    }};
    Loop loop;
    Rig rig{loop, server.url("mqtt")};
    ASSERT_FALSE(rig.open());
    rig.write("x");
    EXPECT_EQ(rig.read_to_the_end(), TransportError::connection_lost);
    EXPECT_EQ(rig.detail(), "Connection reset by peer");
    EXPECT_EQ(rig.write("y"), TransportError::connection_lost);
}

TEST(TcpTransportTest, ClosingWhileItOpensAbortsTheOpening) {
    FullListener silent;
    Loop loop;
    Rig rig{loop, "mqtt://127.0.0.1:" + std::to_string(silent.port())};
    rig.start_opening();
    loop.context.run_one();
    rig.transport->close();
    EXPECT_FALSE(rig.opened);
    loop.run_out();
    EXPECT_EQ(rig.opened, operation_aborted);
}

TEST(TcpTransportTest, ClosingAtOnceAbortsTheOpeningToo) {
    Loop loop;
    Rig rig{loop, "mqtt://127.0.0.1:" + std::to_string(unused_port())};
    rig.start_opening();
    rig.transport->close();
    loop.run_out();
    EXPECT_EQ(rig.opened, operation_aborted);
}

TEST(TcpTransportTest, WhatWasWrittenBeforeTheEndArrives) {
    const std::string much(4u << 20, 'm');
    std::promise<std::size_t> arrived;
    ScriptedServer server{[&](Peer& peer) {
        write_all(peer, "data that nobody reads");
        arrived.set_value(read_exactly(peer, much.size()).size());
    }};
    Loop loop;
    Rig rig{loop, server.url("mqtt"), {.limits = {.close = no_limit}}};
    ASSERT_FALSE(rig.open());
    rig.start_writing(much);
    rig.transport->close();
    loop.run_out();
    EXPECT_EQ(rig.written, boost::system::error_code{});
    EXPECT_EQ(arrived.get_future().get(), much.size());
}

TEST(TcpTransportTest, AReaderThatNeverReadsCannotHoldUpTheEnd) {
    ScriptedServer server{hold};
    Loop loop;
    Rig rig{loop, server.url("mqtt"), {.limits = {.close = short_limit}}};
    const std::weak_ptr<Transport> transport = rig.transport;
    ASSERT_FALSE(rig.open());
    rig.start_reading();
    rig.start_writing(std::string(64u << 20, 'm'));
    rig.transport->close();
    rig.transport.reset();
    loop.run_out();
    EXPECT_EQ(rig.written, operation_aborted);
    EXPECT_EQ(rig.read_error, operation_aborted);
    EXPECT_TRUE(transport.expired());
}

TEST(TcpTransportTest, APeerThatKeepsItsSideOpenCannotHoldUpTheEnd) {
    std::promise<void> release;
    ScriptedServer server{[&](Peer& peer) {
        swallow(peer);
        release.get_future().wait();
    }};
    Loop loop;
    Rig rig{loop, server.url("mqtt"), {.limits = {.close = short_limit}}};
    const std::weak_ptr<Transport> transport = rig.transport;
    ASSERT_FALSE(rig.open());
    rig.transport->close();
    rig.transport.reset();
    loop.run_out();
    EXPECT_TRUE(transport.expired());
    release.set_value();
}

TEST(TcpTransportTest, AHandlerMayDropTheTransport) {
    ScriptedServer server{[](Peer& peer) { write_all(peer, "x"); }};
    Loop loop;
    Rig rig{loop, server.url("mqtt")};
    const std::weak_ptr<Transport> transport = rig.transport;
    ASSERT_FALSE(rig.open());
    char byte = 0;
    rig.transport->async_read_some(boost::asio::buffer(&byte, 1),
                                   [&](boost::system::error_code, std::size_t) { rig.transport.reset(); });
    loop.run_out();
    EXPECT_EQ(byte, 'x');
    EXPECT_TRUE(transport.expired());
}

TEST(TcpTransportTest, AContextMayEndInTheMiddleOfEverything) {
    ScriptedServer server{hold};
    std::weak_ptr<Transport> transport;
    {
        Loop loop;
        Rig rig{loop, server.url("mqtt")};
        transport = rig.transport;
        ASSERT_FALSE(rig.open());
        rig.start_reading();
        rig.start_writing(std::string(64u << 20, 'm'));
        const auto keeps_it = [kept = rig.transport](boost::system::error_code, std::size_t) {};
        boost::asio::post(loop.context, [keeps_it] { keeps_it({}, 0); });
    }
    EXPECT_TRUE(transport.expired());
}

TEST(TcpTransportTest, NothingCanBeDoneBeforeItIsOpenNorAfterItsEnd) {
    std::promise<void> closing_was_seen;
    ScriptedServer server{[&](Peer& peer) {
        swallow(peer);
        closing_was_seen.get_future().wait_for(patience);
    }};
    Loop loop;
    Rig rig{loop, server.url("mqtt")};
    EXPECT_EQ(rig.write("x"), boost::asio::error::not_connected);
    ASSERT_FALSE(rig.open());
    EXPECT_EQ(rig.open(), boost::asio::error::already_open);
    rig.transport->close();
    EXPECT_EQ(rig.write("x"), operation_aborted);
    EXPECT_EQ(rig.open(), boost::asio::error::already_open);
    closing_was_seen.set_value();
    loop.run_out();
    EXPECT_EQ(rig.open(), operation_aborted);
}

TEST(TcpTransportTest, AProxysUrlIsNoBrokers) {
    Loop loop;
    Rig rig{loop, "http://127.0.0.1"};
    EXPECT_EQ(rig.open(), TransportError::invalid_options);
}

TEST(TransportErrorTest, EachErrorSaysSomethingElse) {
    std::vector<std::string> texts;
    for (int value = 1; value <= static_cast<int>(TransportError::websocket_violated); ++value) {
        texts.push_back(make_error_code(static_cast<TransportError>(value)).message());
        EXPECT_NE(texts.back(), "Unknown error");
    }
    std::sort(texts.begin(), texts.end());
    EXPECT_EQ(std::adjacent_find(texts.begin(), texts.end()), texts.end());
}

/// A server that sends one byte whenever it is told to, and a transport that has read so many of them one by one that
/// the next read waits, for an hour.
struct ReadCoalescerTransportTest : testing::Test {
    static constexpr std::size_t read_before = ReadCoalescer::sample + 1;

    std::counting_semaphore<> to_send{0};
    std::promise<void> sent;
    ScriptedServer server;
    Loop loop;
    Rig rig{loop, server.url("mqtt"), {.gather = std::chrono::hours{1}}};

    /// Afterwards it sends what `then` says.
    explicit ReadCoalescerTransportTest(const Script& then = swallow)
        : server{[this, then](Peer& peer) {
              for (std::size_t i = 0; i < read_before; ++i) {
                  to_send.acquire();
                  write_all(peer, "x");
              }
              then(peer);
          }} {}
    void read_one_by_one() {
        ASSERT_FALSE(rig.open());
        for (std::size_t i = 1; i <= read_before; ++i) {
            to_send.release();
            ASSERT_EQ(rig.read(i).size(), i);
        }
    }
};

struct ReadCoalescerStreamTest : ReadCoalescerTransportTest {
    ReadCoalescerStreamTest()
        : ReadCoalescerTransportTest{[this](Peer& peer) {
              write_all(peer, "a");
              write_all(peer, "b");
              sent.set_value();
              swallow(peer);
          }} {}
};

TEST_F(ReadCoalescerStreamTest, WhatFollowsCloselyIsLeftToComeTogetherUntilSomethingIsWritten) {
    read_one_by_one();
    auto all_sent = sent.get_future();
    loop.until_ready(all_sent);
    EXPECT_EQ(rig.received.size(), read_before) << "it is read later, together";
    EXPECT_FALSE(rig.write("ping"));
    EXPECT_EQ(rig.read(read_before + 2).substr(read_before), "ab");
}

TEST_F(ReadCoalescerStreamTest, ClosingDoesNotWaitForMore) {
    read_one_by_one();
    rig.transport->close();
    loop.run_out();
    EXPECT_EQ(rig.read_error, operation_aborted);
}

struct ReadCoalescerAnswerTest : ReadCoalescerTransportTest {
    ReadCoalescerAnswerTest()
        : ReadCoalescerTransportTest{[](Peer& peer) {
              if (read_exactly(peer, 4) == "ping") write_all(peer, "!");
              swallow(peer);
          }} {}
};

TEST_F(ReadCoalescerAnswerTest, AnAnswerIsReadAsSoonAsItComes) {
    read_one_by_one();
    EXPECT_FALSE(rig.write("ping"));
    EXPECT_EQ(rig.read(read_before + 1).back(), '!');
}

TEST(TcpTransportTest, AStreamThatEndsWhileMoreIsWaitedForIsReadToItsEnd) {
    const std::string pieces(1'000, 'x');
    ScriptedServer server{[&](Peer& peer) {
        for (const char piece : pieces) write_all(peer, {piece});
    }};
    Loop loop;
    Rig rig{loop, server.url("mqtt"), {.gather = std::chrono::milliseconds{20}}};
    ASSERT_FALSE(rig.open());
    EXPECT_EQ(rig.read_to_the_end(), TransportError::closed_by_peer);
    EXPECT_EQ(rig.received, pieces);
}

}  // namespace
}  // namespace wsmq::native::test
