// The will (MQTT 5.0, 3.1.2.5).
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

ConnectOptions with_will(Version version = Version::v5) {
    ConnectOptions options = plain_options(version);
    options.will =
        Will{.topic = "gone/me",
             .payload = block_of("bye"),
             .qos = qos1,
             .retain = true,
             .encoded_properties = block_of(PropertyWriter{}.integer(PropertyId::will_delay_interval, 5).bytes())};
    return options;
}

void expect_will(const Packet& packet, bool properties) {
    ASSERT_TRUE(packet.will);
    EXPECT_EQ(packet.will->topic, "gone/me");
    EXPECT_EQ(text_of(packet.will->payload), "bye");
    EXPECT_EQ(packet.will->qos, qos1);
    EXPECT_TRUE(packet.will->retain);
    EXPECT_EQ(!packet.will->encoded_properties.empty(), properties);
}

TEST(Will, GoesWithConnectAndEveryReconnection) {
    Bench bench{with_will()};
    expect_will(bench.connect(), true);
    for (int i = 0; i < 3; ++i) {
        bench.lose();
        expect_will(bench.reconnect(connack()), true);
    }
}

TEST(Will, HasNoPropertiesBelowMqtt5) {
    for (const Version version : {Version::v3_1, Version::v3_1_1}) {
        Bench bench{with_will(version)};
        expect_will(bench.connect(), false);
    }
}

TEST(Will, MustBeSound) {
    const auto error = [](auto change) {
        ConnectOptions options = with_will();
        change(*options.will);
        Bench bench{options};
        return bench.client().start(bench.now());
    };
    EXPECT_EQ(error([](Will& will) { will.topic = ""; }), Errc::invalid_topic);
    EXPECT_EQ(error([](Will& will) { will.topic = "a/#"; }), Errc::invalid_topic);
    EXPECT_EQ(error([](Will& will) { will.topic = "\xFF"; }), Errc::invalid_topic);
    EXPECT_EQ(error([](Will& will) { will.qos = static_cast<Qos>(3); }), Errc::invalid_argument);
    EXPECT_EQ(error([](Will& will) { will.payload.resize(65'536); }), Errc::invalid_argument);
    EXPECT_EQ(error([](Will& will) {
                  will.encoded_properties = block_of(PropertyWriter{}.integer(PropertyId::topic_alias, 5).bytes());
              }),
              Errc::invalid_property);
    EXPECT_EQ(error([](Will&) {}), Errc::none);
}

}  // namespace
}  // namespace wsmq::test
