// CONNACK that says no (MQTT 5.0, 3.2.2.2).
#include <set>

#include "support/bench.hpp"

namespace wsmq::test {
namespace {

class RefusedForGood : public testing::TestWithParam<ReasonCode> {};

TEST_P(RefusedForGood, StopsAtOnceAndSaysWhy) {
    ConnectOptions options = plain_options();
    options.host_count = 3;
    options.reconnect.retry_first_connection = true;
    Bench bench{options};
    bench.begin_connecting();
    const Packet answer = connack(GetParam()).with(PropertyId::reason_string, "no");
    bench.send(answer);
    bench.expect_event(seen::Disconnected{
        .why = Errc::connection_refused, .reason = GetParam(), .reason_string = "no", .properties = answer.properties});
    bench.expect_hang_up();
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
    EXPECT_FALSE(bench.client().is_started());
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, RefusedForGood,
                         testing::Values(ReasonCode::unsupported_protocol_version,
                                         ReasonCode::client_identifier_not_valid, ReasonCode::bad_user_name_or_password,
                                         ReasonCode::not_authorized, ReasonCode::banned,
                                         ReasonCode::bad_authentication_method));

TEST(Refused, AServerThatMovedIsTriedAtTheOtherHosts) {
    for (const std::size_t hosts : {1u, 2u}) {
        ConnectOptions options = plain_options();
        options.host_count = hosts;
        options.reconnect.retry_first_connection = true;
        Bench bench{options};
        bench.begin_connecting();
        bench.send(connack(ReasonCode::server_moved));
        EXPECT_EQ(bench.event<seen::Disconnected>().reconnecting, hosts > 1);
    }
}

/// The rest is of a connection that stood once.
class RefusedLater : public testing::TestWithParam<ReasonCode> {
protected:
    static ConnectOptions options() {
        ConnectOptions options = lasting_options();
        options.host_count = 2;
        return options;
    }
    /// The attempt that is due, refused.
    static seen::Disconnected refuse(Bench& bench) {
        bench.await_attempt().open();
        bench.take(PacketType::connect);
        bench.send(connack(GetParam())).expect_hang_up();
        return bench.event<seen::Disconnected>();
    }
};

TEST_P(RefusedLater, IsTriedAgainAtAllHostsForAMinute) {
    Bench bench{options()};
    bench.connect();
    bench.lose();
    const TimePoint begin = bench.now();
    std::set<std::size_t> hosts;
    seen::Disconnected end;
    do {
        end = refuse(bench);
        EXPECT_EQ(end.reason, GetParam());
        hosts.insert(bench.wanted().host);
    } while (end.reconnecting && bench.now() - begin < 10min);
    EXPECT_GE(bench.now() - begin, 60s);
    EXPECT_LE(bench.now() - begin, 100s) << "the wait that was running when the minute passed";
    EXPECT_EQ(hosts.size(), 2u);
    EXPECT_FALSE(bench.client().is_started());
}

TEST_P(RefusedLater, TheMinuteBeginsAnewWithEachConnection) {
    Bench bench{options()};
    bench.connect();
    for (int i = 0; i < 30; ++i) {
        bench.advance(10s).forget();
        bench.lose();
        EXPECT_TRUE(refuse(bench).reconnecting);
        bench.await_attempt().open();
        bench.take(PacketType::connect);
        bench.send(connack()).event<seen::Connected>();
    }
}

TEST_P(RefusedLater, IsFinalAtOnceWherePatienceIsSwitchedOff) {
    ConnectOptions impatient = options();
    impatient.reconnect.refusal_patience = 0ms;
    Bench bench{impatient};
    bench.connect();
    bench.lose();
    EXPECT_FALSE(refuse(bench).reconnecting);
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, RefusedLater,
                         testing::Values(ReasonCode::bad_user_name_or_password, ReasonCode::not_authorized,
                                         ReasonCode::client_identifier_not_valid, ReasonCode::banned));

class RefusedCredentials : public testing::TestWithParam<ReasonCode> {
protected:
    static Bench::Transport refuse(Bench& bench) {
        bench.expect_event(seen::CredentialsRequested{});
        bench.provide_credentials({.username = "ann", .password = block_of("wrong")});
        bench.open();
        bench.take(PacketType::connect);
        bench.send(connack(GetParam())).expect_hang_up();
        return bench.transport();
    }
    static ConnectOptions options() {
        ConnectOptions options = plain_options();
        options.ask_credentials = true;
        options.host_count = 2;
        return options;
    }
};

TEST_P(RefusedCredentials, AreAskedForOnceMoreAtTheSameHost) {
    Bench bench{options()};
    bench.start();
    refuse(bench);
    const auto first = bench.event<seen::Disconnected>();
    EXPECT_EQ(first.reason, GetParam());
    EXPECT_TRUE(first.reconnecting);
    EXPECT_EQ(first.retry_in, 0ms);
    refuse(bench);
    EXPECT_EQ(bench.wanted().host, 0u);
    const auto second = bench.event<seen::Disconnected>();
    EXPECT_FALSE(second.reconnecting);
    EXPECT_FALSE(bench.client().is_started());
}

TEST_P(RefusedCredentials, MayBeBetterTheSecondTime) {
    Bench bench{options()};
    bench.start();
    refuse(bench);
    bench.event<seen::Disconnected>();
    bench.expect_event(seen::CredentialsRequested{});
    bench.provide_credentials({.username = "ann", .password = block_of("right")});
    bench.open();
    EXPECT_EQ(bench.take(PacketType::connect).password, "right");
    bench.send(connack()).expect_event(seen::Connected{});
}

TEST_P(RefusedCredentials, AreAskedForAnewAtEachAttemptAfterAConnection) {
    Bench bench{options()};
    bench.start();
    bench.expect_event(seen::CredentialsRequested{});
    bench.provide_credentials({.username = "ann"});
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack()).event<seen::Connected>();
    bench.lose();
    for (int i = 0; i < 5; ++i) {
        bench.await_attempt();
        refuse(bench);
        EXPECT_TRUE(bench.event<seen::Disconnected>().reconnecting) << i;
    }
    bench.forget();
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, RefusedCredentials,
                         testing::Values(ReasonCode::bad_user_name_or_password, ReasonCode::not_authorized));

TEST(Refused, OneTableSaysWhatIsFinal) {
    std::set<unsigned> found;
    for (unsigned code = 0; code < 256; ++code) {
        if (is_final_refusal(static_cast<ReasonCode>(code))) found.insert(code);
    }
    EXPECT_EQ(found,
              (std::set<unsigned>{0x81, 0x82, 0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C, 0x90, 0x95, 0x99, 0x9A, 0x9B, 0x9D}));
}

class RefusedForNow : public testing::TestWithParam<ReasonCode> {};

TEST_P(RefusedForNow, TriesAgain) {
    ConnectOptions options = plain_options();
    options.reconnect.retry_first_connection = true;
    Bench bench{options};
    bench.begin_connecting();
    bench.send(connack(GetParam()));
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::connection_refused);
    EXPECT_EQ(end.reason, GetParam());
    EXPECT_TRUE(end.reconnecting);
    EXPECT_FALSE(end.was_connected);
    EXPECT_LE(end.retry_in, 2'500ms);
    bench.expect_hang_up();
    bench.advance(end.retry_in);
    EXPECT_EQ(bench.wanted(), (seen::OpenTransport{.host = 0, .attempt = 1}));
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.expect_event(seen::Connected{});
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, RefusedForNow,
                         testing::Values(ReasonCode::unspecified_error, ReasonCode::server_unavailable,
                                         ReasonCode::server_busy, ReasonCode::quota_exceeded,
                                         ReasonCode::use_another_server, ReasonCode::connection_rate_exceeded));

}  // namespace
}  // namespace wsmq::test
