// cancel(): the user does not want to know any more.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(Cancel, AWaitingMessageIsNotSent) {
    Bench bench;
    bench.start();
    const auto first = bench.publish("a", "1", qos1);
    const auto second = bench.publish("a", "2");
    bench.cancel(first);
    bench.expect_event(seen::Failed{first, Errc::cancelled});
    EXPECT_EQ(bench.client().unfinished_messages(), 1u);
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    EXPECT_EQ(bench.take(PacketType::publish).payload, "2");
    bench.event<seen::Connected>();
    bench.expect_event(seen::Completed{.id = second}).expect_event(seen::QueueDrained{});
}

TEST(Cancel, AMessageInFlightGoesOnUnreported) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.cancel(id);
    bench.expect_event(seen::Failed{id, Errc::cancelled});
    EXPECT_EQ(bench.client().unfinished_messages(), 1u);
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect(publish("a", "x").at(qos2, 1).again()).reply(pubrec(1)).expect(pubrel(1)).reply(pubcomp(1));
    bench.expect_no_event();
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
}

TEST(Cancel, AMessageThatWasSentOnAnEarlierConnectionGoesOn) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.publish("a", "x", qos1);
    bench.take(PacketType::publish);
    bench.lose();
    bench.cancel(id);
    bench.expect_event(seen::Failed{id, Errc::cancelled});
    bench.reconnect(connack().with_session());
    bench.expect(publish("a", "x").at(qos1, 1).again()).reply(puback(1)).expect_no_event();
}

TEST(Cancel, ASubscribeThatWaitsIsNotSent) {
    Bench bench;
    bench.start();
    const auto id = bench.subscribe({{.topic_filter = "a"}});
    bench.cancel(id);
    bench.expect_event(seen::Failed{id, Errc::cancelled});
    bench.connect();
    bench.expect_silence();
}

TEST(Cancel, ASubscribeInFlightIsNeitherReportedNorRenewed) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.subscribe({{.topic_filter = "a"}});
    bench.take(PacketType::subscribe);
    bench.cancel(id);
    bench.expect_event(seen::Failed{id, Errc::cancelled});
    bench.send(suback(1, {ReasonCode::success})).expect_no_event();
    bench.lose();
    bench.reconnect(connack());
    bench.expect_silence();
}

TEST(Cancel, ASubscribeInFlightIsNotSentAgain) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.unsubscribe({"a"});
    bench.take(PacketType::unsubscribe);
    bench.cancel(id);
    bench.expect_event(seen::Failed{id, Errc::cancelled});
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(Cancel, WhatEndedAlreadyIsNothing) {
    Bench bench;
    bench.connect();
    const auto published = bench.publish("a", "x", qos1);
    bench.take(PacketType::publish);
    bench.send(puback(1)).event<seen::Completed>();
    bench.cancel(published);
    bench.cancel(OperationId{0});
    bench.cancel(OperationId{12'345});
    bench.expect_no_event().expect_silence();
}

TEST(Cancel, TwiceIsOnce) {
    Bench bench;
    bench.connect();
    const auto published = bench.publish("a", "x", qos1);
    const auto subscribing = bench.subscribe({{.topic_filter = "a"}});
    for (int i = 0; i < 2; ++i) {
        bench.cancel(published);
        bench.cancel(subscribing);
    }
    bench.expect_event(seen::Failed{published, Errc::cancelled});
    bench.expect_event(seen::Failed{subscribing, Errc::cancelled});
    bench.expect_no_event().forget();
}

}  // namespace
}  // namespace wsmq::test
