// After a connection was lost: when the next attempt comes, and what it brings back.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(Reconnect, ComesBackByItself) {
    Bench bench;
    bench.connect();
    const auto end = bench.lose();
    EXPECT_LE(end.retry_in, 500ms);
    EXPECT_TRUE(bench.client().is_started());
    EXPECT_FALSE(bench.client().is_connected());
    bench.reconnect(connack());
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(Reconnect, NotWhereItIsSwitchedOff) {
    ConnectOptions options = plain_options();
    options.reconnect.enabled = false;
    Bench bench{options};
    bench.connect();
    bench.cut();
    bench.expect_event(seen::Disconnected{.why = Errc::transport_closed, .was_connected = true});
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
    EXPECT_FALSE(bench.client().is_started());
}

TEST(Reconnect, WaitsExactlyAsLongAsItSays) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        ConnectOptions options = plain_options();
        options.random_seed = seed;
        Bench bench{options};
        bench.connect();
        const auto end = bench.lose();
        if (end.retry_in > 0ms) {
            bench.advance(end.retry_in - 1ms);
            EXPECT_EQ(bench.transport(), Bench::Transport::none);
            bench.advance(1ms);
        } else {
            bench.advance(0ms);
        }
        EXPECT_EQ(bench.transport(), Bench::Transport::wanted);
    }
}

/// How long the client waits before each of the attempts that follow a lost connection.
std::vector<Duration> waits(std::uint64_t seed, int attempts, ReconnectPolicy policy = {}) {
    ConnectOptions options = plain_options();
    options.random_seed = seed;
    options.reconnect = policy;
    Bench bench{options};
    bench.connect();
    std::vector<Duration> out{bench.lose().retry_in};
    while (static_cast<int>(out.size()) < attempts) {
        bench.advance(out.back()).refuse();
        out.push_back(bench.event<seen::Disconnected>().retry_in);
    }
    return out;
}

TEST(Reconnect, BacksOffExponentiallyWithFullJitter) {
    constexpr int attempts = 12;
    std::vector<Duration> longest(attempts);
    std::vector<Duration> shortest(attempts, Duration::max());
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto found = waits(seed, attempts);
        for (std::size_t i = 0; i < attempts; ++i) {
            longest[i] = std::max(longest[i], found[i]);
            shortest[i] = std::min(shortest[i], found[i]);
        }
    }
    for (std::size_t i = 0; i < attempts; ++i) {
        const Duration ceiling = std::min<Duration>(30'000ms, 500ms * (1 << i));
        EXPECT_LE(longest[i], ceiling) << i;
        EXPECT_GE(longest[i], ceiling * 9 / 10) << i;
        EXPECT_LE(shortest[i], ceiling / 10) << i;
    }
}

TEST(Reconnect, IsTheSameForTheSameSeed) {
    EXPECT_EQ(waits(7, 10), waits(7, 10));
    EXPECT_NE(waits(7, 10), waits(8, 10));
}

TEST(Reconnect, BacksOffForDaysWithoutOverflow) {
    const auto found = waits(3, 200);
    for (const Duration wait : found) {
        EXPECT_GE(wait, 0ms);
        EXPECT_LE(wait, 30'000ms);
    }
}

TEST(Reconnect, AStableConnectionBeginsTheBackoffFromTheStart) {
    ConnectOptions options = plain_options();
    options.reconnect.backoff_min = 1000ms;
    options.keep_alive = 0s;
    Bench bench{options};
    bench.connect();
    bench.advance(10s);
    const auto end = bench.lose();
    EXPECT_LE(end.retry_in, 1000ms);
    bench.advance(end.retry_in);
    EXPECT_EQ(bench.wanted().attempt, 1u);
    for (int i = 0; i < 6; ++i) {
        bench.refuse();
        bench.advance(bench.event<seen::Disconnected>().retry_in);
    }
    EXPECT_EQ(bench.wanted().attempt, 7u);
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.event<seen::Connected>();
    bench.advance(9'999ms);
    bench.advance(bench.lose().retry_in);
    EXPECT_EQ(bench.wanted().attempt, 8u) << "that one was not stable";
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.event<seen::Connected>();
    bench.advance(10s);
    bench.advance(bench.lose().retry_in);
    EXPECT_EQ(bench.wanted().attempt, 1u);
}

TEST(Reconnect, TakesTheSessionUpAgainWhereItLasts) {
    ConnectOptions options = plain_options();
    options.session_expiry_interval = 60;
    Bench bench{options};
    EXPECT_TRUE(bench.connect().clean_start);
    bench.lose();
    EXPECT_FALSE(bench.reconnect(connack().with_session()).clean_start);
}

TEST(Reconnect, RenewsTheSubscriptionsOfALostSession) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#", qos1);
    bench.subscribed("b/+", qos2);
    bench.lose();
    bench.reconnect(connack());
    // In as many packets as the client likes.
    std::vector<Filter> renewed;
    while (bench.packets_waiting() > 0) {
        const Packet packet = bench.take(PacketType::subscribe);
        renewed.insert(renewed.end(), packet.filters.begin(), packet.filters.end());
        bench.send(suback(packet.id, std::vector<ReasonCode>(packet.filters.size(), ReasonCode::granted_qos_2)));
    }
    ASSERT_EQ(renewed.size(), 2u);
    EXPECT_EQ(renewed[0], (Filter{.filter = "a/#", .qos = qos1}));
    EXPECT_EQ(renewed[1], (Filter{.filter = "b/+", .qos = qos2}));
    bench.expect_no_event();
}

TEST(Reconnect, DoesNotRenewThemWhereTheSessionIsThere) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(Reconnect, RenewsThemWhereAConnackMayHaveSaidThatTheSessionIsLost) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.advance(bench.lose().retry_in).open();
    bench.take(PacketType::connect);
    bench.cut();  // and with it the CONNACK of a broker that had lost the session, and has a new one now
    bench.event<seen::Disconnected>();
    bench.reconnect(connack().with_session());
    const Packet renewal = bench.take(PacketType::subscribe);
    EXPECT_EQ(renewal.filters, (std::vector<Filter>{{.filter = "a/#", .qos = qos2}}));
    bench.send(suback(renewal.id, {ReasonCode::granted_qos_2})).expect_no_event();
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(Reconnect, ARefusalMakesNoSession) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.advance(bench.lose().retry_in).open();
    bench.take(PacketType::connect);
    bench.send(connack(ReasonCode::server_busy));
    bench.event<seen::Disconnected>();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(Reconnect, TellsThatASubscriptionCouldNotBeRenewed) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.lose();
    bench.reconnect(connack());
    bench.send(suback(bench.take(PacketType::subscribe).id, {ReasonCode::not_authorized}));
    bench.expect_event(seen::SubscriptionLost{.topic_filter = "a/#", .reason = ReasonCode::not_authorized});
    bench.lose();
    bench.reconnect(connack());
    bench.expect_silence();
}

TEST(Reconnect, ARenewalThatIsCutOffIsTriedAgain) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    for (int i = 0; i < 3; ++i) {
        bench.lose();
        bench.reconnect(connack());
        EXPECT_EQ(bench.take(PacketType::subscribe).filters.at(0).filter, "a/#");
    }
    // The broker has the session of the CONNECT before, but perhaps never saw the SUBSCRIBE.
    bench.lose();
    bench.reconnect(connack().with_session());
    const Packet owed = bench.take(PacketType::subscribe);
    EXPECT_EQ(owed.filters, (std::vector<Filter>{{.filter = "a/#", .qos = qos2}}));
    bench.send(suback(owed.id, {ReasonCode::granted_qos_2}));
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(Reconnect, ARenewalThatStopCutOffIsTriedAgain) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.lose();
    bench.reconnect(connack());
    bench.take(PacketType::subscribe);
    bench.stop();
    bench.forget();
    bench.connect(connack().with_session());
    EXPECT_EQ(bench.take(PacketType::subscribe).filters, (std::vector<Filter>{{.filter = "a/#", .qos = qos2}}));
}

TEST(Reconnect, WhatWasUnsubscribedIsNotRenewed) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a");
    bench.subscribed("b");
    const auto id = bench.unsubscribe({"a"});
    bench.send(unsuback(bench.take(PacketType::unsubscribe).id, {ReasonCode::success}));
    bench.expect_event(seen::Completed{.id = id, .reason_codes = {ReasonCode::success}});
    bench.lose();
    bench.reconnect(connack());
    EXPECT_EQ(bench.take(PacketType::subscribe).filters, (std::vector<Filter>{{.filter = "b", .qos = qos2}}));
}

TEST(Reconnect, ARenewedFilterKeepsItsNewestOptions) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a", qos0);
    bench.subscribed("a", qos2);
    bench.lose();
    bench.reconnect(connack());
    EXPECT_EQ(bench.take(PacketType::subscribe).filters, (std::vector<Filter>{{.filter = "a", .qos = qos2}}));
}

TEST(Reconnect, RenewalsGoFirst) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a");
    bench.publish("a", "in flight", qos1);
    bench.take(PacketType::publish);
    bench.lose();
    bench.publish("a", "queued", qos1);
    bench.reconnect(connack());
    bench.take(PacketType::subscribe);
    EXPECT_EQ(bench.take(PacketType::publish).payload, "in flight");
    EXPECT_EQ(bench.take(PacketType::publish).payload, "queued");
    bench.expect_event(seen::QueueDrained{});
}

class TheBrokerHangsUp : public testing::TestWithParam<ReasonCode> {};

TEST_P(TheBrokerHangsUp, ForNow) {
    Bench bench;
    bench.connect();
    const Packet farewell = disconnect(GetParam()).with(PropertyId::reason_string, "later");
    bench.send(farewell);
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::disconnected_by_broker);
    EXPECT_EQ(end.reason, GetParam());
    EXPECT_EQ(end.reason_string, "later");
    EXPECT_EQ(end.properties, farewell.properties);
    EXPECT_TRUE(end.was_connected);
    EXPECT_TRUE(end.reconnecting);
    bench.expect_hang_up().expect_silence();
    bench.reconnect(connack());
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, TheBrokerHangsUp,
                         testing::Values(ReasonCode::server_shutting_down, ReasonCode::keep_alive_timeout,
                                         ReasonCode::administrative_action, ReasonCode::maximum_connect_time,
                                         ReasonCode::unspecified_error, ReasonCode::quota_exceeded,
                                         ReasonCode::use_another_server));

class TheBrokerThrowsOut : public testing::TestWithParam<ReasonCode> {};

TEST_P(TheBrokerThrowsOut, ForGood) {
    Bench bench;
    bench.connect();
    bench.send(disconnect(GetParam()));
    bench.expect_event(
        seen::Disconnected{.why = Errc::disconnected_by_broker, .reason = GetParam(), .was_connected = true});
    bench.expect_hang_up().expect_silence();
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
    EXPECT_FALSE(bench.client().is_started());
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, TheBrokerThrowsOut,
                         testing::Values(ReasonCode::session_taken_over, ReasonCode::not_authorized,
                                         ReasonCode::server_moved));

TEST(Reconnect, ATokenThatExpiredIsRenewed) {
    ConnectOptions options = plain_options();
    options.ask_credentials = true;
    Bench bench{options};
    bench.start();
    bench.event<seen::CredentialsRequested>();
    bench.provide_credentials({.username = "ann", .password = block_of("old")});
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.event<seen::Connected>();
    bench.send(disconnect(ReasonCode::not_authorized)).expect_hang_up();
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_TRUE(end.reconnecting);
    bench.advance(end.retry_in);
    bench.expect_event(seen::CredentialsRequested{});
}

}  // namespace
}  // namespace wsmq::test
