// What CONNACK grants (MQTT 5.0, 3.2.2.3).
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(Negotiated, AreTheSpecificationsDefaults) {
    Bench bench;
    bench.connect();
    const Negotiated& n = bench.client().negotiated();
    EXPECT_EQ(n.keep_alive, 30s);
    EXPECT_EQ(n.session_expiry_interval, 0u);
    EXPECT_EQ(n.receive_maximum, 65'535);
    EXPECT_EQ(n.maximum_packet_size, limits::largest_packet);
    EXPECT_EQ(n.topic_alias_maximum, 0);
    EXPECT_EQ(n.maximum_qos, qos2);
    EXPECT_TRUE(n.retain_available);
    EXPECT_TRUE(n.wildcard_subscription_available);
    EXPECT_TRUE(n.subscription_identifier_available);
    EXPECT_TRUE(n.shared_subscription_available);
}

TEST(Negotiated, TakesEveryProperty) {
    Bench bench{lasting_options()};
    bench.connect(connack()
                      .with(PropertyId::session_expiry_interval, 11)
                      .with(PropertyId::receive_maximum, 12)
                      .with(PropertyId::maximum_qos, 1)
                      .with(PropertyId::retain_available, 0u)
                      .with(PropertyId::maximum_packet_size, 1300)
                      .with(PropertyId::topic_alias_maximum, 14)
                      .with(PropertyId::wildcard_subscription_available, 0u)
                      .with(PropertyId::subscription_identifier_available, 0u)
                      .with(PropertyId::shared_subscription_available, 0u)
                      .with(PropertyId::server_keep_alive, 15));
    const Negotiated& n = bench.client().negotiated();
    EXPECT_EQ(n.session_expiry_interval, 11u);
    EXPECT_EQ(n.receive_maximum, 12);
    EXPECT_EQ(n.maximum_qos, qos1);
    EXPECT_FALSE(n.retain_available);
    EXPECT_EQ(n.maximum_packet_size, 1300u);
    EXPECT_EQ(n.topic_alias_maximum, 14);
    EXPECT_FALSE(n.wildcard_subscription_available);
    EXPECT_FALSE(n.subscription_identifier_available);
    EXPECT_FALSE(n.shared_subscription_available);
    EXPECT_EQ(n.keep_alive, 15s);
    bench.lose();
    EXPECT_EQ(n.receive_maximum, 12) << "of the last connection";
    bench.reconnect(connack());
    EXPECT_EQ(n.receive_maximum, 65'535) << "nothing is carried over";
    EXPECT_EQ(n.session_expiry_interval, 3600u) << "the one that was asked for";
}

TEST(Negotiated, MaximumQosHolds) {  // [MQTT-3.2.2-11]
    Bench bench;
    bench.connect(connack().with(PropertyId::maximum_qos, 0u));
    EXPECT_EQ(bench.try_publish("a", "x", {.qos = qos1}), Errc::not_supported);
    EXPECT_EQ(bench.try_publish("a", "x", {.qos = qos2}), Errc::not_supported);
    EXPECT_EQ(bench.try_publish("a", "x"), Errc::none);
    bench.expect(publish("a", "x"));
    // A subscription may still ask for more [MQTT-3.2.2-9].
    bench.subscribe({{.topic_filter = "a", .qos = qos2}});
    bench.take(PacketType::subscribe);
}

TEST(Negotiated, RetainAvailableHolds) {  // [MQTT-3.2.2-14]
    Bench bench;
    bench.connect(connack().with(PropertyId::retain_available, 0u));
    EXPECT_EQ(bench.try_publish("a", "x", {.retain = true}), Errc::not_supported);
    EXPECT_EQ(bench.try_publish("a", "x"), Errc::none);
    bench.expect(publish("a", "x"));
}

TEST(Negotiated, MeansNothingBelowMqtt5) {
    Bench bench{plain_options(Version::v3_1_1)};
    bench.connect();
    EXPECT_EQ(bench.client().negotiated().receive_maximum, 500);
    EXPECT_EQ(bench.client().negotiated().keep_alive, 30s);
}

}  // namespace
}  // namespace wsmq::test
