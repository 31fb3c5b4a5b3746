// The small parts of the client that decide nothing alone: tables, numbers, lists.
#include "client/event_queue.hpp"
#include "client/keep_alive.hpp"
#include "client/output.hpp"
#include "client/phase.hpp"
#include "client/reconnector.hpp"
#include "client/subscriptions.hpp"
#include "gtest/gtest.h"
#include "wsmq/random.hpp"

namespace wsmq::client {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint start{std::chrono::hours{1}};

TEST(Phases, TheTableNamesEachStepOnce) {
    for (const auto& a : phase_transitions) {
        std::size_t same = 0;
        for (const auto& b : phase_transitions) {
            if (a.from == b.from && a.step == b.step) ++same;
        }
        EXPECT_EQ(same, 1u);
        EXPECT_EQ(next_phase(a.from, a.step), a.to);
    }
}

TEST(Phases, EveryPhaseButIdleMayEndAndNothingIsAcceptedTwice) {
    for (const auto phase : {Phase::waiting, Phase::asking, Phase::opening, Phase::handshaking, Phase::connected}) {
        EXPECT_EQ(next_phase(phase, Step::end), Phase::idle);
    }
    EXPECT_EQ(next_phase(Phase::idle, Step::end), std::nullopt);
    EXPECT_EQ(next_phase(Phase::connected, Step::accepted), std::nullopt);
    EXPECT_EQ(next_phase(Phase::idle, Step::transport_opened), std::nullopt);
}

TEST(KeepAlivePart, WithoutAnIntervalHasNoDeadlineButForProbes) {
    KeepAlive keep_alive;
    keep_alive.start(0ms, start);
    EXPECT_EQ(keep_alive.deadline(), std::nullopt);
    EXPECT_EQ(keep_alive.poll(start + 1h), KeepAlive::Action::none);
    keep_alive.probe_sent(start);
    EXPECT_EQ(keep_alive.deadline(), start + 5s);
    // Held back: one more answer's time, and then no more.
    EXPECT_EQ(keep_alive.poll(start + 10s), KeepAlive::Action::none);
    EXPECT_EQ(keep_alive.deadline(), start + 15s);
    EXPECT_EQ(keep_alive.poll(start + 30s), KeepAlive::Action::give_up);
}

TEST(KeepAlivePart, AProbeKeepsTheEarlierTimeLimit) {
    KeepAlive keep_alive;
    keep_alive.start(4s, start);
    keep_alive.ping_sent(start);
    keep_alive.probe_sent(start + 1s);
    EXPECT_EQ(keep_alive.deadline(), start + 2s);
    // Unless it has passed, while the machine slept.
    keep_alive.probe_sent(start + 1h);
    EXPECT_EQ(keep_alive.deadline(), start + 1h + 5s);
}

TEST(RandomPart, StaysWithinItsBounds) {
    Random random{1};
    std::vector<int> counts(11);
    for (int i = 0; i < 11'000; ++i) ++counts[static_cast<std::size_t>(random.up_to(10))];
    for (const int count : counts) EXPECT_NEAR(count, 1000, 200);
    EXPECT_EQ(random.up_to(0), 0u);
    EXPECT_NE(random.up_to(UINT64_MAX), random.up_to(UINT64_MAX));
}

TEST(ReconnectorPart, WaitsNothingWhereThePolicySaysNothing) {
    Reconnector reconnector{{.backoff_min = 0ms, .backoff_max = 0ms}, 1, 1};
    reconnector.start();
    EXPECT_EQ(reconnector.connection_lost(0ms, Reconnector::End::without_reason), 0ms);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(reconnector.attempt_failed(false), 0ms);
}

TEST(EventQueuePart, KeepsTheOrderThroughPartialDrains) {
    EventQueue queue;
    std::uint32_t pushed = 0;
    std::uint32_t popped = 0;
    for (int round = 1; round < 50; ++round) {
        for (int i = 0; i < round % 7 + 1; ++i) queue.push(Failed{OperationId{++pushed}, Errc::cancelled});
        for (int i = 0; i < round % 5 && !queue.empty(); ++i) {
            EXPECT_EQ(std::get<Failed>(queue.pop()).id, OperationId{++popped});
        }
    }
    while (!queue.empty()) EXPECT_EQ(std::get<Failed>(queue.pop()).id, OperationId{++popped});
    EXPECT_EQ(popped, pushed);
}

TEST(SubscriptionsPart, BatchesShareTheirPropertiesAndFit) {
    Subscriptions subscriptions;
    EXPECT_TRUE(subscriptions.empty());
    EXPECT_TRUE(subscriptions.batches(8, 1000).empty());
    const std::vector<std::uint8_t> identifier{0x0B, 1};
    for (const auto* filter : {"a", "b", "c"}) subscriptions.insert({.topic_filter = filter}, {});
    subscriptions.insert({.topic_filter = "d"}, identifier);
    subscriptions.insert({.topic_filter = "b", .qos = Qos::exactly_once}, identifier);
    const auto batches = subscriptions.batches(8, 1000);
    ASSERT_EQ(batches.size(), 2u);
    EXPECT_EQ(batches[0].subscriptions.size() + batches[1].subscriptions.size(), 4u);
    EXPECT_EQ(subscriptions.batches(8, 12).size(), 4u) << "one each where no two fit";
    EXPECT_EQ(subscriptions.batches(1, 1000).size(), 4u);
    subscriptions.erase("b");
    subscriptions.erase("unknown");
    subscriptions.clear();
    EXPECT_TRUE(subscriptions.empty());
}

TEST(OutputPart, IsCongestedByWhatItHoldsAndByWhatTheTransportHolds) {
    Output output{10};
    EXPECT_FALSE(output.is_congested());
    output.append(std::vector<std::uint8_t>(4));
    output.set_backlog(5);
    EXPECT_FALSE(output.is_congested());
    output.set_backlog(6);
    EXPECT_TRUE(output.is_congested());
    codec::Buffer taken{1, 2, 3};
    EXPECT_TRUE(output.take(taken));
    EXPECT_EQ(taken.size(), 4u);
    EXPECT_FALSE(output.is_congested());
    EXPECT_FALSE(output.take(taken));
    EXPECT_TRUE(taken.empty());
}

}  // namespace
}  // namespace wsmq::client
