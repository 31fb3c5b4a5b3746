#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <future>

#include "support/loop.hpp"
#include "support/scripted_server.hpp"
#include "support/tls_peer.hpp"
#include "support/websocket_peer.hpp"

namespace wsmq::native::test {
namespace {

using boost::asio::error::operation_aborted;
using testing::HasSubstr;
using testing::StartsWith;

constexpr Duration short_limit{50};
constexpr Duration no_limit{0};

/// Answers every request with these bytes, and ends.
Script answers(const std::string& bytes) {
    return [bytes](Peer& peer) {
        read_head(peer);
        write_all(peer, bytes);
    };
}

/// How an opening ends, with its detail.
std::string opening(const ScriptedServer& server, TransportError expected, const TransportOptions& options = {}) {
    Loop loop;
    Rig rig{loop, server.url("ws"), options};
    EXPECT_EQ(rig.open(), expected);
    loop.run_out();
    // For programs the same as for people.
    const bool has_status = rig.detail().starts_with("HTTP ");
    EXPECT_EQ(http_status(rig.cause()), has_status ? std::stoi(rig.detail().substr(5)) : 0);
    return rig.detail();
}

/// What a request for a WebSocket is, with these options.
std::string request_of(const std::string& path, const TransportOptions& options) {
    std::promise<std::string> promise;
    const bool is_old = options.version == Version::v3_1;
    ScriptedServer server{[&](Peer& peer) {
        auto request = read_head(peer);
        write_all(peer, acceptance(request, is_old ? "Sec-WebSocket-Protocol: mqttv3.1\r\n"
                                                   : "Sec-WebSocket-Protocol: mqtt\r\n"));
        promise.set_value(std::move(request));
        swallow(peer);
    }};
    Loop loop;
    Rig rig{loop, server.url("ws") + path, options};
    EXPECT_FALSE(rig.open()) << rig.detail();
    return promise.get_future().get();
}

TEST(WebSocketTransportTest, TheRequestHasThePathTheHostAndTheSubprotocol) {
    const auto request = request_of("/ws_mqtt?token=a%20b", {});
    EXPECT_THAT(request, StartsWith("GET /ws_mqtt?token=a%20b HTTP/1.1\r\n"));
    EXPECT_THAT(header(request, "Host"), StartsWith("127.0.0.1:"));
    EXPECT_EQ(header(request, "Sec-WebSocket-Protocol"), "mqtt");
    EXPECT_EQ(header(request, "Sec-WebSocket-Extensions"), "");
}

TEST(WebSocketTransportTest, MqttVersion3HasASubprotocolOfItsOwn) {
    EXPECT_EQ(header(request_of("/", {.version = Version::v3_1}), "Sec-WebSocket-Protocol"), "mqttv3.1");
}

TEST(WebSocketTransportTest, FurtherHeadersGoAlong) {
    const auto request =
        request_of("/", {.headers = {{"Authorization", "Bearer abc"}, {"X-Lab", "1"}, {"X-Lab", "2"}}});
    EXPECT_EQ(header(request, "Authorization"), "Bearer abc");
    EXPECT_THAT(request, HasSubstr("X-Lab: 1\r\nX-Lab: 2\r\n"));
}

TEST(WebSocketTransportTest, HeadersThatAreNoneOrTheHandshakesAreRefused) {
    for (const auto& header : std::vector<std::pair<std::string, std::string>>{{"", "x"},
                                                                               {"a b", "x"},
                                                                               {"X", "a\r\nY: b"},
                                                                               {"X", std::string("a\0b", 3)},
                                                                               {"Host", "x"},
                                                                               {"sec-websocket-Key", "x"}}) {
        Loop loop;
        Rig rig{loop, "ws://127.0.0.1:1", {.headers = {header}}};
        EXPECT_EQ(rig.open(), TransportError::invalid_options) << header.first;
        EXPECT_NE(rig.detail(), "");
    }
}

TEST(WebSocketTransportTest, EachWriteIsOneBinaryMessageAndEachMessageIsRead) {
    std::promise<Frame> promise;
    ScriptedServer server{[&](Peer& peer) {
        accept(peer);
        promise.set_value(read_frame(peer));
        write_all(peer, bytes_of({.payload = "one"}) + bytes_of({.payload = ""}) + bytes_of({.payload = "two"}));
        swallow(peer);
    }};
    Loop loop;
    Rig rig{loop, server.url("ws")};
    ASSERT_FALSE(rig.open()) << rig.detail();
    const std::string large(200'000, 'L');
    EXPECT_FALSE(rig.write(large));
    EXPECT_EQ(rig.read(6), "onetwo");
    const auto frame = promise.get_future().get();
    EXPECT_TRUE(frame.is_last);
    EXPECT_EQ(frame.opcode, Opcode::binary);
    EXPECT_EQ(frame.payload, large);
}

TEST(WebSocketTransportTest, MessagesMayComeInFragmentsAndFramesInPieces) {
    ScriptedServer server{[](Peer& peer) {
        accept(peer);
        const auto bytes = bytes_of({.is_last = false, .payload = "ab"}) +
                           bytes_of({.opcode = Opcode::ping, .payload = "p"}) +
                           bytes_of({.is_last = false, .opcode = Opcode::continuation, .payload = "cd"}) +
                           bytes_of({.opcode = Opcode::continuation, .payload = std::string(70'000, 'e')});
        write_all(peer, bytes.substr(0, 1));
        write_all(peer, bytes.substr(1, 6));
        write_all(peer, bytes.substr(7));
        swallow(peer);
    }};
    Loop loop;
    Rig rig{loop, server.url("ws")};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(rig.read(70'004), "abcd" + std::string(70'000, 'e'));
}

TEST(WebSocketTransportTest, PingsAreAnswered) {
    std::promise<Frame> promise;
    ScriptedServer server{[&](Peer& peer) {
        accept(peer);
        write_all(peer, bytes_of({.opcode = Opcode::ping, .payload = "are you there"}));
        promise.set_value(read_frame(peer));
        swallow(peer);
    }};
    Loop loop;
    Rig rig{loop, server.url("ws")};
    ASSERT_FALSE(rig.open()) << rig.detail();
    rig.start_reading();
    auto answered = promise.get_future();
    loop.until_ready(answered);
    const auto frame = answered.get();
    EXPECT_EQ(frame.opcode, Opcode::pong);
    EXPECT_EQ(frame.payload, "are you there");
}

TEST(WebSocketTransportTest, TextIsNotMqtt) {
    ScriptedServer server{[](Peer& peer) {
        accept(peer);
        write_all(peer, bytes_of({.opcode = Opcode::text, .payload = "hello"}));
        swallow(peer);
    }};
    Loop loop;
    Rig rig{loop, server.url("ws")};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(rig.read_to_the_end(), TransportError::text_message);
    EXPECT_EQ(rig.received, "");
    rig.transport->close();
    loop.run_out();
}

TEST(WebSocketTransportTest, AFrameThatBreaksTheRulesIsTold) {
    for (const auto* bytes : {"\xf2\x01x", "\x83\x01x", "\x82\x81maskx"}) {
        ScriptedServer server{[&](Peer& peer) {
            accept(peer);
            write_all(peer, bytes);
            swallow(peer);
        }};
        Loop loop;
        Rig rig{loop, server.url("ws"), {.limits = {.close = short_limit}}};
        ASSERT_FALSE(rig.open()) << rig.detail();
        EXPECT_EQ(rig.read_to_the_end(), TransportError::websocket_violated);
        EXPECT_NE(rig.detail(), "");
        rig.transport->close();
        loop.run_out();
    }
}

/// What is told of a connection that the server closes with this reason.
std::string goodbye(const std::string& reason) {
    ScriptedServer server{[&](Peer& peer) {
        accept(peer);
        write_all(peer, bytes_of({.opcode = Opcode::close, .payload = "\x03\xe9" + reason}));
        read_frame(peer);
    }};
    Loop loop;
    Rig rig{loop, server.url("ws")};
    EXPECT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(rig.read_to_the_end(), TransportError::closed_by_peer);
    rig.transport->close();
    loop.run_out();
    return rig.detail();
}

TEST(WebSocketTransportTest, TheServersGoodbyeIsTold) {
    EXPECT_EQ(goodbye("going away"), "1001: going away");
    EXPECT_EQ(goodbye("two\nlines\x1b[1m\xc2\x9b"), "1001: two?lines?[1m??");
}

TEST(WebSocketTransportTest, AnEndWithoutAGoodbyeIsALoss) {
    ScriptedServer server{[](Peer& peer) { accept(peer); }};
    Loop loop;
    Rig rig{loop, server.url("ws")};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(rig.read_to_the_end(), TransportError::connection_lost);
    EXPECT_EQ(rig.detail(), "the connection was closed without a WebSocket close frame");
}

TEST(WebSocketTransportTest, ItSaysGoodbyeAfterWhatWasWritten) {
    std::promise<Opcode> promise;
    ScriptedServer server{[&](Peer& peer) {
        accept(peer);
        write_all(peer, bytes_of({.payload = "late"}));
        read_frame(peer);
        const auto frame = read_frame(peer);
        promise.set_value(frame.opcode);
        write_all(peer, bytes_of({.opcode = Opcode::close, .payload = frame.payload}));
    }};
    Loop loop;
    Rig rig{loop, server.url("ws"), {.limits = {.close = no_limit}}};
    ASSERT_FALSE(rig.open()) << rig.detail();
    rig.start_reading();
    rig.start_writing(std::string(1u << 20, 'm'));
    rig.transport->close();
    loop.run_out();
    EXPECT_EQ(rig.written, boost::system::error_code{});
    EXPECT_EQ(rig.read_error, operation_aborted);
    EXPECT_EQ(promise.get_future().get(), Opcode::close);
}

TEST(WebSocketTransportTest, AServerThatNeverSaysGoodbyeCannotHoldUpTheEnd) {
    for (const bool reading : {false, true}) {
        ScriptedServer server{[](Peer& peer) {
            accept(peer);
            hold(peer);
        }};
        Loop loop;
        Rig rig{loop, server.url("ws"), {.limits = {.close = short_limit}}};
        const std::weak_ptr<Transport> transport = rig.transport;
        ASSERT_FALSE(rig.open()) << rig.detail();
        if (reading) rig.start_reading();
        if (reading) rig.start_writing(std::string(64u << 20, 'm'));
        rig.transport->close();
        rig.transport.reset();
        loop.run_out();
        EXPECT_EQ(rig.read_error.has_value(), reading);
        EXPECT_TRUE(transport.expired());
    }
}

TEST(WebSocketTransportTest, ARefusalIsToldWithItsStatus) {
    const ScriptedServer not_found{answers("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope")};
    EXPECT_EQ(opening(not_found, TransportError::upgrade_refused), "HTTP 404 Not Found");
    const ScriptedServer moved{answers("HTTP/1.1 301 Moved\r\nLocation: wss://x/y\r\nContent-Length: 0\r\n\r\n")};
    EXPECT_EQ(opening(moved, TransportError::upgrade_refused), "HTTP 301 Moved, to wss://x/y");
    // A server hands back what it was asked with.
    const ScriptedServer login{
        answers("HTTP/1.1 302 Found\r\nLocation: /login?token=secret\r\nContent-Length: 0\r\n\r\n")};
    EXPECT_EQ(opening(login, TransportError::upgrade_refused), "HTTP 302 Found, to /login?***");
}

TEST(WebSocketTransportTest, AnAnswerThatIsNoHandshakeIsTold) {
    const std::string head = "HTTP/1.1 101 Switching Protocols\r\n";
    for (const auto& answer :
         {std::string{}, std::string{"HTTP/1.1 101"}, std::string{"\x20\x02\x00\x00 this is MQTT"}, head + "\r\n",
          head + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n",
          head + "X: " + std::string(100'000, 'x')}) {
        const ScriptedServer server{answers(answer)};
        EXPECT_NE(opening(server, TransportError::upgrade_failed), "") << answer.substr(0, 80);
    }
}

TEST(WebSocketTransportTest, AResetInTheHandshakeIsTold) {
    const ScriptedServer server{[](Peer& peer) {
        read_head(peer);
        reset(peer);
    }};
    EXPECT_EQ(opening(server, TransportError::upgrade_failed), "Connection reset by peer");
}

TEST(WebSocketTransportTest, AServerWithoutTheSubprotocolIsRefused) {
    for (const auto* lines : {"", "Sec-WebSocket-Protocol: chat\r\n"}) {
        const ScriptedServer server{[&](Peer& peer) { write_all(peer, acceptance(read_head(peer), lines)); }};
        EXPECT_THAT(opening(server, TransportError::subprotocol_refused), StartsWith("asked was mqtt, granted "));
    }
}

TEST(WebSocketTransportTest, AServerThatNeverAnswersIsGivenUp) {
    const ScriptedServer silent{hold};
    opening(silent, TransportError::upgrade_timed_out, {.limits = {.upgrade = short_limit}});
    const ScriptedServer endless{[](Peer& peer) {
        read_head(peer);
        write_all(peer, "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\n");
        hold(peer);
    }};
    opening(endless, TransportError::upgrade_timed_out, {.limits = {.upgrade = short_limit}});
}

TEST(WebSocketTransportTest, ClosingInTheUpgradeAbortsTheOpening) {
    std::promise<void> promise;
    ScriptedServer server{[&](Peer& peer) {
        read_head(peer);
        promise.set_value();
        hold(peer);
    }};
    Loop loop;
    Rig rig{loop, server.url("ws")};
    rig.start_opening();
    auto arrived = promise.get_future();
    loop.until_ready(arrived);
    rig.transport->close();
    loop.run_out();
    EXPECT_EQ(rig.opened, operation_aborted);
}

TEST(WebSocketTransportTest, OverTlsTheServerIsToldHttp) {
    Authority authority;
    std::promise<TlsSeen> promise;
    ScriptedServer server{
        with_tls({.files = authority.issue({}), .protocol = "http/1.1"}, [&](TlsPeer& peer, const TlsSeen& seen) {
            promise.set_value(seen);
            std::string request;
            while (!request.ends_with("\r\n\r\n")) request += read_exactly(peer, 1);
            write_all(peer, acceptance(request) + bytes_of({.payload = "hello"}));
            while (true) read_exactly(peer, 1);
        })};
    Loop loop;
    Rig rig{loop, server.url("wss"), {.tls = {.ca_file = authority.file()}}};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(promise.get_future().get().protocol, "http/1.1");
    EXPECT_EQ(rig.read(5), "hello");
    EXPECT_FALSE(rig.write("bytes"));
    rig.transport->close();
    loop.run_out();
}

TEST(WebSocketTransportTest, OverTlsTheCertificateIsVerified) {
    Authority authority;
    ScriptedServer server{
        with_tls({.files = authority.issue({.names = "DNS:other"})}, [](TlsPeer&, const TlsSeen&) {})};
    Loop loop;
    Rig rig{loop, server.url("wss"), {.tls = {.ca_file = authority.file()}}};
    EXPECT_EQ(rig.open(), TransportError::host_name_mismatch);
    Rig untrusting{loop, server.url("wss")};
    EXPECT_EQ(untrusting.open(), TransportError::certificate_untrusted);
}

}  // namespace
}  // namespace wsmq::native::test
