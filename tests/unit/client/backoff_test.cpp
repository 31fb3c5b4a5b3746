// How long the client waits before it comes back: exponential backoff with full jitter.
#include <algorithm>
#include <map>
#include <random>

#include "client/reconnector.hpp"
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(Backoff, WaitsExactlyAsLongAsItSays) {
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

TEST(Backoff, BacksOffExponentiallyWithFullJitter) {
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
        const Duration ceiling = std::min<Duration>(30'000ms, 2'500ms * (1 << i));
        EXPECT_LE(longest[i], ceiling) << i;
        EXPECT_GE(longest[i], ceiling * 9 / 10) << i;
        EXPECT_LE(shortest[i], ceiling / 10) << i;
    }
}

TEST(Backoff, IsTheSameForTheSameSeed) {
    EXPECT_EQ(waits(7, 10), waits(7, 10));
    EXPECT_NE(waits(7, 10), waits(8, 10));
}

TEST(Backoff, BacksOffForDaysWithoutOverflow) {
    const auto found = waits(3, 200);
    for (const Duration wait : found) {
        EXPECT_GE(wait, 0ms);
        EXPECT_LE(wait, 30'000ms);
    }
}

TEST(Backoff, AnyAcceptedConnectionBeginsTheBackoffFromTheStart) {
    Bench bench{lasting_options()};
    bench.connect();
    for (int round = 0; round < 20; ++round) {
        bench.advance(bench.lose().retry_in);
        for (int i = 0; i < 6; ++i) {
            bench.refuse();
            bench.advance(bench.event<seen::Disconnected>().retry_in);
        }
        bench.open();
        bench.take(PacketType::connect);
        bench.send(connack());
        bench.event<seen::Connected>();
        bench.advance(4s);
        bench.cut();
        EXPECT_LE(bench.event<seen::Disconnected>().retry_in, 2'500ms);
        bench.advance(bench.until_deadline()).open();
        bench.take(PacketType::connect);
        bench.send(connack());
        bench.event<seen::Connected>();
        bench.advance(4s);
    }
}

TEST(Backoff, ACeilingBelowTheFirstOneHoldsFromTheFirstOn) {
    for (const Duration wait : waits(1, 50, {.backoff_max = 200ms})) EXPECT_LE(wait, 200ms);
}

/// Milliseconds from a cut to the next connection, over 150 cuts in a network that breaks again and again.
std::vector<Duration> outages(std::uint32_t seed, Duration longest_life, bool is_busy) {
    std::mt19937 random{seed};
    ConnectOptions options = lasting_options();
    options.random_seed = seed;
    Bench bench{options};
    bench.connect();
    std::vector<Duration> out;
    for (int cut = 0; cut < 150; ++cut) {
        for (bench.forget_events(); bench.packets_waiting() > 0;) {  // what was sent again
            const Packet packet = bench.take();
            bench.send(packet.type == PacketType::publish ? puback(packet.id) : pingresp());
        }
        bench.advance(Duration{random() % static_cast<unsigned>(longest_life.count())});
        if (is_busy) bench.publish("a", "x", qos1);
        const TimePoint begin = bench.now();
        bench.cut().forget_packets();
        while (!bench.client().is_connected()) {
            if (bench.transport() != Bench::Transport::wanted) {
                bench.advance(bench.until_deadline());
                continue;
            }
            bench.advance(50ms).open();
            if (random() % 30 == 0) {
                bench.cut().forget_packets();  // on its way in
            } else {
                bench.take(PacketType::connect);
                bench.send(connack().with_session());
            }
        }
        out.push_back(std::chrono::duration_cast<Duration>(bench.now() - begin));
    }
    bench.forget();
    return out;
}

TEST(Backoff, UnderRandomCutsItComesBackWithinSeconds) {
    for (const Duration longest_life : {4'000ms, 8'000ms, 20'000ms}) {
        for (const bool is_busy : {false, true}) {
            for (std::uint32_t seed = 1; seed <= 20; ++seed) {
                SCOPED_TRACE(seed);
                auto found = outages(seed, longest_life, is_busy);
                std::ranges::sort(found);
                EXPECT_LE(found[found.size() * 95 / 100], 3'000ms);
                EXPECT_LE(found.back(), 6'000ms);
            }
        }
    }
}

using client::Reconnector;

/// The largest part of 10,000 clients that a broker accepts within 100 ms, after it was away for so long.
double largest_crowd(Duration away) {
    constexpr int clients = 10'000;
    std::map<std::int64_t, int> arrivals;
    for (int i = 0; i < clients; ++i) {
        Reconnector reconnector{{}, 1, static_cast<std::uint64_t>(i)};
        reconnector.start();
        auto at = reconnector.connection_lost(1h, Reconnector::End::without_reason);
        while (at < away) at += reconnector.attempt_failed(false);
        ++arrivals[at / 100ms];
    }
    const auto by_size = [](const auto& one, const auto& other) { return one.second < other.second; };
    return std::ranges::max_element(arrivals, by_size)->second / double{clients};
}

TEST(Backoff, ARestartedBrokerIsNotOverrun) {
    for (const Duration away : {0ms, 200ms, 500ms, 1'000ms, 3'000ms, 10'000ms, 60'000ms}) {
        EXPECT_LT(largest_crowd(away), 0.06) << away.count();
    }
}

/// How often two clients with one identifier throw each other out in ten minutes, where the other one comes back after
/// `pause`, or by our own rule.
int fights(std::optional<Duration> pause) {
    Reconnector ours{{}, 1, 1};
    Reconnector theirs{{}, 1, 2};
    Duration time{0};
    int fights = 0;
    for (;; ++fights) {
        // We are in, they wait; and the reverse.
        const auto their_wait = pause ? *pause : theirs.connection_lost(time, Reconnector::End::without_reason);
        const auto our_wait = ours.connection_lost(their_wait, Reconnector::End::without_reason);
        time += their_wait + our_wait;
        if (time > 10min) return fights;
    }
}

TEST(Backoff, TwoClientsWithOneIdentifierSlowEachOtherDown) {
    EXPECT_LT(fights(std::nullopt), 250);
    EXPECT_LT(fights(0ms), 120) << "one that comes back at once";
    EXPECT_LT(fights(1s), 120) << "one that comes back after a second";
}

/// A connection that is accepted and closed after `life`, so often: by `last`, or without a word.
std::vector<seen::Disconnected> closed_again_and_again(Duration life, int times, bool is_busy = false,
                                                       const std::optional<Packet>& last = std::nullopt) {
    Bench bench{lasting_options()};
    bench.connect();
    std::vector<seen::Disconnected> ends;
    for (int i = 0; i < times; ++i) {
        if (is_busy) bench.publish("a", "x", qos1);
        bench.advance(life).forget();
        if (last) {
            bench.send(*last);
        } else {
            bench.cut();
        }
        ends.push_back(bench.event<seen::Disconnected>());
        bench.forget().advance(bench.until_deadline()).open();
        bench.take(PacketType::connect);
        bench.send(connack().with_session());
    }
    bench.forget();
    return ends;
}

TEST(TakenOver, IsSaidWhenTwelveConnectionsInARowAreClosedSoon) {
    const auto ends = closed_again_and_again(1s, 120);
    for (std::size_t i = 0; i < ends.size(); ++i) {
        EXPECT_EQ(ends[i].why, i < 11 ? Errc::transport_closed : Errc::taken_over) << i;
        EXPECT_TRUE(ends[i].reconnecting) << "it may be something else";
    }
    const auto late = [](const auto& each) { return each.retry_in > 10s; };
    EXPECT_TRUE(std::ranges::any_of(ends, late));
}

TEST(TakenOver, IsNotSaidOfConnectionsThatLast) {
    for (const auto& end : closed_again_and_again(3s, 40)) EXPECT_EQ(end.why, Errc::transport_closed);
}

TEST(TakenOver, IsNotSaidWhereSomethingWasUnanswered) {
    for (const auto& end : closed_again_and_again(1s, 40, true)) EXPECT_EQ(end.why, Errc::transport_closed);
}

TEST(TakenOver, IsNotSaidWhereTheBrokerSaysSomethingElseAndIsAskedLessOften) {
    const auto ends = closed_again_and_again(1s, 20, false, disconnect(ReasonCode::server_busy));
    for (const auto& end : ends) EXPECT_EQ(end.why, Errc::disconnected_by_broker);
    EXPECT_GT(std::ranges::max(ends, {}, &seen::Disconnected::retry_in).retry_in, 15s);
}

TEST(Backoff, GrowsWhereTheBrokerBreaksTheProtocolOnEachConnection) {
    for (const bool is_busy : {false, true}) {
        const auto ends = closed_again_and_again(1s, 20, is_busy, connack());
        for (const auto& end : ends) EXPECT_EQ(end.why, Errc::protocol_error);
        EXPECT_GT(std::ranges::max(ends, {}, &seen::Disconnected::retry_in).retry_in, 15s);
    }
    // One that lasts begins anew.
    for (const auto& end : closed_again_and_again(3s, 20, false, connack())) EXPECT_LE(end.retry_in, 2'500ms);
}

}  // namespace
}  // namespace wsmq::test
