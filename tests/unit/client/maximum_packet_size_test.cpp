// The maximum packet size (MQTT 5.0, 3.1.2.11.4 and 3.2.2.3.6) in both directions.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

/// Fixed header, topic "a", no properties: 2 + 3 + 1; and a packet identifier above QoS 0.
constexpr std::size_t overhead = 6;

Packet taking(std::uint32_t bytes) { return connack().with(PropertyId::maximum_packet_size, bytes); }

TEST(MaximumPacketSize, OfTheBrokerIsRespected) {  // [MQTT-3.2.2-15]
    Bench bench;
    bench.connect(taking(100));
    const std::string fits(100 - overhead, 'x');
    EXPECT_EQ(bench.try_publish("a", fits + "x"), Errc::packet_too_large);
    EXPECT_EQ(bench.try_publish("a", fits + "x", {.qos = qos1}), Errc::packet_too_large);
    EXPECT_EQ(bench.try_publish("a", fits, {.qos = qos1}), Errc::packet_too_large) << "the packet identifier counts";
    EXPECT_EQ(bench.try_publish("a", fits), Errc::none);
    bench.expect(publish("a", fits)).expect_silence();
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(MaximumPacketSize, OfTheBrokerHoldsForSubscriptions) {
    Bench bench;
    bench.connect(taking(30));
    const std::string filter(40, 'f');
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = filter}}), Errc::packet_too_large);
    EXPECT_EQ(bench.try_unsubscribe({filter}), Errc::packet_too_large);
    bench.expect_silence();
}

TEST(MaximumPacketSize, WhatWaitedAndIsTooLargeFails) {
    Bench bench;
    bench.start();
    const std::string filter(40, 'f');
    const auto subscribing = bench.subscribe({{.topic_filter = filter}});
    const auto unsubscribing = bench.unsubscribe({filter});
    const auto publishing = bench.publish("a", std::string(40, 'x'));
    bench.open();
    bench.take(PacketType::connect);
    bench.send(taking(30));
    bench.event<seen::Connected>();
    bench.expect_event(seen::Failed{subscribing, Errc::packet_too_large});
    bench.expect_event(seen::Failed{unsubscribing, Errc::packet_too_large});
    bench.expect_event(seen::Failed{publishing, Errc::packet_too_large});
    bench.expect_silence().forget();
}

TEST(MaximumPacketSize, ARenewalThatIsTooLargeIsTold) {
    Bench bench{lasting_options()};
    bench.connect();
    const std::string filter(40, 'f');
    bench.subscribed(filter);
    bench.subscribed("small");
    bench.lose();
    bench.reconnect(taking(30));
    bench.expect_event(seen::SubscriptionLost{.topic_filter = filter, .reason = ReasonCode::packet_too_large});
    EXPECT_EQ(bench.take(PacketType::subscribe).filters.at(0).filter, "small");
    bench.expect_silence();
}

TEST(MaximumPacketSize, WhatWasSentBeforeAndIsTooLargeNowFails) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.publish("a", std::string(100, 'x'), qos1);
    bench.forget();
    bench.lose();
    bench.reconnect(taking(50).with_session());
    bench.expect_event(seen::Failed{id, Errc::packet_too_large}).expect_silence();
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
}

TEST(MaximumPacketSize, OursIsEnforced) {
    ConnectOptions options = plain_options();
    options.maximum_packet_size = 100;
    Bench bench{options};
    bench.connect();
    bench.send(publish("a", std::string(100 - overhead, 'x')));
    bench.event<seen::Message>();
    bench.send(publish("a", std::string(101 - overhead, 'x')));
    bench.expect(disconnect(ReasonCode::packet_too_large)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::packet_too_large);
}

TEST(MaximumPacketSize, OursIsEnforcedFromTheHeaderOn) {
    // Nothing of the packet's body needs to arrive, or to be stored.
    ConnectOptions options = plain_options();
    options.maximum_packet_size = 100;
    Bench bench{options};
    bench.connect();
    bench.send_bytes({0x30, 0xFF, 0xFF, 0xFF, 0x7F});
    bench.expect(disconnect(ReasonCode::packet_too_large)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::packet_too_large);
}

TEST(MaximumPacketSize, IsNotSentBelowMqtt5AndEnforcedAllTheSame) {
    ConnectOptions options = plain_options(Version::v3_1_1);
    options.maximum_packet_size = 100;
    Bench bench{options};
    EXPECT_TRUE(bench.connect().properties.empty());
    bench.send(publish("a", std::string(200, 'x'))).expect_hang_up().expect_silence();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::packet_too_large);
}

}  // namespace
}  // namespace wsmq::test
