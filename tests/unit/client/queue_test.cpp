// The offline queue: bounded, with a policy for each message.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

ConnectOptions room_for(std::size_t messages, std::size_t bytes = 1u << 20) {
    ConnectOptions options = plain_options();
    options.queue_maximum_messages = messages;
    options.queue_maximum_bytes = bytes;
    return options;
}

constexpr PublishOptions at(Qos qos, WhenBlocked when) { return {.qos = qos, .when_blocked = when}; }

TEST(Queue, SendsInTheOrderOfPublishing) {
    Bench bench{room_for(100)};
    bench.start();
    for (int i = 0; i < 9; ++i) bench.publish("a", std::to_string(i), static_cast<Qos>(i % 3));
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    for (int i = 0; i < 9; ++i) {
        const Packet packet = bench.take(PacketType::publish);
        EXPECT_EQ(packet.payload, std::to_string(i));
        EXPECT_EQ(packet.qos, static_cast<Qos>(i % 3));
        EXPECT_FALSE(packet.duplicate);
    }
    bench.forget();
}

TEST(Queue, RefusesWhatHasNoRoom) {
    Bench bench{room_for(2)};
    bench.start();
    bench.publish("a", "1", qos1);
    bench.publish("a", "2");
    EXPECT_EQ(bench.try_publish("a", "3", at(qos1, WhenBlocked::wait)), Errc::queue_full);
    EXPECT_EQ(bench.try_publish("a", "3", at(qos0, WhenBlocked::wait)), Errc::queue_full);
    EXPECT_EQ(bench.client().unfinished_messages(), 2u);
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    EXPECT_EQ(bench.take(PacketType::publish).payload, "1");
    EXPECT_EQ(bench.take(PacketType::publish).payload, "2");
    bench.expect_silence().forget();
}

TEST(Queue, IsBoundedInBytesToo) {
    Bench bench{room_for(1000, 10'000)};
    bench.start();
    int accepted = 0;
    while (bench.try_publish("a", std::string(1000, 'x'), {.qos = qos1}) == Errc::none && accepted < 100) ++accepted;
    EXPECT_GE(accepted, 5);
    EXPECT_LE(accepted, 9);
    EXPECT_LE(bench.client().unfinished_bytes(), 10'000u);
    // A small one may still find room.
    EXPECT_EQ(bench.try_publish("a", std::string(1000, 'x'), {.qos = qos1}), Errc::queue_full);
}

TEST(Queue, WithoutRoomForOneRefusesEverything) {
    Bench bench{room_for(0)};
    bench.start();
    for (const auto when : {WhenBlocked::wait, WhenBlocked::drop_oldest}) {
        EXPECT_EQ(bench.try_publish("a", "x", at(qos1, when)), Errc::queue_full);
    }
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
}

TEST(Queue, FailRefusesAtOnce) {
    Bench bench{room_for(10)};
    bench.start();
    EXPECT_EQ(bench.try_publish("a", "x", at(qos0, WhenBlocked::fail)), Errc::not_connected);
    EXPECT_EQ(bench.try_publish("a", "x", at(qos2, WhenBlocked::fail)), Errc::not_connected);
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack().with(PropertyId::receive_maximum, 1));
    bench.event<seen::Connected>();
    const auto id = bench.publish("a", "1", at(qos1, WhenBlocked::fail));
    bench.expect(publish("a", "1").at(qos1, 1));
    EXPECT_EQ(bench.try_publish("a", "2", at(qos1, WhenBlocked::fail)), Errc::queue_full);
    bench.send(puback(1)).expect_event(seen::Completed{.id = id});
    bench.publish("a", "3", at(qos1, WhenBlocked::fail));
    EXPECT_EQ(bench.take(PacketType::publish).payload, "3");
}

TEST(Queue, DropOldestMakesRoom) {
    Bench bench{room_for(2)};
    bench.start();
    const auto first = bench.publish("a", "1", at(qos1, WhenBlocked::drop_oldest));
    const auto second = bench.publish("a", "2", at(qos0, WhenBlocked::drop_oldest));
    bench.publish("a", "3", at(qos1, WhenBlocked::drop_oldest));
    bench.expect_event(seen::Failed{first, Errc::queue_full});
    bench.publish("a", "4", at(qos0, WhenBlocked::drop_oldest));
    bench.expect_event(seen::Failed{second, Errc::queue_full});
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    EXPECT_EQ(bench.take(PacketType::publish).payload, "3");
    EXPECT_EQ(bench.take(PacketType::publish).payload, "4");
    bench.expect_silence().forget();
}

TEST(Queue, DropOldestMakesRoomForALargeOne) {
    Bench bench{room_for(100, 4'000)};
    bench.start();
    for (int i = 0; i < 3; ++i) bench.publish("a", std::string(500, 'x'), at(qos0, WhenBlocked::drop_oldest));
    bench.publish("a", std::string(3'000, 'y'), at(qos0, WhenBlocked::drop_oldest));
    EXPECT_GE(bench.events_waiting(), 2u);
    bench.forget();
    EXPECT_LE(bench.client().unfinished_bytes(), 4'000u);
}

TEST(Queue, DropOldestDoesNotDropWhatWasToWait) {
    Bench bench{room_for(2)};
    bench.start();
    bench.publish("a", "1", at(qos1, WhenBlocked::wait));
    bench.publish("a", "2", at(qos0, WhenBlocked::drop_newest));
    EXPECT_EQ(bench.try_publish("a", "3", at(qos1, WhenBlocked::drop_oldest)), Errc::queue_full);
    bench.expect_no_event();
}

TEST(Queue, DropNewestIsAcceptedAndDropped) {
    Bench bench{room_for(1)};
    bench.start();
    bench.publish("a", "1", at(qos0, WhenBlocked::drop_newest));
    const auto second = bench.publish("a", "2", at(qos1, WhenBlocked::drop_newest));
    bench.expect_event(seen::Failed{second, Errc::queue_full});
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    EXPECT_EQ(bench.take(PacketType::publish).payload, "1");
    bench.expect_silence().forget();
}

TEST(Queue, TellsWhenItDrained) {
    Bench bench;
    bench.connect(connack().with(PropertyId::receive_maximum, 1));
    const auto first = bench.publish("a", "1", qos1);
    const auto second = bench.publish("a", "2", qos1);
    bench.expect(publish("a", "1").at(qos1, 1)).expect_no_event();
    bench.send(puback(1)).expect(publish("a", "2").at(qos1, 2));
    bench.expect_event(seen::Completed{.id = first}).expect_event(seen::QueueDrained{});
    bench.send(puback(2)).expect_event(seen::Completed{.id = second}).expect_no_event();
}

TEST(Queue, TellsThatItDrainedAfterARefusal) {
    ConnectOptions options = room_for(1);
    Bench bench{options};
    bench.start();
    bench.publish("a", "1");
    EXPECT_EQ(bench.try_publish("a", "2"), Errc::queue_full);
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.take(PacketType::publish);
    bench.event<seen::Connected>();
    bench.event<seen::Completed>();
    bench.expect_event(seen::QueueDrained{}).expect_no_event();
}

TEST(Queue, AMessageThatTheNewBrokerCannotTakeFailsAlone) {
    Bench bench;
    bench.start();
    const auto large = bench.publish("a", std::string(500, 'x'), qos1);
    const auto strict = bench.publish("a", "x", qos2);
    const auto retained = bench.publish("a", "x", {.qos = qos0, .retain = true});
    bench.publish("a", "ok", qos1);
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack()
                   .with(PropertyId::maximum_packet_size, 100)
                   .with(PropertyId::maximum_qos, 1)
                   .with(PropertyId::retain_available, 0u));
    bench.event<seen::Connected>();
    bench.expect_event(seen::Failed{large, Errc::packet_too_large});
    bench.expect_event(seen::Failed{strict, Errc::not_supported});
    bench.expect_event(seen::Failed{retained, Errc::not_supported});
    bench.expect_event(seen::QueueDrained{});
    EXPECT_EQ(bench.take(PacketType::publish).payload, "ok");
    bench.expect_silence();
}

TEST(Queue, HoldsWhatIsInFlightAfterALoss) {
    // Messages that were sent are never dropped for newer ones.
    ConnectOptions options = lasting_options();
    options.queue_maximum_messages = 2;
    Bench bench{options};
    bench.connect();
    for (int i = 0; i < 5; ++i) bench.publish("a", std::to_string(i), at(qos1, WhenBlocked::drop_oldest));
    bench.forget();
    bench.lose();
    EXPECT_EQ(bench.try_publish("a", "5", at(qos1, WhenBlocked::drop_oldest)), Errc::queue_full);
    bench.reconnect(connack().with_session());
    for (int i = 0; i < 5; ++i) EXPECT_EQ(bench.take(PacketType::publish).payload, std::to_string(i));
    bench.expect_silence().forget();
}

}  // namespace
}  // namespace wsmq::test
