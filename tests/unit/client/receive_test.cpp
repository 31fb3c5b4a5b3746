// Messages from the broker.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(Receive, Qos0) {
    Bench bench;
    bench.connect();
    bench.send(publish("a/b", "hello"));
    bench.expect_event(seen::Message{.topic = "a/b", .payload = "hello"}).expect_silence();
}

TEST(Receive, Qos1IsAcknowledged) {  // [MQTT-4.3.2-4]
    Bench bench;
    bench.connect();
    bench.send(publish("a", "x").at(qos1, 513)).expect(puback(513));
    bench.expect_event(seen::Message{.topic = "a", .payload = "x", .qos = qos1});
}

TEST(Receive, Qos2IsDeliveredAtTheFirstPublish) {  // [MQTT-4.3.3-8] [MQTT-4.3.3-11]
    Bench bench;
    bench.connect();
    bench.send(publish("a", "x").at(qos2, 9)).expect(pubrec(9));
    bench.expect_event(seen::Message{.topic = "a", .payload = "x", .qos = qos2});
    bench.send(pubrel(9)).expect(pubcomp(9)).expect_no_event();
}

TEST(Receive, Qos2DuplicatesAreAnsweredAndNotDelivered) {  // [MQTT-4.3.3-10]
    Bench bench;
    bench.connect();
    bench.send(publish("a", "x").at(qos2, 9)).expect(pubrec(9));
    bench.event<seen::Message>();
    bench.send(publish("a", "x").at(qos2, 9).again()).expect(pubrec(9)).expect_no_event();
    bench.send(publish("a", "x").at(qos2, 9)).expect(pubrec(9)).expect_no_event();
    bench.send(pubrel(9)).expect(pubcomp(9));
    bench.send(publish("a", "y").at(qos2, 9)).expect(pubrec(9));
    bench.expect_event(seen::Message{.topic = "a", .payload = "y", .qos = qos2});
}

TEST(Receive, Qos2IsDeliveredOnceThoughPubrecWasLost) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.send(publish("a", "x").at(qos2, 9)).forget();
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.send(publish("a", "x").at(qos2, 9).again()).expect(pubrec(9)).expect_no_event();
    bench.send(pubrel(9)).forget();
    bench.lose();
    bench.reconnect(connack().with_session());
    // The PUBCOMP was lost.
    bench.send(pubrel(9));
    EXPECT_EQ(bench.take(PacketType::pubcomp).id, 9);
    bench.expect_no_event();
}

TEST(Receive, Qos2IsNewAgainWhenTheSessionWasLost) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.send(publish("a", "x").at(qos2, 9)).forget();
    bench.lose();
    bench.reconnect(connack());
    bench.send(publish("a", "y").at(qos2, 9)).expect(pubrec(9));
    bench.expect_event(seen::Message{.topic = "a", .payload = "y", .qos = qos2});
}

TEST(Receive, APubrelForNothingIsAnsweredSo) {  // MQTT 5.0, 3.7.2.1
    Bench bench;
    bench.connect();
    bench.send(pubrel(9)).expect(pubcomp(9, ReasonCode::packet_identifier_not_found)).expect_no_event();
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(Receive, PassesOnEveryPropertyAndFlag) {
    Bench bench;
    bench.connect();
    const Packet packet = publish("a", "x")
                              .at(qos1, 3)
                              .retained()
                              .again()
                              .with(PropertyId::content_type, "text")
                              .with(PropertyId::subscription_identifier, 12)
                              .with(PropertyId::subscription_identifier, 13)
                              .with_binary(PropertyId::correlation_data, "id")
                              .with_user_property("k", "v");
    bench.send(packet).expect(puback(3));
    bench.expect_event(seen::Message{
        .topic = "a", .payload = "x", .qos = qos1, .retain = true, .duplicate = true, .properties = packet.properties});
}

TEST(Receive, ManyInOnePieceComeInOrderWithTheirAnswers) {  // [MQTT-4.6.0-2]
    Bench bench;
    bench.connect();
    bench.send({publish("a", "1"), publish("a", "2").at(qos1, 1), publish("a", "3").at(qos2, 2),
                publish("a", "4").at(qos1, 3)});
    for (const auto* payload : {"1", "2", "3", "4"}) EXPECT_EQ(bench.event<seen::Message>().payload, payload);
    bench.expect(puback(1)).expect(pubrec(2)).expect(puback(3));
}

TEST(Receive, InPiecesOfAnySize) {
    const Packet packet = publish("some/topic", std::string(1000, 'x')).at(qos1, 5);
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 100u, 999u}) {
        Bench bench;
        bench.connect();
        bench.send_in_pieces(packet, piece).expect(puback(5));
        bench.expect_event(seen::Message{.topic = packet.topic, .payload = packet.payload, .qos = qos1});
    }
}

TEST(Receive, PiecesThatCutPacketsAnywhere) {
    Block stream;
    std::vector<std::string> sent;
    for (std::size_t i = 0; i < 40; ++i) {
        sent.push_back(std::string(i * 7 % 300, static_cast<char>('a' + i % 26)));
        const Block one = encode_from_broker(publish("t", sent.back()), Version::v5);
        stream.insert(stream.end(), one.begin(), one.end());
    }
    for (std::size_t piece = 1; piece < 400; piece += 13) {
        Bench bench;
        bench.connect();
        for (Bytes rest{stream}; !rest.empty(); rest = rest.subspan(std::min(piece, rest.size()))) {
            bench.send_bytes(rest.first(std::min(piece, rest.size())));
        }
        for (const std::string& payload : sent) ASSERT_EQ(bench.event<seen::Message>().payload, payload);
    }
}

TEST(Receive, ALargeMessageInSmallPieces) {
    Bench bench;
    bench.connect();
    const std::string payload(4u << 20, 'p');
    bench.send_in_pieces(publish("big", payload), 4096);
    const auto message = bench.event<seen::Message>();
    EXPECT_EQ(message.payload.size(), payload.size());
    EXPECT_EQ(message.payload, payload);
}

TEST(Receive, ViewsOfASplitPacketHoldUntilTheNextInput) {
    // One packet ends in the chunk and another begins, which is to be kept for later.
    Bench bench;
    bench.connect();
    const Block first = encode_from_broker(publish("topic/one", "payload one"), Version::v5);
    const Block second = encode_from_broker(publish("topic/two", "payload two"), Version::v5);
    bench.send_bytes(Bytes{first}.first(8));
    Block chunk(first.begin() + 8, first.end());
    chunk.insert(chunk.end(), second.begin(), second.end() - 1);
    bench.client().receive(chunk, bench.now());
    const Event event = bench.client().next_event();
    ASSERT_TRUE(std::holds_alternative<NeedInput>(bench.client().next_event()));
    EXPECT_EQ(std::get<Message>(event).topic, "topic/one");
    EXPECT_EQ(text_of(std::get<Message>(event).payload), "payload one");
    bench.send_bytes(Bytes{second}.last(1));
    EXPECT_EQ(bench.event<seen::Message>().payload, "payload two");
}

TEST(Receive, AnEmptyPieceIsNothing) {
    Bench bench;
    bench.connect();
    bench.send_bytes(Bytes{}).expect_no_event();
    bench.send(publish("a", "")).expect_event(seen::Message{.topic = "a"});
}

TEST(Receive, WhatTheUserPublishesMeanwhileDoesNotTouchTheViews) {
    Bench bench;
    bench.connect();
    const Block stream = encode_from_broker(publish("a", "first"), Version::v5);
    bench.client().receive(stream, bench.now());
    const Event event = bench.client().next_event();
    const auto& message = std::get<Message>(event);
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(bench.client().publish(message.topic, message.payload, {.qos = qos1}, bench.now()));
    }
    EXPECT_EQ(message.topic, "a");
    EXPECT_EQ(text_of(message.payload), "first");
    bench.settle();
    EXPECT_EQ(bench.packets_waiting(), 1000u);
    bench.forget();
}

TEST(Receive, AfterStopNothingIsDelivered) {
    Bench bench;
    bench.connect();
    Block stream = encode_from_broker(publish("a", "1"), Version::v5);
    const Block second = encode_from_broker(publish("a", "2"), Version::v5);
    stream.insert(stream.end(), second.begin(), second.end());
    bench.client().receive(stream, bench.now());
    const Event event = bench.client().next_event();
    ASSERT_TRUE(std::holds_alternative<Message>(event));
    bench.client().stop(bench.now());
    bench.settle();
    bench.expect(disconnect()).expect_hang_up();
    bench.event<seen::Disconnected>();
    bench.expect_no_event();
}

}  // namespace
}  // namespace wsmq::test
