#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <boost/asio/error.hpp>
#include <future>

#include "support/loop.hpp"
#include "support/scripted_server.hpp"
#include "support/tls_peer.hpp"

namespace wsmq::native::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Duration short_limit{50};

class TlsTransportTest : public testing::Test {
protected:
    static void SetUpTestSuite() { authority = new Authority; }
    static void TearDownTestSuite() { delete authority; }

    /// A server with this certificate that shakes hands and says hello.
    static Script hello(const Request& request) {
        return with_tls({.files = authority->issue(request)},
                        [](TlsPeer& peer, const TlsSeen&) { write_all(peer, "hello"); });
    }
    static TransportOptions trusting() { return {.tls = {.ca_file = authority->file()}}; }

    /// How an opening ends, and that it fails with a detail.
    boost::system::error_code refusal(const Request& request, const std::string& host = "localhost",
                                      const TransportOptions& options = trusting()) {
        ScriptedServer server{hello(request)};
        Rig rig{loop, server.url("mqtts", host), options};
        const auto error = rig.open();
        detail = rig.detail();
        return error;
    }

    static inline Authority* authority = nullptr;
    Loop loop;
    std::string detail;
};

TEST_F(TlsTransportTest, BytesGoBothWaysAndTheEndIsInOrder) {
    std::promise<bool> ended_in_order;
    ScriptedServer server{with_tls({.files = authority->issue({})}, [&](TlsPeer& peer, const TlsSeen&) {
        if (read_exactly(peer, 4) == "ping") write_all(peer, "pong");
        char byte = 0;
        boost::system::error_code error;
        peer.read_some(boost::asio::buffer(&byte, 1), error);
        ended_in_order.set_value(error == boost::asio::error::eof);
        peer.shutdown(error);
    })};
    Rig rig{loop, server.url("mqtts"), trusting()};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_FALSE(rig.write("ping"));
    EXPECT_EQ(rig.read(4), "pong");
    rig.transport->close();
    loop.run_out();
    EXPECT_EQ(rig.read_error, boost::asio::error::operation_aborted);
    EXPECT_TRUE(ended_in_order.get_future().get());
}

TEST_F(TlsTransportTest, AnAuthorityMayStandInADirectory) {
    EXPECT_FALSE(refusal({}, "localhost", {.tls = {.ca_path = authority->path()}})) << detail;
}

TEST_F(TlsTransportTest, AddressesAreVerifiedLikeNames) {
    EXPECT_FALSE(refusal({.names = "IP:127.0.0.1"}, "127.0.0.1")) << detail;
    EXPECT_EQ(refusal({.names = "IP:127.0.0.2,DNS:127.0.0.1"}, "127.0.0.1"), TransportError::host_name_mismatch);
}

TEST_F(TlsTransportTest, TheServerIsToldTheNameAndTheProtocol) {
    std::promise<TlsSeen> promise;
    ScriptedServer server{with_tls({.files = authority->issue({}), .protocol = "mqtt"},
                                   [&](TlsPeer&, const TlsSeen& seen) { promise.set_value(seen); })};
    Rig rig{loop, server.url("mqtts", "localhost"), trusting()};
    ASSERT_FALSE(rig.open()) << rig.detail();
    const auto seen = promise.get_future().get();
    EXPECT_EQ(seen.server_name, "localhost");
    EXPECT_EQ(seen.protocol, "mqtt");
}

TEST_F(TlsTransportTest, AnAddressIsNoServerName) {
    std::promise<TlsSeen> promise;
    ScriptedServer server{
        with_tls({.files = authority->issue({})}, [&](TlsPeer&, const TlsSeen& seen) { promise.set_value(seen); })};
    Rig rig{loop, server.url("mqtts"), trusting()};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(promise.get_future().get().server_name, "");
}

TEST_F(TlsTransportTest, ACertificateForAnotherHostIsRefused) {
    EXPECT_EQ(refusal({.names = "DNS:broker.example,IP:192.0.2.1"}), TransportError::host_name_mismatch);
    EXPECT_EQ(detail, "hostname mismatch: it is for broker.example, 192.0.2.1, asked was localhost");
}

/// RFC 9525, 2 and 6.3.
TEST_F(TlsTransportTest, TheCommonNameIsNobodysHost) {
    for (const auto* host : {"localhost", "127.0.0.1"}) {
        for (const auto* names : {"", "email:ann@example.org", "URI:mqtts://localhost"}) {
            EXPECT_EQ(refusal({.common_name = host, .names = names}, host), TransportError::host_name_mismatch)
                << names;
            EXPECT_THAT(detail, HasSubstr("it has no subjectAltName for a host, and its subject (CN = " +
                                          std::string{host} + ") does not count, asked was " + host));
        }
    }
    EXPECT_EQ(refusal({.common_name = "localhost", .names = "DNS:broker.example"}), TransportError::host_name_mismatch);
    EXPECT_FALSE(refusal({.common_name = "broker.example", .names = "DNS:localhost"})) << detail;
    auto options = trusting();
    options.tls.server_name = "broker.example";
    EXPECT_EQ(refusal({.common_name = "broker.example", .names = {}}, "localhost", options),
              TransportError::host_name_mismatch);
}

TEST_F(TlsTransportTest, AWildcardIsAWholeLabelAndOneOfTheNames) {
    const auto ends = [&](const Request& request, const char* name) {
        auto options = trusting();
        options.tls.server_name = name;
        return refusal(request, "127.0.0.1", options);
    };
    EXPECT_FALSE(ends({.names = "DNS:*.broker.example"}, "a.broker.example")) << detail;
    EXPECT_EQ(ends({.names = "DNS:*.broker.example"}, "a.b.broker.example"), TransportError::host_name_mismatch);
    EXPECT_EQ(ends({.names = "DNS:*.broker.example"}, "broker.example"), TransportError::host_name_mismatch);
    EXPECT_EQ(ends({.names = "DNS:a*.broker.example"}, "ab.broker.example"), TransportError::host_name_mismatch);
    EXPECT_EQ(ends({.common_name = "*.broker.example", .names = {}}, "a.broker.example"),
              TransportError::host_name_mismatch);
}

TEST_F(TlsTransportTest, AnotherNameMayBeExpected) {
    const Request request{.names = "DNS:broker.example"};
    auto options = trusting();
    options.tls.server_name = "broker.example";
    EXPECT_FALSE(refusal(request, "127.0.0.1", options)) << detail;
    options.tls.server_name = "other.example";
    EXPECT_EQ(refusal(request, "127.0.0.1", options), TransportError::host_name_mismatch);
}

TEST_F(TlsTransportTest, AnExpiredCertificateIsRefused) {
    EXPECT_EQ(refusal({.valid_from = -7200, .valid_to = -3600}), TransportError::certificate_expired);
    EXPECT_THAT(detail, AllOf(HasSubstr("certificate has expired: CN = localhost, valid from"), HasSubstr(" GMT to ")));
}

TEST_F(TlsTransportTest, ACertificateOfTheFutureIsRefused) {
    EXPECT_EQ(refusal({.valid_from = 3600}), TransportError::certificate_expired);
    EXPECT_THAT(detail, HasSubstr("certificate is not yet valid"));
}

TEST_F(TlsTransportTest, ASelfSignedCertificateIsRefused) {
    EXPECT_EQ(refusal({.self_signed = true}), TransportError::certificate_self_signed);
    EXPECT_EQ(detail, "self-signed certificate: CN = localhost");
}

TEST_F(TlsTransportTest, ACertificateOfAnUnknownAuthorityIsRefused) {
    EXPECT_EQ(refusal({}, "localhost", {}), TransportError::certificate_untrusted);
    EXPECT_EQ(detail, "unable to get local issuer certificate: CN = localhost");
}

TEST_F(TlsTransportTest, NamesThatTryToForgeALogStayOnOneLine) {
    EXPECT_EQ(refusal({.common_name = "evil\r\nline\x1b[1m", .self_signed = true}),
              TransportError::certificate_self_signed);
    EXPECT_EQ(detail.find_first_of("\r\n\x1b"), std::string::npos) << detail;
}

TEST_F(TlsTransportTest, InsecureIsAChoice) {
    EXPECT_FALSE(refusal({.names = "DNS:other", .valid_to = -60, .self_signed = true}, "localhost",
                         {.tls = {.insecure = true}}));
}

TEST_F(TlsTransportTest, ACertificateThatIsDemandedIsShown) {
    for (const auto* password : {"", "open sesame"}) {
        const auto own = authority->issue({.common_name = "ann", .names = {}, .password = password});
        std::promise<TlsSeen> promise;
        ScriptedServer server{with_tls({.files = authority->issue({}), .client_authority = authority->file()},
                                       [&](TlsPeer&, const TlsSeen& seen) { promise.set_value(seen); })};
        auto options = trusting();
        options.tls.certificate_file = own.certificate;
        options.tls.private_key_file = own.private_key;
        options.tls.private_key_password = password;
        Rig rig{loop, server.url("mqtts"), options};
        ASSERT_FALSE(rig.open()) << rig.detail();
        EXPECT_EQ(promise.get_future().get().client, "ann");
    }
}

TEST_F(TlsTransportTest, ACertificateThatIsDemandedAndMissingIsTold) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        ScriptedServer server{
            with_tls({.files = authority->issue({}), .client_authority = authority->file(), .maximum_version = version},
                     [](TlsPeer&, const TlsSeen&) {})};
        Rig rig{loop, server.url("mqtts"), trusting()};
        // With TLS 1.3 the server judges when the client has ended its handshake (RFC 8446, 4.4.2).
        const auto opening = rig.open();
        EXPECT_EQ(opening ? opening : rig.read_to_the_end(), TransportError::tls_failed);
        EXPECT_THAT(rig.detail(), HasSubstr(version == TLS1_3_VERSION ? "certificate required" : "handshake failure"));
    }
}

TEST_F(TlsTransportTest, OneVersionAndNoOtherMayBeAskedFor) {
    for (const int spoken : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const auto asked : {TlsVersion::any, TlsVersion::v1_2, TlsVersion::v1_3}) {
            std::promise<int> used;
            ScriptedServer server{
                with_tls({.files = authority->issue({}), .maximum_version = spoken},
                         [&](TlsPeer& peer, const TlsSeen&) { used.set_value(SSL_version(peer.native_handle())); })};
            auto options = trusting();
            options.tls.version = asked;
            Rig rig{loop, server.url("mqtts"), options};
            const bool is_beyond = spoken == TLS1_2_VERSION && asked == TlsVersion::v1_3;
            EXPECT_EQ(rig.open(),
                      is_beyond ? boost::system::error_code{TransportError::tls_failed} : boost::system::error_code{})
                << rig.detail();
            if (is_beyond) continue;
            EXPECT_EQ(used.get_future().get(), asked == TlsVersion::v1_2 ? TLS1_2_VERSION : spoken);
        }
    }
}

TEST_F(TlsTransportTest, OldVersionsAreRefused) {
    ScriptedServer server{
        with_tls({.files = authority->issue({}), .maximum_version = TLS1_1_VERSION}, [](TlsPeer&, const TlsSeen&) {})};
    Rig rig{loop, server.url("mqtts"), {.tls = {.insecure = true}}};
    EXPECT_EQ(rig.open(), TransportError::tls_failed);
    EXPECT_THAT(rig.detail(), HasSubstr("protocol version"));
}

TEST_F(TlsTransportTest, FilesThatCannotBeUsedAreNamed) {
    const auto own = authority->issue({.password = "right"});
    const auto other = authority->issue({});
    const auto refused = [&](const TlsOptions& tls) {
        Rig rig{loop, "mqtts://127.0.0.1:1", {.tls = tls}};
        EXPECT_EQ(rig.open(), TransportError::invalid_options);
        return rig.detail();
    };
    EXPECT_EQ(refused({.ca_file = authority->nowhere()}), authority->nowhere() + ": No such file or directory");
    EXPECT_THAT(refused({.ca_file = own.private_key}), HasSubstr(own.private_key + ": "));
    EXPECT_THAT(refused({.certificate_file = authority->nowhere(), .private_key_file = own.private_key}),
                HasSubstr("No such file"));
    EXPECT_THAT(refused({.certificate_file = own.certificate, .private_key_file = other.private_key}),
                HasSubstr("key values mismatch"));
    EXPECT_EQ(refused({.certificate_file = own.certificate}), "a certificate and its private key are given together");
    for (const auto* password : {"", "wrong"}) {
        EXPECT_THAT(refused({.certificate_file = own.certificate,
                             .private_key_file = own.private_key,
                             .private_key_password = password}),
                    HasSubstr(own.private_key + ": "));
    }
}

TEST_F(TlsTransportTest, AServerThatSpeaksNoTlsIsTold) {
    ScriptedServer server{[](Peer& peer) { write_all(peer, "HTTP/1.1 400 Bad Request\r\n\r\n"); }};
    Rig rig{loop, server.url("mqtts")};
    EXPECT_EQ(rig.open(), TransportError::tls_failed);
    EXPECT_THAT(rig.detail(), HasSubstr("wrong version number"));
}

TEST_F(TlsTransportTest, AServerThatEndsBeforeOrInTheHandshakeIsTold) {
    ScriptedServer at_once{[](Peer&) {}};
    ScriptedServer after_hello{[](Peer& peer) { read_exactly(peer, 100); }};
    ScriptedServer with_a_reset{[](Peer& peer) {
        read_exactly(peer, 100);
        reset(peer);
    }};
    for (const auto* server : {&at_once, &after_hello, &with_a_reset}) {
        Rig rig{loop, server->url("mqtts")};
        EXPECT_EQ(rig.open(), TransportError::tls_failed);
        EXPECT_NE(rig.detail(), "");
    }
}

TEST_F(TlsTransportTest, AServerThatNeverShakesHandsIsGivenUp) {
    ScriptedServer server{hold};
    Rig rig{loop, server.url("mqtts"), {.limits = {.tls = short_limit}}};
    EXPECT_EQ(rig.open(), TransportError::tls_timed_out);
    loop.run_out();
}

TEST_F(TlsTransportTest, AnEndWithoutAGoodbyeIsALoss) {
    ScriptedServer server{hello({})};
    Rig rig{loop, server.url("mqtts"), trusting()};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(rig.read_to_the_end(), TransportError::connection_lost);
    EXPECT_EQ(rig.received, "hello");
    EXPECT_EQ(rig.detail(), "the connection was closed without the close_notify of TLS");
}

TEST_F(TlsTransportTest, AnEndWithAGoodbyeIsAnEnd) {
    ScriptedServer server{with_tls({.files = authority->issue({})}, [](TlsPeer& peer, const TlsSeen&) {
        boost::system::error_code ignored;
        peer.shutdown(ignored);
    })};
    Rig rig{loop, server.url("mqtts"), trusting()};
    ASSERT_FALSE(rig.open()) << rig.detail();
    EXPECT_EQ(rig.read_to_the_end(), TransportError::closed_by_peer);
    rig.transport->close();
    loop.run_out();
}

TEST_F(TlsTransportTest, APeerThatNeverReadsCannotHoldUpTheEnd) {
    ScriptedServer server{
        with_tls({.files = authority->issue({})}, [](TlsPeer& peer, const TlsSeen&) { hold(peer.next_layer()); })};
    auto options = trusting();
    options.limits.close = short_limit;
    Rig rig{loop, server.url("mqtts"), options};
    const std::weak_ptr<Transport> transport = rig.transport;
    ASSERT_FALSE(rig.open()) << rig.detail();
    rig.start_reading();
    rig.start_writing(std::string(16u << 20, 'm'));
    rig.transport->close();
    rig.transport.reset();
    loop.run_out();
    EXPECT_EQ(rig.written, boost::asio::error::operation_aborted);
    EXPECT_TRUE(transport.expired());
}

TEST_F(TlsTransportTest, ClosingInTheHandshakeAbortsTheOpening) {
    std::promise<void> promise;
    ScriptedServer server{[&](Peer& peer) {
        read_exactly(peer, 1);
        promise.set_value();
        hold(peer);
    }};
    Rig rig{loop, server.url("mqtts")};
    rig.start_opening();
    auto arrived = promise.get_future();
    loop.until_ready(arrived);
    rig.transport->close();
    loop.run_out();
    EXPECT_EQ(rig.opened, boost::asio::error::operation_aborted);
}

}  // namespace
}  // namespace wsmq::native::test
