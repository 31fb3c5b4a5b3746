// Flow control (MQTT 5.0, 4.9) in both directions.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

Packet allowing(std::uint32_t messages) { return connack().with(PropertyId::receive_maximum, messages); }

TEST(ReceiveMaximum, OfTheBrokerIsRespected) {  // [MQTT-3.3.4-9]
    Bench bench;
    bench.connect(allowing(2));
    std::vector<OperationId> ids;
    for (int i = 1; i <= 5; ++i) ids.push_back(bench.publish("a", std::to_string(i), qos1));
    bench.expect(publish("a", "1").at(qos1, 1)).expect(publish("a", "2").at(qos1, 2)).expect_silence();
    bench.send(puback(2)).expect(publish("a", "3").at(qos1, 3)).expect_silence();
    bench.send({puback(1), puback(3)});
    bench.expect(publish("a", "4").at(qos1, 4)).expect(publish("a", "5").at(qos1, 5)).expect_silence();
    bench.forget();
}

TEST(ReceiveMaximum, AQos2MessageCountsUntilPubcomp) {
    Bench bench;
    bench.connect(allowing(1));
    bench.publish("a", "1", qos2);
    bench.publish("a", "2", qos2);
    bench.expect(publish("a", "1").at(qos2, 1)).expect_silence();
    bench.send(pubrec(1)).expect(pubrel(1)).expect_silence();
    bench.send(pubcomp(1)).expect(publish("a", "2").at(qos2, 2)).expect_silence();
    bench.forget();
}

TEST(ReceiveMaximum, ARefusedQos2MessageCountsNoMore) {
    Bench bench;
    bench.connect(allowing(1));
    bench.publish("a", "1", qos2);
    bench.publish("a", "2", qos2);
    bench.take(PacketType::publish);
    bench.send(pubrec(1, ReasonCode::quota_exceeded)).expect(publish("a", "2").at(qos2, 2));
    bench.forget();
}

TEST(ReceiveMaximum, Qos0IsNotHeldUp) {
    Bench bench;
    bench.connect(allowing(1));
    bench.publish("a", "1", qos1);
    bench.publish("a", "2", qos1);
    bench.publish("a", "free");
    bench.expect(publish("a", "1").at(qos1, 1)).expect(publish("a", "free")).expect_silence();
}

TEST(ReceiveMaximum, IsTheNewBrokersAfterALoss) {
    Bench bench{lasting_options()};
    bench.connect();
    for (int i = 1; i <= 5; ++i) bench.publish("a", std::to_string(i), i == 5 ? qos2 : qos1);
    bench.forget();
    bench.send(pubrec(5)).expect(pubrel(5));
    bench.lose();
    bench.reconnect(allowing(2).with_session());
    bench.expect(pubrel(5)).expect(publish("a", "1").at(qos1, 1).again()).expect_silence();
    bench.send(pubcomp(5)).expect(publish("a", "2").at(qos1, 2).again()).expect_silence();
    bench.send(puback(1)).expect(publish("a", "3").at(qos1, 3).again()).expect_silence();
    bench.forget();
}

TEST(ReceiveMaximum, OursIsEnforced) {  // [MQTT-3.3.4-7], 3.3.4
    ConnectOptions options = plain_options();
    options.receive_maximum = 2;
    Bench bench{options};
    bench.connect();
    bench.send({publish("a", "1").at(qos2, 1), publish("a", "2").at(qos2, 2)});
    bench.expect(pubrec(1)).expect(pubrec(2));
    bench.event<seen::Message>();
    bench.event<seen::Message>();
    bench.send(publish("a", "3").at(qos2, 3));
    bench.expect(disconnect(ReasonCode::receive_maximum_exceeded)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::receive_maximum_exceeded);
}

TEST(ReceiveMaximum, OursIsNotForABrokerThatCannotKnowIt) {
    ConnectOptions options = plain_options(Version::v3_1_1);
    options.receive_maximum = 1;
    Bench bench{options};
    bench.connect();
    bench.send({publish("a", "1").at(qos2, 1), publish("a", "2").at(qos2, 2)}).expect(pubrec(1)).expect(pubrec(2));
    EXPECT_EQ(bench.event<seen::Message>().payload, "1");
    EXPECT_EQ(bench.event<seen::Message>().payload, "2");
}

TEST(ReceiveMaximum, WhatWasOverOursIsDeliveredLater) {
    ConnectOptions options = lasting_options();
    options.receive_maximum = 1;
    Bench bench{options};
    bench.connect();
    bench.send({publish("a", "1").at(qos2, 1), publish("a", "2").at(qos2, 2)}).forget();
    bench.reconnect(connack().with_session());
    bench.send(publish("a", "1").at(qos2, 1).again()).expect(pubrec(1)).expect_no_event();
    bench.send(pubrel(1)).expect(pubcomp(1));
    bench.send(publish("a", "2").at(qos2, 2).again()).expect(pubrec(2));
    EXPECT_EQ(bench.event<seen::Message>().payload, "2");
}

TEST(ReceiveMaximum, OursIsFreedByPubrel) {
    ConnectOptions options = plain_options();
    options.receive_maximum = 1;
    Bench bench{options};
    bench.connect();
    for (std::uint16_t id = 1; id <= 5; ++id) {
        bench.send(publish("a", "x").at(qos2, id)).expect(pubrec(id));
        bench.event<seen::Message>();
        bench.send(publish("a", "x").at(qos2, id).again()).expect(pubrec(id));
        bench.send(pubrel(id)).expect(pubcomp(id));
    }
}

TEST(ReceiveMaximum, ManyBehindOneAnotherAtQos1AreNoExcess) {
    ConnectOptions options = plain_options();
    options.receive_maximum = 1;
    Bench bench{options};
    bench.connect();
    for (std::uint16_t id = 1; id <= 100; ++id) {
        bench.send(publish("a", "x").at(qos1, id)).expect(puback(id));
        bench.event<seen::Message>();
    }
}

}  // namespace
}  // namespace wsmq::test
