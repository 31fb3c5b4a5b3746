// How long the client waits before it comes back: exponential backoff with full jitter.
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
        const Duration ceiling = std::min<Duration>(30'000ms, 500ms * (1 << i));
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

TEST(Backoff, AStableConnectionBeginsTheBackoffFromTheStart) {
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

}  // namespace
}  // namespace wsmq::test
