// MQTT 3.1 and 3.1.1.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

class Version3 : public testing::TestWithParam<Version> {};

TEST_P(Version3, ConnectsWithoutProperties) {
    ConnectOptions options = plain_options(GetParam());
    options.credentials = {.username = "ann", .password = block_of("secret")};
    Bench bench{options};
    const Packet packet = bench.connect();
    EXPECT_EQ(packet.version, GetParam());
    EXPECT_EQ(packet.client_id, "me");
    EXPECT_TRUE(packet.clean_start);
    EXPECT_EQ(packet.keep_alive, 30);
    EXPECT_EQ(packet.username, "ann");
    EXPECT_TRUE(packet.properties.empty());
}

TEST_P(Version3, PublishesAtEveryQos) {
    Bench bench{plain_options(GetParam())};
    bench.connect();
    const PropertyWriter ignored = PropertyWriter{}.text(PropertyId::content_type, "x");
    bench.publish("a", "0", PublishOptions{.retain = true, .encoded_properties = ignored.bytes()});
    bench.expect(publish("a", "0").retained());
    const auto first = bench.publish("a", "1", qos1);
    bench.expect(publish("a", "1").at(qos1, 1)).reply(puback(1)).expect_event(seen::Completed{.id = first});
    const auto second = bench.publish("a", "2", qos2);
    bench.expect(publish("a", "2").at(qos2, 2)).reply(pubrec(2)).expect(pubrel(2)).reply(pubcomp(2));
    bench.expect_event(seen::Completed{.id = second});
}

TEST_P(Version3, ReceivesAtEveryQos) {
    Bench bench{plain_options(GetParam())};
    bench.connect();
    bench.send(publish("a", "0")).send(publish("a", "1").at(qos1, 7)).send(publish("a", "2").at(qos2, 8));
    bench.expect(puback(7)).expect(pubrec(8)).reply(pubrel(8)).expect(pubcomp(8));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(bench.event<seen::Message>().qos, static_cast<Qos>(i));
}

TEST_P(Version3, KeepsFiveHundredInFlightAndTheRestWaiting) {
    Bench bench{plain_options(GetParam())};
    bench.connect();
    const auto first = bench.publish("a", "x", qos1);
    for (int i = 1; i < 501; ++i) bench.publish("a", "x", qos1);
    for (std::uint16_t id = 1; id <= 500; ++id) bench.expect(publish("a", "x").at(qos1, id));
    bench.expect_silence();
    bench.send(puback(1)).expect(publish("a", "x").at(qos1, 501));
    bench.expect_event(seen::Completed{.id = first}).expect_event(seen::QueueDrained{});
}

TEST_P(Version3, Subscribes) {
    Bench bench{plain_options(GetParam())};
    bench.connect();
    const auto id = bench.subscribe({{.topic_filter = "a", .qos = qos1, .no_local = true}, {.topic_filter = "b"}});
    bench.expect(subscribe(1, {{.filter = "a", .qos = qos1}, {.filter = "b"}}));
    bench.send(suback(1, {ReasonCode::granted_qos_1, ReasonCode::unspecified_error}));
    bench.expect_event(seen::Completed{.id = id,
                                       .reason = ReasonCode::unspecified_error,
                                       .reason_codes = {ReasonCode::granted_qos_1, ReasonCode::unspecified_error}});
    const auto gone = bench.unsubscribe({"a"});
    bench.expect(unsubscribe(2, {"a"})).reply(unsuback(2)).expect_event(seen::Completed{.id = gone});
}

TEST_P(Version3, APubrelForNothingIsAnswered) {
    Bench bench{plain_options(GetParam())};
    bench.connect();
    bench.send(pubrel(5)).expect(pubcomp(5));
}

TEST_P(Version3, StopsWithDisconnect) {
    Bench bench{plain_options(GetParam())};
    bench.connect();
    bench.stop();
    bench.expect(disconnect()).expect_hang_up().event<seen::Disconnected>();
}

TEST_P(Version3, ACleanSessionIsNeverTakenUpAgain) {
    // It ends with its connection: a reconnection asks for a clean one again.
    Bench bench{plain_options(GetParam())};
    EXPECT_TRUE(bench.connect().clean_start);
    bench.subscribed("a", qos1);
    bench.publish("a", "x", qos1);
    bench.take(PacketType::publish);
    bench.lose();
    EXPECT_TRUE(bench.reconnect(connack()).clean_start);
    bench.take(PacketType::subscribe);
    EXPECT_FALSE(bench.take(PacketType::publish).duplicate);
}

TEST_P(Version3, RefusalsAreMapped) {
    const std::pair<std::uint8_t, ReasonCode> codes[]{{1, ReasonCode::unsupported_protocol_version},
                                                      {2, ReasonCode::client_identifier_not_valid},
                                                      {3, ReasonCode::server_unavailable},
                                                      {4, ReasonCode::bad_user_name_or_password},
                                                      {5, ReasonCode::not_authorized}};
    for (const auto& [code, reason] : codes) {
        ConnectOptions options = plain_options(GetParam());
        options.reconnect.retry_first_connection = true;
        Bench bench{options};
        bench.begin_connecting();
        bench.send_bytes({0x20, 0x02, 0x00, code}).expect_hang_up();
        const auto end = bench.event<seen::Disconnected>();
        EXPECT_EQ(end.why, Errc::connection_refused);
        EXPECT_EQ(end.reason, reason);
        EXPECT_EQ(end.reconnecting, reason == ReasonCode::server_unavailable);
    }
}

INSTANTIATE_TEST_SUITE_P(Versions, Version3, testing::Values(Version::v3_1, Version::v3_1_1));

TEST(Version311, ALastingSessionIsTakenUpAgain) {
    Bench bench{lasting_options(Version::v3_1_1)};
    EXPECT_FALSE(bench.connect().clean_start);
    bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.lose();
    EXPECT_FALSE(bench.reconnect(connack().with_session()).clean_start);
    bench.expect(publish("a", "x").at(qos2, 1).again());
}

TEST(Version31, HasNoSessionPresentSoBothAreAssumed) {
    // The broker may have kept the session: messages are sent again as what they are. It may have
    // lost it: subscriptions are renewed.
    Bench bench{lasting_options(Version::v3_1)};
    EXPECT_FALSE(bench.connect().clean_start);
    bench.subscribed("a", qos1);
    bench.publish("a", "1", qos2);
    bench.publish("a", "2", qos2);
    bench.send(publish("a", "in").at(qos2, 9)).forget();
    bench.send(pubrec(2)).expect(pubrel(2));
    bench.lose();
    bench.reconnect(connack());
    EXPECT_EQ(bench.take(PacketType::subscribe).filters.at(0).filter, "a");
    bench.expect(pubrel(2)).expect(publish("a", "2").at(qos2, 3).again()).expect_no_event();
    bench.send(publish("a", "in").at(qos2, 9).again()).expect(pubrec(9)).expect_no_event();
}

}  // namespace
}  // namespace wsmq::test
