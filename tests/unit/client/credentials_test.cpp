// Credentials that the application supplies for each attempt.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

ConnectOptions asking() {
    ConnectOptions options = plain_options();
    options.ask_credentials = true;
    options.credentials.username = "ignored";
    options.connect_timeout = 10s;
    return options;
}

Credentials token(std::string_view password) { return {.username = "ann", .password = block_of(password)}; }

TEST(Credentials, AreAskedForBeforeTheTransport) {
    Bench bench{asking()};
    bench.start();
    bench.expect_event(seen::CredentialsRequested{});
    EXPECT_EQ(bench.transport(), Bench::Transport::none);
    bench.advance(5s);
    bench.provide_credentials(token("one"));
    bench.open();
    const Packet packet = bench.take(PacketType::connect);
    EXPECT_EQ(packet.username, "ann");
    EXPECT_EQ(packet.password, "one");
    bench.send(connack());
    bench.event<seen::Connected>();
}

TEST(Credentials, AreAskedForAnewEachTime) {
    Bench bench{asking()};
    bench.start();
    bench.event<seen::CredentialsRequested>();
    bench.provide_credentials(token("one"));
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.event<seen::Connected>();
    bench.advance(bench.lose().retry_in);
    bench.expect_event(seen::CredentialsRequested{});
    bench.provide_credentials(token("two"));
    bench.open();
    EXPECT_EQ(bench.take(PacketType::connect).password, "two");
}

TEST(Credentials, MayBeEmpty) {
    Bench bench{asking()};
    bench.start();
    bench.event<seen::CredentialsRequested>();
    bench.provide_credentials({});
    bench.open();
    const Packet packet = bench.take(PacketType::connect);
    EXPECT_FALSE(packet.username);
    EXPECT_FALSE(packet.password);
}

TEST(Credentials, MayFailWhichEndsAFirstConnection) {
    Bench bench{asking()};
    bench.start();
    bench.event<seen::CredentialsRequested>();
    bench.fail_credentials();
    bench.expect_event(seen::Disconnected{.why = Errc::credentials_failed});
    EXPECT_FALSE(bench.client().is_started());
    EXPECT_EQ(bench.transport(), Bench::Transport::none);
}

TEST(Credentials, MayFailWhichDelaysAReconnection) {
    Bench bench{asking()};
    bench.start();
    bench.event<seen::CredentialsRequested>();
    bench.provide_credentials(token("one"));
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.event<seen::Connected>();
    bench.advance(bench.lose().retry_in);
    bench.event<seen::CredentialsRequested>();
    bench.fail_credentials();
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::credentials_failed);
    EXPECT_TRUE(end.reconnecting);
    bench.advance(end.retry_in);
    bench.expect_event(seen::CredentialsRequested{});
}

TEST(Credentials, AreNotWaitedForForEver) {
    Bench bench{asking()};
    bench.start();
    bench.event<seen::CredentialsRequested>();
    bench.advance(9'999ms).expect_no_event();
    bench.advance(1ms);
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::credentials_failed);
    bench.provide_credentials(token("late"));
    bench.fail_credentials();
    bench.expect_no_event();
    EXPECT_EQ(bench.transport(), Bench::Transport::none);
}

TEST(Credentials, ThatNobodyAskedForAreIgnored) {
    Bench bench;
    bench.provide_credentials(token("x"));
    bench.fail_credentials();
    EXPECT_FALSE(bench.connect().username);
    bench.provide_credentials(token("x"));
    bench.fail_credentials();
    bench.expect_no_event();
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(Credentials, MustBeSound) {
    for (const Credentials& bad : {Credentials{.username = "\xFF", .password = {}},
                                   Credentials{.username = std::string(65'536, 'x'), .password = {}},
                                   Credentials{.username = "x", .password = Block(65'536)}}) {
        Bench bench{asking()};
        bench.start();
        bench.event<seen::CredentialsRequested>();
        bench.provide_credentials(bad);
        EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::credentials_failed);
        EXPECT_EQ(bench.transport(), Bench::Transport::none);
    }
}

TEST(Credentials, APasswordWithoutAUserNameIsMqtt5s) {  // [MQTT-3.1.2-22] of MQTT 3.1.1
    ConnectOptions options = plain_options();
    options.credentials.password = block_of("x");
    Bench bench{options};
    EXPECT_EQ(bench.connect().password, "x");
    options.version = Version::v3_1_1;
    Bench older{options};
    EXPECT_EQ(older.client().start(older.now()), Errc::invalid_argument);
}

TEST(Credentials, StopWhileTheyAreAwaited) {
    Bench bench{asking()};
    bench.start();
    bench.event<seen::CredentialsRequested>();
    bench.stop();
    bench.expect_event(seen::Disconnected{});
    bench.provide_credentials(token("late"));
    EXPECT_EQ(bench.transport(), Bench::Transport::none);
}

}  // namespace
}  // namespace wsmq::test
