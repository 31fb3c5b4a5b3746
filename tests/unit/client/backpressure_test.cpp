// The high-water mark of the output.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

ConnectOptions narrow() {
    ConnectOptions options = plain_options();
    options.output_high_water = 1000;
    options.queue_maximum_messages = 10;
    return options;
}

TEST(Backpressure, PastTheMarkMessagesWait) {
    Bench bench{narrow()};
    bench.connect();
    bench.backlog(1000);
    const auto qos0_id = bench.publish("a", "0");
    const auto qos1_id = bench.publish("a", "1", qos1);
    bench.expect_silence().expect_no_event();
    EXPECT_EQ(bench.client().unfinished_messages(), 2u);
    bench.backlog(999);
    bench.expect(publish("a", "0")).expect(publish("a", "1").at(qos1, 1)).reply(puback(1));
    bench.expect_event(seen::Completed{.id = qos0_id}).expect_event(seen::QueueDrained{});
    bench.expect_event(seen::Completed{.id = qos1_id});
}

TEST(Backpressure, QueueAndPolicyHoldThere) {
    Bench bench{narrow()};
    bench.connect();
    bench.backlog(5000);
    EXPECT_EQ(bench.try_publish("a", "x", {.when_blocked = WhenBlocked::fail}), Errc::queue_full);
    for (int i = 0; i < 10; ++i) bench.publish("a", "x");
    EXPECT_EQ(bench.try_publish("a", "x"), Errc::queue_full);
    const auto dropped = bench.publish("a", "x", {.when_blocked = WhenBlocked::drop_newest});
    bench.expect_event(seen::Failed{dropped, Errc::queue_full});
    bench.backlog(0);
    EXPECT_EQ(bench.packets_waiting(), 10u);
    bench.forget();
}

TEST(Backpressure, WhatIsNotTakenCounts) {
    Bench bench{narrow()};
    bench.connect();
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(bench.client().publish("a", bytes_of(std::string(300, 'x')), {}, bench.now()));
    }
    EXPECT_EQ(bench.client().unfinished_messages(), 1u) << "four are encoded, the fifth waits";
    // Taking the output makes room, which the next input finds.
    bench.settle();
    bench.backlog(0);
    EXPECT_EQ(bench.packets_waiting(), 5u);
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    bench.forget();
}

TEST(Backpressure, AWaitingQueueGoesOutBitByBit) {
    ConnectOptions options = narrow();
    options.queue_maximum_messages = 1000;
    Bench bench{options};
    bench.start();
    for (int i = 0; i < 50; ++i) bench.publish("a", std::string(300, 'x'), qos1);
    bench.open();
    bench.take(PacketType::connect);
    const Block accepted = encode_from_broker(connack(), Version::v5);
    bench.client().receive(accepted, bench.now());
    Block out;
    std::size_t rounds = 0;
    for (; bench.client().unfinished_messages() > 0 && rounds < 1000; ++rounds) {
        while (!std::holds_alternative<NeedInput>(bench.client().next_event())) {
        }
        if (!bench.client().take_output(out)) break;
        EXPECT_LE(out.size(), 1000u + 310u);
        bench.client().transport_backlog(0, bench.now());
    }
    EXPECT_GE(rounds, 12u);
    bench.forget();
}

TEST(Backpressure, AcknowledgementsAndPingsDoNotWait) {
    Bench bench{narrow()};
    bench.connect();
    bench.backlog(1u << 20);
    bench.send(publish("a", "x").at(qos1, 4)).expect(puback(4));
    bench.event<seen::Message>();
    bench.advance(30s).expect(pingreq()).reply(pingresp());
    bench.subscribe({{.topic_filter = "a"}});
    bench.take(PacketType::subscribe);
}

TEST(Backpressure, TheBacklogEndsWithTheConnection) {
    Bench bench{narrow()};
    bench.connect();
    bench.backlog(1u << 20);
    bench.publish("a", "x", qos1);
    bench.lose();
    bench.reconnect(connack());
    EXPECT_EQ(bench.take(PacketType::publish).payload, "x");
    bench.forget();
}

}  // namespace
}  // namespace wsmq::test
