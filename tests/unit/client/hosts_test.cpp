// Several hosts: every one has its turn.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

ConnectOptions three_hosts() {
    ConnectOptions options = plain_options();
    options.host_count = 3;
    return options;
}

TEST(Hosts, TheFirstConnectionTriesEachOnceAndGivesUp) {
    Bench bench{three_hosts()};
    bench.start();
    for (unsigned host = 0; host < 3; ++host) {
        EXPECT_EQ(bench.wanted(), (seen::OpenTransport{.host = host, .attempt = host}));
        bench.refuse();
        const auto end = bench.event<seen::Disconnected>();
        EXPECT_EQ(end.why, Errc::transport_failed);
        EXPECT_EQ(end.reconnecting, host < 2);
        EXPECT_EQ(end.retry_in, 0ms);
        bench.advance(0ms);
    }
    EXPECT_EQ(bench.transport(), Bench::Transport::none);
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
    EXPECT_FALSE(bench.client().is_started());
}

TEST(Hosts, ARefusalGoesOnToTheNext) {
    Bench bench{three_hosts()};
    bench.begin_connecting();
    bench.send(connack(ReasonCode::server_busy));
    bench.event<seen::Disconnected>();
    bench.expect_hang_up().advance(0ms);
    EXPECT_EQ(bench.wanted().host, 1u);
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.expect_event(seen::Connected{});
}

TEST(Hosts, TheOneThatWorkedIsTriedFirst) {
    Bench bench{three_hosts()};
    bench.start();
    bench.refuse();
    bench.event<seen::Disconnected>();
    bench.advance(0ms).open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.event<seen::Connected>();
    bench.advance(20s);
    bench.forget();
    const auto end = bench.lose();
    bench.advance(end.retry_in);
    EXPECT_EQ(bench.wanted(), (seen::OpenTransport{.host = 1, .attempt = 1}));
    bench.refuse();
    EXPECT_EQ(bench.event<seen::Disconnected>().retry_in, 0ms);
    bench.advance(0ms);
    EXPECT_EQ(bench.wanted().host, 2u);
    bench.refuse();
    EXPECT_EQ(bench.event<seen::Disconnected>().retry_in, 0ms);
    bench.advance(0ms);
    EXPECT_EQ(bench.wanted().host, 0u);
    bench.refuse();
    EXPECT_TRUE(bench.event<seen::Disconnected>().reconnecting);
}

TEST(Hosts, TheFirstConnectionMayBeTriedForEver) {
    ConnectOptions options = three_hosts();
    options.reconnect.retry_first_connection = true;
    Bench bench{options};
    bench.start();
    for (unsigned attempt = 0; attempt < 12; ++attempt) {
        ASSERT_EQ(bench.transport(), Bench::Transport::wanted);
        EXPECT_EQ(bench.wanted(), (seen::OpenTransport{.host = attempt % 3, .attempt = attempt}));
        bench.refuse();
        const auto end = bench.event<seen::Disconnected>();
        EXPECT_TRUE(end.reconnecting);
        if (attempt % 3 != 2) {
            EXPECT_EQ(end.retry_in, 0ms);
        }
        bench.advance(end.retry_in);
    }
}

TEST(Hosts, StartAgainBeginsWithTheFirst) {
    Bench bench{three_hosts()};
    bench.start();
    for (int i = 0; i < 2; ++i) bench.refuse().advance(0ms);
    bench.stop();
    bench.forget();
    bench.start();
    EXPECT_EQ(bench.wanted(), (seen::OpenTransport{.host = 0, .attempt = 0}));
}

}  // namespace
}  // namespace wsmq::test
