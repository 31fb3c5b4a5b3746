#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <future>

#include "support/loop.hpp"
#include "support/scripted_server.hpp"
#include "support/tls_peer.hpp"
#include "support/websocket_peer.hpp"
#include "transport/tunnel.hpp"

namespace wsmq::native::test {
namespace {

using testing::HasSubstr;

Url url(const std::string& text) { return std::get<Url>(parse_url(text)); }

TransportOptions through(const ScriptedServer& proxy, const std::string& credentials = {}) {
    TransportOptions options;
    options.proxy = url("http://" + credentials + "127.0.0.1:" + std::to_string(proxy.port()));
    return options;
}

/// A proxy that answers with these bytes.
Script answers(const std::string& bytes) {
    return [bytes](Peer& peer) {
        read_head(peer);
        write_all(peer, bytes);
    };
}

/// How an opening through a proxy ends, with its detail.
std::string opening(const ScriptedServer& proxy, TransportError expected, Duration limit = TimeLimits{}.proxy) {
    Loop loop;
    auto options = through(proxy);
    options.limits.proxy = limit;
    Rig rig{loop, "mqtt://broker", options};
    EXPECT_EQ(rig.open(), expected);
    loop.run_out();
    return rig.detail();
}

TEST(TunnelTest, TheProxyIsAskedForTheBrokerAndThenCarriesBytes) {
    std::promise<std::string> promise;
    ScriptedServer proxy{[&](Peer& peer) {
        promise.set_value(read_head(peer));
        write_all(peer, "HTTP/1.1 200 Connection established\r\n\r\n");
        if (read_exactly(peer, 4) == "ping") write_all(peer, "pong");
        swallow(peer);
    }};
    Loop loop;
    Rig rig{loop, "mqtt://broker.example", through(proxy)};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(promise.get_future().get(), "CONNECT broker.example:1883 HTTP/1.1\r\nHost: broker.example:1883\r\n\r\n");
    EXPECT_FALSE(rig.write("ping"));
    EXPECT_EQ(rig.read(4), "pong");
}

TEST(TunnelTest, CredentialsGoByBasicAuthentication) {
    std::promise<std::string> promise;
    ScriptedServer proxy{[&](Peer& peer) {
        promise.set_value(header(read_head(peer), "Proxy-Authorization"));
        write_all(peer, "HTTP/1.1 200 OK\r\n\r\n");
        swallow(peer);
    }};
    Loop loop;
    Rig rig{loop, "mqtt://[2001:db8::1]", through(proxy, "Aladdin:open%20sesame@")};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(promise.get_future().get(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");  // RFC 7617, 2
}

TEST(TunnelTest, TlsAndWebSocketGoThroughIt) {
    Authority authority;
    const auto shake_hands =
        with_tls({.files = authority.issue({.names = "DNS:broker"})}, [](TlsPeer& peer, const TlsSeen&) {
            std::string request;
            while (!request.ends_with("\r\n\r\n")) request += read_exactly(peer, 1);
            write_all(peer, acceptance(request) + bytes_of({.payload = "hello"}));
            while (true) read_exactly(peer, 1);
        });
    ScriptedServer proxy{[&](Peer& peer) {
        read_head(peer);
        write_all(peer, "HTTP/1.0 200 OK\r\n\r\n");
        shake_hands(peer);
    }};
    Loop loop;
    auto options = through(proxy);
    options.tls.ca_file = authority.file();
    Rig rig{loop, "wss://broker/mqtt", options};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(rig.read(5), "hello");
    rig.transport->close();
    loop.run_out();
}

TEST(TunnelTest, ARefusalIsToldWithItsStatus) {
    const ScriptedServer proxy{
        answers("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 9\r\n\r\nwho's it?")};
    EXPECT_EQ(opening(proxy, TransportError::proxy_refused), "HTTP 407 Proxy Authentication Required");
    const ScriptedServer forger{answers("HTTP/1.1 407 No\xc2\x9bway\r\nContent-Length: 0\r\n\r\n")};
    EXPECT_EQ(opening(forger, TransportError::proxy_refused), "HTTP 407 No??way");
}

TEST(TunnelTest, AnAnswerThatIsNoneIsARefusal) {
    const ScriptedServer no_http{answers("SSH-2.0-OpenSSH_9.2\r\n\r\n")};
    EXPECT_THAT(opening(no_http, TransportError::proxy_refused), HasSubstr("not HTTP"));
    const ScriptedServer too_long{answers("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x'))};
    EXPECT_NE(opening(too_long, TransportError::proxy_refused), "");
    const ScriptedServer talkative{answers("HTTP/1.1 200 OK\r\n\r\nhello")};
    EXPECT_EQ(opening(talkative, TransportError::proxy_refused), "something follows its answer");
}

TEST(TunnelTest, AProxyThatEndsInsteadOfAnsweringIsTold) {
    const ScriptedServer at_once{[](Peer&) {}};
    opening(at_once, TransportError::proxy_closed);
    const ScriptedServer in_the_middle{answers("HTTP/1.1 20")};
    EXPECT_NE(opening(in_the_middle, TransportError::proxy_closed), "");
    const ScriptedServer with_a_reset{[](Peer& peer) {
        read_head(peer);
        reset(peer);
    }};
    EXPECT_EQ(opening(with_a_reset, TransportError::proxy_closed), "Connection reset by peer");
}

TEST(TunnelTest, AProxyThatHangsIsGivenUp) {
    const ScriptedServer proxy{hold};
    EXPECT_EQ(opening(proxy, TransportError::proxy_timed_out, Duration{50}), proxy.url("http"));
}

TEST(TunnelTest, NothingSecretOfItsAddressIsTold) {
    const ScriptedServer proxy{hold};
    Loop loop;
    auto options = through(proxy, "ann:secret@");
    options.proxy->target = "/?token=secret";
    options.limits.proxy = Duration{50};
    Rig rig{loop, "mqtt://broker", options};
    EXPECT_EQ(rig.open(), TransportError::proxy_timed_out);
    EXPECT_EQ(rig.detail(), proxy.url("http") + "/?***");
    loop.run_out();
}

TEST(TunnelTest, OnlyAnHttpProxyIsOne) {
    TransportOptions options;
    options.proxy = url("mqtt://127.0.0.1:1");
    for (const auto* broker : {"mqtt://broker", "wss://broker"}) {
        Loop loop;
        Rig rig{loop, broker, options};
        EXPECT_EQ(rig.open(), TransportError::invalid_options);
    }
}

TEST(TunnelTest, AnAuthorityHasBracketsAndNoZone) {
    EXPECT_EQ(authority(url("wss://[fe80::1%25lo]"), false), "[fe80::1]");
    EXPECT_EQ(authority(url("wss://host:8443"), false), "host:8443");
    EXPECT_EQ(authority(url("ws://host"), true), "host:80");
}

}  // namespace
}  // namespace wsmq::native::test
