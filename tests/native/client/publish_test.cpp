// Publishing through the client: what leaves together, what an operation ends with, cancelling.
#include "client/client_bench.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <set>

namespace wsmq::native::test {
namespace {

constexpr PublishOptions qos1{.qos = Qos::at_least_once};
constexpr PublishOptions qos2{.qos = Qos::exactly_once};

TEST(ClientPublish, WhatIsPublishedBeforeTheLoopTurnsLeavesInOneWrite) {
    ClientBench bench;
    bench.connect();
    run_ready(bench.io);
    const auto writes = bench.broker.writes();
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(bench.client->publish("a", std::to_string(i)));
    RUN_UNTIL(bench.io, bench.broker.model().arrived(Qos::at_most_once).size() == 100);
    EXPECT_EQ(bench.broker.writes(), writes + 1);
    EXPECT_EQ(bench.broker.model().arrived(Qos::at_most_once)[99], "99");
}

TEST(ClientPublish, MuchLeavesBeforeTheLoopTurns) {
    ClientBench bench;
    bench.connect();
    run_ready(bench.io);
    const auto writes = bench.broker.writes();
    const std::string payload(1000, 'x');
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(bench.client->publish("a", payload));
    EXPECT_EQ(bench.broker.writes(), writes + 1) << "64 KiB are enough for a write";
}

TEST(ClientPublish, EndsWhenTheQosIsSatisfied) {
    ClientBench bench;
    bench.connect();
    bench.broker.hold_answers(true);
    EndedPublish at_most_once;
    EndedPublish at_least_once;
    EndedPublish exactly_once;
    bench.client->async_publish("a", "0", {}, at_most_once.handler());
    bench.client->async_publish("a", "1", qos1, at_least_once.handler());
    bench.client->async_publish("a", "2", qos2, exactly_once.handler());
    EXPECT_FALSE(at_most_once.ended()) << "never from within the call";
    RUN_UNTIL(bench.io, bench.broker.model().arrived(Qos::exactly_once).size() == 1);
    run_ready(bench.io);
    EXPECT_TRUE(at_most_once.ended());
    EXPECT_FALSE(at_least_once.ended());
    bench.broker.hold_answers(false);
    RUN_UNTIL(bench.io, at_least_once.ended() && exactly_once.ended());
    EXPECT_EQ(at_least_once.error, ErrorCode{});
    EXPECT_EQ(exactly_once.error, ErrorCode{});
    EXPECT_EQ(bench.client->unfinished_messages(), 0u);
}

TEST(ClientPublish, WhatTheBrokerRefusesEndsWithItsReasonAndItsWords) {
    ClientBench bench;
    bench.connect();
    bench.broker.intercept = [&](const Packet& packet) {
        if (packet.type != PacketType::publish) return false;
        bench.broker.send(wsmq::test::puback(packet.id, ReasonCode::quota_exceeded)
                              .with(PropertyId::reason_string, std::string_view{"no more today"}));
        return true;
    };
    EndedPublish refused;
    bench.client->async_publish("a", "1", qos1, refused.handler());
    RUN_UNTIL(bench.io, refused.ended());
    EXPECT_EQ(refused.error, ReasonCode::quota_exceeded);
    EXPECT_EQ(refused.error.message(), "Quota exceeded");
    EXPECT_EQ(std::error_code{refused.error}, ReasonCode::quota_exceeded);
    EXPECT_EQ(refused.result().reason, ReasonCode::quota_exceeded);
    EXPECT_EQ(refused.result().reason_string(), "no more today");
}

TEST(ClientPublish, WhatIsNotSoundIsRefusedLater) {
    ClientBench bench;
    EndedPublish before;
    bench.client->async_publish("a", "1", qos1, before.handler());
    EXPECT_FALSE(before.ended());
    RUN_UNTIL(bench.io, before.ended());
    EXPECT_EQ(before.error, Errc::not_started);
    bench.connect();
    EndedPublish wild;
    bench.client->async_publish("a/#", "1", qos1, wild.handler());
    RUN_UNTIL(bench.io, wild.ended());
    EXPECT_EQ(wild.error, Errc::invalid_topic);
    EXPECT_EQ(bench.client->publish("a/+", "1").error(), Errc::invalid_topic);
}

TEST(ClientPublish, AFutureHasTheAnswer) {
    ClientBench bench;
    bench.connect();
    auto future = bench.client->async_publish("a", "1", qos1, boost::asio::use_future);
    RUN_UNTIL(bench.io, future.wait_for(0s) == std::future_status::ready);
    EXPECT_EQ(future.get().reason, ReasonCode::success);
}

TEST(ClientPublish, ACoroutineWaitsAndIsThrownErrors) {
    ClientBench bench;
    bool done = false;
    const auto story = [&]() -> boost::asio::awaitable<void> {
        using boost::asio::use_awaitable;
        co_await bench.client->async_connect(use_awaitable);
        co_await bench.client->async_publish("a", std::string{"temporary"}, qos2, use_awaitable);
        ErrorCode error;
        co_await bench.client->async_publish("#", "", qos2, boost::asio::redirect_error(use_awaitable, error));
        EXPECT_EQ(error, Errc::invalid_topic);
        bool thrown = false;
        try {
            co_await bench.client->async_publish("#", "", qos2, use_awaitable);
        } catch (const boost::system::system_error& caught) {
            thrown = caught.code() == Errc::invalid_topic;
        }
        EXPECT_TRUE(thrown);
        co_await bench.client->async_disconnect(use_awaitable);
        done = true;
    };
    boost::asio::co_spawn(bench.io, story(), boost::asio::detached);
    RUN_UNTIL(bench.io, done);
    EXPECT_THAT(bench.broker.model().arrived(Qos::exactly_once), testing::ElementsAre("temporary"));
    EXPECT_EQ(bench.broker.count(PacketType::disconnect), 1u);
}

TEST(ClientPublish, AnOperationIsCancelledByItsSource) {
    ClientBench bench;
    bench.connect();
    bench.broker.hold_answers(true);
    CancelSource source;
    source.cancel();  // nothing to cancel
    EndedPublish cancelled;
    bench.client->async_publish("a", "1", qos1, cancel_with(source, cancelled.handler()));
    RUN_UNTIL(bench.io, bench.broker.count(PacketType::publish) == 1);
    source.cancel();
    RUN_UNTIL(bench.io, cancelled.ended());
    EXPECT_EQ(cancelled.error, Errc::cancelled);
    bench.broker.hold_answers(false);
    run_ready(bench.io);
    EXPECT_EQ(cancelled.times, 1);
    source.cancel();
    EXPECT_EQ(bench.client->unfinished_messages(), 0u);
}

TEST(ClientPublish, CancellingWorksForCoroutines) {
    ClientBench bench;
    bench.connect();
    bench.broker.hold_answers(true);
    CancelSource source;
    ErrorCode error;
    bool done = false;
    const auto story = [&]() -> boost::asio::awaitable<void> {
        using boost::asio::use_awaitable;
        co_await bench.client->async_publish("a", "1", qos1,
                                             cancel_with(source, boost::asio::redirect_error(use_awaitable, error)));
        done = true;
    };
    boost::asio::co_spawn(bench.io, story(), boost::asio::detached);
    RUN_UNTIL(bench.io, bench.broker.count(PacketType::publish) == 1);
    source.cancel();
    RUN_UNTIL(bench.io, done);
    EXPECT_EQ(error, Errc::cancelled);
}

TEST(ClientPublish, APublishIsCancelledByItsIdentifierBeforeItWasSent) {
    ClientBench bench;
    bench.broker.hold_answers(true);
    bench.client->async_connect([](auto&&...) {});
    const auto first = bench.client->publish("a", "1", qos1);
    ASSERT_TRUE(first);
    ASSERT_TRUE(bench.client->publish("a", "2", qos1));
    bench.client->cancel(*first);
    bench.broker.hold_answers(false);
    RUN_UNTIL(bench.io, bench.broker.model().arrived(Qos::at_least_once).size() == 1);
    EXPECT_EQ(bench.broker.model().arrived(Qos::at_least_once)[0], "2");
}

TEST(ClientPublish, AtQos0WhoWaitsIsHeldBackByASlowBroker) {
    auto options = ClientBench::plain_options();
    options.connect.output_high_water = 1000;
    ClientBench bench{options};
    bench.connect();
    bench.broker.hold_writes(true);
    const std::string payload(600, 'x');
    std::vector<EndedPublish> ended(4);
    for (auto& each : ended) bench.client->async_publish("a", payload, {}, each.handler());
    run_ready(bench.io);
    EXPECT_TRUE(ended[0].ended() && ended[1].ended());
    EXPECT_FALSE(ended[2].ended()) << "past the high-water mark it waits";
    bench.broker.hold_writes(false);
    RUN_UNTIL(bench.io, ended[3].ended());
    EXPECT_EQ(ended[3].error, ErrorCode{});
}

TEST(ClientPublish, OfWhatASlowBrokerLeavesAQuarterOfAMebibyteIsEncodedAndTheRestWaits) {
    ClientBench bench;
    bench.connect();
    bench.broker.hold_writes(true);
    const std::string payload(4096, 'x');
    for (int i = 0; i < 60; ++i) ASSERT_TRUE(bench.client->publish("a", payload));
    EXPECT_EQ(bench.client->unfinished_messages(), 0u);
    for (int i = 0; i < 60; ++i) ASSERT_TRUE(bench.client->publish("a", payload));
    EXPECT_GT(bench.client->unfinished_messages(), 50u);
    bench.broker.hold_writes(false);
    RUN_UNTIL(bench.io, bench.broker.model().arrived(Qos::at_most_once).size() == 120);
}

TEST(ClientPublish, TheQueueIsBoundedAndTellsWhenItDrained) {
    auto options = ClientBench::plain_options();
    options.connect.queue_maximum_messages = 2;
    ClientBench bench{options};
    int drained = 0;
    bench.client->on_queue_drained([&] { ++drained; });
    bench.client->async_connect([](auto&&...) {});
    EXPECT_TRUE(bench.client->publish("a", "1", qos1));
    EXPECT_TRUE(bench.client->publish("a", "2", qos1));
    EXPECT_EQ(bench.client->publish("a", "3", qos1).error(), Errc::queue_full);
    RUN_UNTIL(bench.io, drained == 1);
    EXPECT_TRUE(bench.client->publish("a", "3", qos1));
    RUN_UNTIL(bench.io, bench.broker.model().arrived(Qos::at_least_once).size() == 3);
}

TEST(ClientPublish, NothingIsLostWhenTheConnectionBreaksInTheMiddle) {
    auto options = ClientBench::plain_options();
    options.connect.session_expiry_interval = 100;
    ClientBench bench{options};
    bench.connect();
    std::vector<EndedPublish> ended(200);
    for (std::size_t i = 0; i < ended.size(); ++i) {
        bench.client->async_publish("a", std::to_string(i), i % 2 == 0 ? qos1 : qos2, ended[i].handler());
        if (i % 20 == 19) {
            for (int step = 0; step < 3; ++step) bench.io.poll_one();
            bench.broker.cut();
        }
    }
    RUN_UNTIL(bench.io, std::ranges::all_of(ended, &EndedPublish::ended));
    for (const auto& each : ended) EXPECT_EQ(each.error, ErrorCode{});
    EXPECT_GT(bench.broker.openings(), 5u);
    std::set<std::string> at_least_once{bench.broker.model().arrived(Qos::at_least_once).begin(),
                                        bench.broker.model().arrived(Qos::at_least_once).end()};
    EXPECT_EQ(at_least_once.size(), 100u);
    EXPECT_EQ(bench.broker.model().arrived(Qos::exactly_once).size(), 100u) << "none twice";
}

}  // namespace
}  // namespace wsmq::native::test
