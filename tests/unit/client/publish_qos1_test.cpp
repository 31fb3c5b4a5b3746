// Publishing at QoS 1 (MQTT 5.0, 4.3.2), under loss at every step.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(PublishQos1, IsCompletedByPuback) {
    Bench bench;
    bench.connect();
    const auto id = bench.publish("a", "x", qos1);
    bench.expect(publish("a", "x").at(qos1, 1)).expect_no_event();
    EXPECT_EQ(bench.client().unfinished_messages(), 1u);
    EXPECT_GT(bench.client().unfinished_bytes(), 0u);
    bench.send(puback(1)).expect_event(seen::Completed{.id = id});
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    EXPECT_EQ(bench.client().unfinished_bytes(), 0u);
}

TEST(PublishQos1, IsCompletedWithTheBrokersReasonAndProperties) {
    for (const auto reason :
         {ReasonCode::no_matching_subscribers, ReasonCode::not_authorized, ReasonCode::quota_exceeded}) {
        Bench bench;
        bench.connect();
        const auto id = bench.publish("a", "x", qos1);
        bench.take(PacketType::publish);
        const Packet answer = puback(1, reason).with(PropertyId::reason_string, "because");
        bench.send(answer);
        bench.expect_event(seen::Completed{.id = id, .reason = reason, .properties = answer.properties});
        EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    }
}

TEST(PublishQos1, PublishLost) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.publish("a", "x", qos1);
    bench.forget();
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect(publish("a", "x").at(qos1, 1).again());  // [MQTT-3.3.1-1] [MQTT-4.4.0-1]
    bench.send(puback(1)).expect_event(seen::Completed{.id = id});
}

TEST(PublishQos1, PubackLost) {
    // To the client it is the same; the broker has the message twice, which is QoS 1.
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.publish("a", "x", qos1);
    bench.take(PacketType::publish);
    for (int i = 0; i < 2; ++i) {
        bench.lose();
        bench.reconnect(connack().with_session());
        bench.expect(publish("a", "x").at(qos1, 1).again());
    }
    bench.send(puback(1)).expect_event(seen::Completed{.id = id});
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(PublishQos1, AreSentAgainInTheirOrder) {  // [MQTT-4.6.0-1]
    Bench bench{lasting_options()};
    bench.connect();
    std::vector<OperationId> ids;
    for (int i = 1; i <= 4; ++i) ids.push_back(bench.publish("a", std::to_string(i), i % 2 == 0 ? qos2 : qos1));
    bench.forget();
    bench.send(puback(3)).expect_event(seen::Completed{.id = ids[2]});
    bench.lose();
    const auto queued = bench.publish("a", "5", qos1);
    bench.reconnect(connack().with_session());
    bench.expect(publish("a", "1").at(qos1, 1).again());
    bench.expect(publish("a", "2").at(qos2, 2).again());
    bench.expect(publish("a", "4").at(qos2, 4).again());
    const Packet last = bench.take(PacketType::publish);
    EXPECT_EQ(last.payload, "5");
    EXPECT_FALSE(last.duplicate);
    bench.expect_event(seen::QueueDrained{});
    bench.send({puback(1), puback(last.id)});
    bench.expect_event(seen::Completed{.id = ids[0]}).expect_event(seen::Completed{.id = queued});
}

TEST(PublishQos1, IsSentAgainAsNewWhenTheSessionIsLost) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto first = bench.publish("a", "1", qos1);
    const auto second = bench.publish("a", "2", qos1);
    bench.forget();
    bench.lose();
    bench.reconnect(connack());
    const Packet one = bench.take(PacketType::publish);
    const Packet two = bench.take(PacketType::publish);
    EXPECT_EQ(one.payload, "1");
    EXPECT_EQ(two.payload, "2");
    EXPECT_FALSE(one.duplicate);
    EXPECT_FALSE(two.duplicate);
    bench.send(puback(two.id)).expect_event(seen::Completed{.id = second});
    bench.send(puback(one.id)).expect_event(seen::Completed{.id = first});
}

TEST(PublishQos1, WithoutALastingSessionItIsSentAgainAsNewToo) {
    Bench bench;
    bench.connect();
    const auto id = bench.publish("a", "x", qos1);
    bench.forget();
    bench.lose();
    bench.reconnect(connack());
    const Packet packet = bench.take(PacketType::publish);
    EXPECT_FALSE(packet.duplicate);
    bench.send(puback(packet.id)).expect_event(seen::Completed{.id = id});
}

TEST(PublishQos1, AcknowledgementsMayComeInAnyOrder) {
    Bench bench;
    bench.connect();
    std::vector<OperationId> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(bench.publish("a", "x", qos1));
    bench.forget();
    for (const int id : {4, 1, 5, 3, 2}) {
        bench.send(puback(static_cast<std::uint16_t>(id)));
        bench.expect_event(seen::Completed{.id = ids[static_cast<std::size_t>(id) - 1]});
    }
}

TEST(PublishQos1, APubackForNothingIsIgnored) {
    // After a loss, a broker may answer what we do not remember.
    Bench bench;
    bench.connect();
    bench.send(puback(77)).expect_no_event().expect_silence();
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(PublishQos1, PubrecOrPubcompForItIsAProtocolError) {
    for (const Packet& wrong : {pubrec(1), pubcomp(1)}) {
        SCOPED_TRACE(wrong);
        Bench bench;
        bench.connect();
        bench.publish("a", "x", qos1);
        bench.take(PacketType::publish);
        bench.send(wrong).expect(disconnect(ReasonCode::protocol_error)).expect_hang_up();
        EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
        bench.forget();
    }
}

TEST(PublishQos1, KeepsItsPropertiesWhenSentAgain) {
    Bench bench{lasting_options()};
    bench.connect();
    const Packet expected = publish("a", "x").at(qos1, 1).retained().with(PropertyId::content_type, "x/y");
    const auto id = bench.publish("a", "x", {.qos = qos1, .retain = true, .encoded_properties = expected.properties});
    bench.expect(expected);
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect(expected.again());
    bench.send(puback(1)).expect_event(seen::Completed{.id = id});
}

}  // namespace
}  // namespace wsmq::test
