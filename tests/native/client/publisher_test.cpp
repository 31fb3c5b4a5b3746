// Publishing from other threads.
#include "client/client_bench.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <set>
#include <thread>

namespace wsmq::native::test {
namespace {

constexpr PublishOptions qos1{.qos = Qos::at_least_once};

TEST(NativePublisher, MessagesOfManyThreadsAllArriveInTheirOrder) {
    auto options = ClientBench::plain_options();
    options.handover_maximum_messages = 10;  // so that they have to wait for room
    ClientBench bench{options};
    bench.connect();
    constexpr int threads = 4;
    constexpr int each = 500;
    std::vector<std::thread> publishers;
    for (int number = 0; number < threads; ++number) {
        publishers.emplace_back([publisher = bench.client->publisher(), number]() mutable {
            for (int i = 0; i < each; ++i) {
                const auto payload = std::to_string(number) + ":" + std::to_string(i);
                EXPECT_EQ(publisher.publish("a", payload, qos1), Errc::none);
            }
        });
    }
    const auto guard = boost::asio::make_work_guard(bench.io);
    RUN_UNTIL(bench.io, bench.broker.model().arrived(Qos::at_least_once).size() == threads * each);
    for (auto& thread : publishers) thread.join();
    std::vector<int> last(threads, -1);
    for (const auto& payload : bench.broker.model().arrived(Qos::at_least_once)) {
        const auto number = static_cast<std::size_t>(payload[0] - '0');
        const int i = std::stoi(payload.substr(2));
        EXPECT_EQ(i, last[number] + 1);
        last[number] = i;
    }
}

TEST(NativePublisher, SaysWhenThereIsNoRoomAndWhenThereIsNobody) {
    auto options = ClientBench::plain_options();
    options.handover_maximum_messages = 2;
    ClientBench bench{options};
    auto publisher = bench.client->publisher();
    EXPECT_EQ(publisher.try_publish("a", "0"), Errc::not_started);
    bench.connect();
    EXPECT_EQ(publisher.try_publish("a", "1"), Errc::none);
    EXPECT_EQ(publisher.try_publish("a", "2"), Errc::none);
    EXPECT_EQ(publisher.try_publish("a", "3"), Errc::queue_full);
    EndedPublish refused;
    publisher.async_publish("a", "4", {}, refused.handler());
    RUN_UNTIL(bench.io, refused.ended());
    EXPECT_EQ(refused.error, Errc::queue_full);
    RUN_UNTIL(bench.io, bench.broker.model().arrived(Qos::at_most_once).size() == 2);
    EXPECT_EQ(publisher.try_publish("a", "5"), Errc::none);
    bench.client.reset();
    EXPECT_EQ(publisher.publish("a", "6"), Errc::not_started);
}

TEST(NativePublisher, OnTheLoopsOwnThreadNothingWaitsForItself) {
    auto options = ClientBench::plain_options();
    options.handover_maximum_messages = 1;
    ClientBench bench{options};
    bench.connect();
    auto publisher = bench.client->publisher();
    bool called = false;
    boost::asio::post(bench.io, [&] {
        EXPECT_EQ(publisher.publish("a", "1"), Errc::none);
        EXPECT_EQ(publisher.publish("a", "2"), Errc::queue_full);
        called = true;
    });
    RUN_UNTIL(bench.io, called);
}

TEST(NativePublisher, WhatTheEngineHasNoRoomForWaitsInOrder) {
    auto options = ClientBench::plain_options();
    options.connect.queue_maximum_messages = 2;
    ClientBench bench{options};
    auto publisher = bench.client->publisher();
    bench.client->async_connect([](auto&&...) {});
    for (int i = 0; i < 6; ++i) EXPECT_EQ(publisher.try_publish("a", std::to_string(i), qos1), Errc::none);
    RUN_UNTIL(bench.io, bench.broker.model().arrived(Qos::at_least_once).size() == 6);
    EXPECT_THAT(bench.broker.model().arrived(Qos::at_least_once), testing::ElementsAre("0", "1", "2", "3", "4", "5"));
}

TEST(NativePublisher, AFutureOnAnotherThreadHasTheAnswer) {
    ClientBench bench;
    bench.connect();
    const auto guard = boost::asio::make_work_guard(bench.io);
    std::atomic<bool> done = false;
    std::thread other{[&, publisher = bench.client->publisher()]() mutable {
        auto future = publisher.async_publish("a", "1", qos1, boost::asio::use_future);
        EXPECT_EQ(future.get().reason, ReasonCode::success);
        done = true;
        boost::asio::post(bench.io, [] {});
    }};
    RUN_UNTIL(bench.io, done.load());
    other.join();
}

TEST(NativePublisher, TheEndOfTheClientReleasesWhoWaits) {
    auto options = ClientBench::plain_options();
    options.handover_maximum_messages = 1;
    ClientBench bench{options};
    bench.connect();
    auto publisher = bench.client->publisher();
    ASSERT_EQ(publisher.try_publish("a", "1"), Errc::none);
    std::atomic<bool> waits = false;
    std::thread other{[&, publisher]() mutable {
        waits = true;
        // Waits for room, or comes too late: the same in either case.
        EXPECT_EQ(publisher.publish("a", "2"), Errc::not_started);
    }};
    while (!waits) std::this_thread::yield();
    bench.client.reset();
    other.join();
}

}  // namespace
}  // namespace wsmq::native::test
