// Topic aliases in both directions (MQTT 5.0, 3.3.2.3.4).
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

ConnectOptions with_aliases(std::uint16_t outgoing, std::uint16_t incoming = 16) {
    ConnectOptions options = lasting_options();
    options.outgoing_topic_alias_maximum = outgoing;
    options.topic_alias_maximum = incoming;
    return options;
}

Packet offering(std::uint32_t aliases) { return connack().with(PropertyId::topic_alias_maximum, aliases); }

TEST(TopicAlias, ReplacesTheTopicFromTheSecondMessageOn) {
    Bench bench{with_aliases(16)};
    bench.connect(offering(10));
    for (int i = 0; i < 2; ++i) {
        bench.publish("long/topic", "x");
        bench.publish("other", "y");
    }
    bench.expect(publish("long/topic", "x").with_alias(1)).expect(publish("other", "y").with_alias(2));
    bench.expect(publish("", "x").with_alias(1)).expect(publish("", "y").with_alias(2));
}

TEST(TopicAlias, NeverMoreThanTheBrokerTakes) {  // [MQTT-3.2.2-17]
    Bench bench{with_aliases(16)};
    bench.connect(offering(2));
    for (const auto* topic : {"1", "2", "3", "1", "3"}) bench.publish(topic, "x");
    bench.expect(publish("1", "x").with_alias(1)).expect(publish("2", "x").with_alias(2)).expect(publish("3", "x"));
    bench.expect(publish("", "x").with_alias(1)).expect(publish("3", "x"));
}

TEST(TopicAlias, NeverMoreThanWeWant) {
    Bench bench{with_aliases(1)};
    bench.connect(offering(65'535));
    for (const auto* topic : {"1", "2", "1"}) bench.publish(topic, "x");
    bench.expect(publish("1", "x").with_alias(1)).expect(publish("2", "x")).expect(publish("", "x").with_alias(1));
}

TEST(TopicAlias, NoneWhereTheBrokerOffersNone) {  // [MQTT-3.2.2-18]
    Bench bench{with_aliases(16)};
    bench.connect();
    for (int i = 0; i < 2; ++i) bench.publish("a", "x");
    bench.expect(publish("a", "x")).expect(publish("a", "x"));
}

TEST(TopicAlias, ServesQos1And2Too) {
    Bench bench{with_aliases(16)};
    bench.connect(offering(4));
    bench.publish("a", "1", qos1);
    bench.publish("a", "2", qos2);
    bench.expect(publish("a", "1").at(qos1, 1).with_alias(1)).expect(publish("", "2").at(qos2, 2).with_alias(1));
}

TEST(TopicAlias, WhatIsSentAgainCarriesItsTopic) {  // aliases end with the connection [MQTT-3.3.2-7]
    Bench bench{with_aliases(16)};
    bench.connect(offering(4));
    bench.publish("a", "1", qos1);
    bench.publish("a", "2", qos1);
    bench.forget();
    bench.lose();
    bench.reconnect(offering(4).with_session());
    for (const auto* payload : {"1", "2"}) {
        const Packet packet = bench.take(PacketType::publish);
        EXPECT_EQ(packet.topic, "a");
        EXPECT_EQ(packet.payload, payload);
        EXPECT_TRUE(packet.duplicate);
    }
    bench.publish("b", "3");
    bench.expect(publish("b", "3").with_alias(1));
}

TEST(TopicAlias, NeverMakesAPacketTooLarge) {
    Bench bench{with_aliases(16)};
    // Without the alias it fits exactly: 2 + 2 + 1 + 1 + payload.
    bench.connect(offering(4).with(PropertyId::maximum_packet_size, 50));
    bench.publish("a", std::string(44, 'x'));
    bench.expect(publish("a", std::string(44, 'x')));
}

TEST(TopicAlias, OfTheBrokerIsResolved) {
    Bench bench{with_aliases(0)};
    bench.connect();
    bench.send({publish("some/topic", "1").with_alias(16), publish("", "2").with_alias(16),
                publish("b", "3").with_alias(1), publish("", "4").at(qos1, 1).with_alias(16)});
    for (const auto* expected : {"some/topic", "some/topic", "b", "some/topic"}) {
        EXPECT_EQ(bench.event<seen::Message>().topic, expected);
    }
    bench.expect(puback(1));
}

TEST(TopicAlias, OfTheBrokerMayChangeItsTopic) {
    // All in one piece: the first message's view must hold while the alias is given away.
    Bench bench{with_aliases(0)};
    bench.connect();
    bench.send({publish("first", "1").with_alias(1), publish("", "2").with_alias(1),
                publish("second", "3").with_alias(1), publish("", "4").with_alias(1)});
    for (const auto* expected : {"first", "first", "second", "second"}) {
        EXPECT_EQ(bench.event<seen::Message>().topic, expected);
    }
}

TEST(TopicAlias, ViewsOfResolvedTopicsHoldUntilTheNextInput) {
    Bench bench{with_aliases(0)};
    bench.connect();
    Block stream;
    for (const Packet& packet : {publish("a", "1").with_alias(1), publish("", "2").with_alias(1),
                                 publish("b", "3").with_alias(1), publish("c", "4").with_alias(2)}) {
        const Block one = encode_from_broker(packet, Version::v5);
        stream.insert(stream.end(), one.begin(), one.end());
    }
    bench.client().receive(stream, bench.now());
    std::vector<Message> messages;
    for (Event event = bench.client().next_event(); !std::holds_alternative<NeedInput>(event);
         event = bench.client().next_event()) {
        messages.push_back(std::get<Message>(event));
    }
    ASSERT_EQ(messages.size(), 4u);
    EXPECT_EQ(messages[0].topic, "a");
    EXPECT_EQ(messages[1].topic, "a");
    EXPECT_EQ(messages[2].topic, "b");
    EXPECT_EQ(messages[3].topic, "c");
}

TEST(TopicAlias, OfTheBrokerEndsWithTheConnection) {  // [MQTT-3.3.2-7]
    Bench bench{with_aliases(0)};
    bench.connect();
    bench.send(publish("a", "1").with_alias(1));
    bench.event<seen::Message>();
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.send(publish("", "2").with_alias(1)).expect(disconnect(ReasonCode::protocol_error)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::topic_alias_invalid);
}

TEST(TopicAlias, OfTheBrokerBeyondOurMaximumIsAnError) {  // [MQTT-3.3.2-9] and 3.3.2.3.4
    Bench bench{with_aliases(0, 3)};
    bench.connect();
    bench.send(publish("a", "1").with_alias(3));
    bench.event<seen::Message>();
    bench.send(publish("a", "1").with_alias(4)).expect(disconnect(ReasonCode::topic_alias_invalid)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::topic_alias_invalid);
}

TEST(TopicAlias, OfTheBrokerMustHaveBeenGivenATopic) {
    Bench bench{with_aliases(0)};
    bench.connect();
    bench.send(publish("", "1").with_alias(3)).expect(disconnect(ReasonCode::protocol_error)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::topic_alias_invalid);
}

}  // namespace
}  // namespace wsmq::test
