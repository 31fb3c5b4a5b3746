// Publishing at QoS 0 (MQTT 5.0, 4.3.1).
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(PublishQos0, GoesAtOnceAndHasNoEvent) {
    Bench bench;
    bench.connect();
    bench.publish("a/b", "hello");
    bench.expect(publish("a/b", "hello")).expect_no_event();
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
}

TEST(PublishQos0, CarriesRetainAndProperties) {
    Bench bench;
    bench.connect();
    const Packet expected =
        publish("a", "{}").retained().with(PropertyId::content_type, "json").with_user_property("k", "v");
    bench.publish("a", "{}", PublishOptions{.retain = true, .encoded_properties = expected.properties});
    bench.expect(expected);
}

TEST(PublishQos0, TakesEveryPayloadThere) {
    Bench bench;
    bench.connect();
    std::string all_bytes;
    for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
    for (const std::string& payload :
         {std::string{}, all_bytes, std::string(127, 'x'), std::string(20'000, 'y'), std::string(3'000'000, 'z')}) {
        bench.publish("a", payload);
        bench.expect(publish("a", payload));
    }
}

TEST(PublishQos0, ManyInOneTurnLeaveInOnePiece) {
    Bench bench;
    bench.connect();
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(bench.client().publish("a", bytes_of(std::to_string(i)), {}, bench.now()));
    }
    Block out;
    EXPECT_TRUE(bench.client().take_output(out));
    EXPECT_GT(out.size(), 100u * 6);
    EXPECT_FALSE(bench.client().take_output(out));
    EXPECT_TRUE(out.empty());
    bench.forget();
}

TEST(PublishQos0, WaitsForTheConnectionAndIsCompletedWhenSent) {
    Bench bench;
    bench.start();
    const auto id = bench.publish("a", "early");
    EXPECT_NE(id, OperationId{});
    bench.expect_no_event();
    EXPECT_EQ(bench.client().unfinished_messages(), 1u);
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.expect(publish("a", "early"));
    bench.expect_event(seen::Connected{}).expect_event(seen::Completed{.id = id});
    bench.expect_event(seen::QueueDrained{});
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    EXPECT_EQ(bench.client().unfinished_bytes(), 0u);
}

TEST(PublishQos0, WaitsAcrossSeveralAttempts) {
    Bench bench;
    bench.connect();
    bench.lose();
    const auto id = bench.publish("a", "x");
    for (int i = 0; i < 3; ++i) {
        while (bench.transport() != Bench::Transport::wanted) bench.advance(bench.until_deadline());
        bench.refuse();
        bench.event<seen::Disconnected>();
    }
    bench.reconnect(connack());
    bench.expect(publish("a", "x"));
    bench.expect_event(seen::Completed{.id = id}).expect_event(seen::QueueDrained{});
}

TEST(PublishQos0, IsNotSentAgainAfterALoss) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.publish("a", "x");
    bench.forget();
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(PublishQos0, IsRefusedBeforeStart) {
    Bench bench;
    EXPECT_EQ(bench.try_publish("a", "x"), Errc::not_started);
    EXPECT_EQ(bench.try_publish("a", "x", {.qos = qos1}), Errc::not_started);
}

TEST(PublishQos0, RefusesTopicsThatAreNone) {  // [MQTT-3.3.2-2] [MQTT-4.7.3-1]
    Bench bench;
    bench.connect();
    using namespace std::string_view_literals;
    for (const auto topic : {""sv, "a/+"sv, "#"sv, "a\0b"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv}) {
        EXPECT_EQ(bench.try_publish(topic, "x"), Errc::invalid_topic) << quoted(topic);
    }
    EXPECT_EQ(bench.try_publish(std::string(65'536, 'a'), "x"), Errc::invalid_topic);
    EXPECT_EQ(bench.try_publish(std::string(65'535, 'a'), "x"), Errc::none);
    bench.take(PacketType::publish);
    bench.expect_silence();
}

TEST(PublishQos0, RefusesPropertiesThatAreNotForIt) {
    Bench bench;
    bench.connect();
    const auto refused = [&bench](PropertyWriter writer) {
        return bench.try_publish("a", "x", {.encoded_properties = writer.bytes()});
    };
    EXPECT_EQ(refused(PropertyWriter{}.integer(PropertyId::topic_alias, 1)), Errc::invalid_property);
    EXPECT_EQ(refused(PropertyWriter{}.integer(PropertyId::receive_maximum, 1)), Errc::invalid_property);
    EXPECT_EQ(refused(PropertyWriter{}.integer(PropertyId::subscription_identifier, 1)),
              Errc::invalid_property);  // [MQTT-3.3.4-6]
    EXPECT_EQ(refused(PropertyWriter{}.text(PropertyId::content_type, "a").text(PropertyId::content_type, "b")),
              Errc::invalid_property);
    EXPECT_EQ(refused(PropertyWriter{}.text(PropertyId::content_type, "\xFF")), Errc::invalid_property);
    EXPECT_EQ(refused(PropertyWriter{}.text(PropertyId::response_topic, "a/#")),
              Errc::invalid_property);  // [MQTT-3.3.2-14]
    bench.expect_silence();
}

TEST(PublishQos0, RefusesAQosThatDoesNotExist) {
    Bench bench;
    bench.connect();
    EXPECT_EQ(bench.try_publish("a", "x", {.qos = static_cast<Qos>(3)}), Errc::invalid_argument);
}

TEST(PublishQos0, RefusesWhatNoPacketCanHold) {
    Bench bench;
    bench.connect();
    // A length is enough: nothing of it is read.
    const std::uint8_t byte = 0;
    const Bytes huge{&byte, 268'435'456};
    EXPECT_EQ(bench.client().publish("a", huge, {}, bench.now()).error(), Errc::packet_too_large);
    EXPECT_EQ(bench.client().publish("a", huge, {.qos = qos2}, bench.now()).error(), Errc::packet_too_large);
    bench.settle();
    bench.expect_silence();
}

}  // namespace
}  // namespace wsmq::test
