// Publishing at QoS 2 (MQTT 5.0, 4.3.3), under loss at every step.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(PublishQos2, IsCompletedByPubcomp) {
    Bench bench;
    bench.connect();
    const auto id = bench.publish("a", "x", qos2);
    bench.expect(publish("a", "x").at(qos2, 1));
    bench.send(pubrec(1)).expect(pubrel(1)).expect_no_event();
    EXPECT_EQ(bench.client().unfinished_messages(), 1u);
    bench.send(pubcomp(1)).expect_event(seen::Completed{.id = id});
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    EXPECT_EQ(bench.client().unfinished_bytes(), 0u);
}

TEST(PublishQos2, APubrecThatRefusesEndsIt) {  // [MQTT-4.3.3-4]
    Bench bench;
    bench.connect();
    const auto id = bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    const Packet answer = pubrec(1, ReasonCode::not_authorized).with(PropertyId::reason_string, "no");
    bench.send(answer).expect_silence();
    bench.expect_event(
        seen::Completed{.id = id, .reason = ReasonCode::not_authorized, .properties = answer.properties});
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
}

TEST(PublishQos2, APubrecWithoutSubscribersGoesOn) {
    Bench bench;
    bench.connect();
    const auto id = bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.send(pubrec(1, ReasonCode::no_matching_subscribers)).expect(pubrel(1));
    bench.send(pubcomp(1));
    EXPECT_EQ(bench.event<seen::Completed>().id, id);
}

TEST(PublishQos2, PublishLost) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.publish("a", "x", qos2);
    bench.forget();
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect(publish("a", "x").at(qos2, 1).again()).reply(pubrec(1)).expect(pubrel(1)).reply(pubcomp(1));
    bench.expect_event(seen::Completed{.id = id});
}

TEST(PublishQos2, PubrelLost) {  // [MQTT-4.4.0-1]
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.send(pubrec(1)).forget();
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect(pubrel(1)).reply(pubcomp(1)).expect_event(seen::Completed{.id = id});
}

TEST(PublishQos2, PubcompLostAndTheBrokerForgotIt) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.send(pubrec(1)).expect(pubrel(1));
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect(pubrel(1)).reply(pubcomp(1, ReasonCode::packet_identifier_not_found));
    bench.expect_event(seen::Completed{.id = id, .reason = ReasonCode::success});
}

TEST(PublishQos2, PublishIsNeverSentAgainAfterPubrec) {  // [MQTT-4.3.3-6]
    Bench bench{lasting_options()};
    bench.connect();
    bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.send(pubrec(1)).expect(pubrel(1));
    for (int i = 0; i < 2; ++i) {
        bench.lose();
        bench.reconnect(connack().with_session());
        bench.expect(pubrel(1)).expect_silence();
    }
}

TEST(PublishQos2, APubrecThatComesAgainIsAnsweredAgain) {
    Bench bench;
    bench.connect();
    const auto id = bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.send(pubrec(1)).expect(pubrel(1));
    bench.send(pubrec(1)).expect(pubrel(1));
    bench.send(pubcomp(1)).expect_event(seen::Completed{.id = id});
}

TEST(PublishQos2, APubrecForNothingIsAnsweredSo) {
    Bench bench;
    bench.connect();
    bench.send(pubrec(9)).expect(pubrel(9, ReasonCode::packet_identifier_not_found)).expect_no_event();
    bench.send(pubcomp(9)).expect_no_event().expect_silence();
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(PublishQos2, PubackForItCompletesItAsABrokerWithoutQos2MeansIt) {
    Bench bench;
    bench.connect();
    const auto id = bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.send(puback(1)).expect_event(seen::Completed{.id = id}).expect_silence();
    const auto refused = bench.publish("b", "x", qos2);
    bench.take(PacketType::publish);
    bench.send(puback(2, ReasonCode::not_authorized))
        .expect_event(seen::Completed{.id = refused, .reason = ReasonCode::not_authorized})
        .expect_silence();
}

TEST(PublishQos2, PubackAfterPubrecIsAProtocolError) {
    Bench bench;
    bench.connect();
    bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.send(pubrec(1)).expect(pubrel(1));
    bench.send(puback(1)).expect(disconnect(ReasonCode::protocol_error)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
}

TEST(PublishQos2, PubcompBeforePubrecIsAProtocolError) {
    Bench bench;
    bench.connect();
    bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.send(pubcomp(1)).expect(disconnect(ReasonCode::protocol_error)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
}

TEST(PublishQos2, PubrelsGoInTheOrderOfThePubrecs) {  // [MQTT-4.6.0-4]
    Bench bench{lasting_options()};
    bench.connect();
    for (int i = 0; i < 3; ++i) bench.publish("a", "x", qos2);
    bench.forget();
    bench.send({pubrec(2), pubrec(3), pubrec(1)});
    bench.expect(pubrel(2)).expect(pubrel(3)).expect(pubrel(1));
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect(pubrel(2)).expect(pubrel(3)).expect(pubrel(1));
}

TEST(PublishQos2, WhatTheBrokerHadReceivedIsCompleteWhenItLosesTheSession) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto received = bench.publish("a", "1", qos2);
    const auto unknown = bench.publish("a", "2", qos2);
    bench.forget();
    bench.send(pubrec(1)).expect(pubrel(1));
    bench.lose();
    bench.reconnect(connack());
    bench.expect_event(seen::Completed{.id = received});
    const Packet again = bench.take(PacketType::publish);
    EXPECT_EQ(again.payload, "2");
    EXPECT_FALSE(again.duplicate);
    bench.send(pubrec(again.id)).expect(pubrel(again.id)).reply(pubcomp(again.id));
    bench.expect_event(seen::Completed{.id = unknown}).expect_silence();
}

TEST(PublishQos2, LetsThePayloadGoWithPubrec) {
    Bench bench;
    bench.connect();
    bench.publish("a", std::string(100'000, 'x'), qos2);
    bench.forget();
    EXPECT_GE(bench.client().unfinished_bytes(), 100'000u);
    bench.send(pubrec(1)).expect(pubrel(1));
    EXPECT_LT(bench.client().unfinished_bytes(), 1'000u);
}

}  // namespace
}  // namespace wsmq::test
