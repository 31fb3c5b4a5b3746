// Failures with a reason code that the specification does not list for their packet: what failed fails, and the
// connection goes on (MQTT 5.0, 2.4).
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

class UnlistedReason : public testing::TestWithParam<int> {
protected:
    const ReasonCode reason = static_cast<ReasonCode>(GetParam());
};

TEST_P(UnlistedReason, InPubackFailsThatMessage) {
    Bench bench;
    bench.connect();
    const auto refused = bench.publish("a", "1", qos1);
    const auto next = bench.publish("a", "2", qos1);
    bench.forget().send({puback(1, reason), puback(2)});
    bench.expect_event(seen::Completed{.id = refused, .reason = reason}).expect_event(seen::Completed{.id = next});
    EXPECT_TRUE(bench.client().is_connected());
}

TEST_P(UnlistedReason, InPubrecAndPubcompFailsThatMessage) {
    Bench bench;
    bench.connect();
    const auto first = bench.publish("a", "1", qos2);
    const auto second = bench.publish("a", "2", qos2);
    bench.forget().send({pubrec(1, reason), pubrec(2)});
    bench.expect_event(seen::Completed{.id = first, .reason = reason}).expect(pubrel(2)).reply(pubcomp(2, reason));
    // PUBCOMP lists this one, which is no failure.
    const bool is_listed = reason == ReasonCode::packet_identifier_not_found;
    bench.expect_event(seen::Completed{.id = second, .reason = is_listed ? ReasonCode::success : reason});
    EXPECT_TRUE(bench.client().is_connected());
}

TEST_P(UnlistedReason, InPubrelEndsTheExchange) {
    Bench bench;
    bench.connect();
    bench.send(publish("a", "1").at(qos2, 7)).expect(pubrec(7));
    bench.event<seen::Message>();
    bench.reply(pubrel(7, reason)).expect(pubcomp(7));
}

TEST_P(UnlistedReason, InSubackAndUnsubackIsOfThatFilter) {
    Bench bench;
    bench.connect();
    const auto subscribed = bench.subscribe({{"a"}, {"b"}});
    bench.send(suback(bench.take(PacketType::subscribe).id, {reason, ReasonCode::success}));
    bench.expect_event(
        seen::Completed{.id = subscribed, .reason = reason, .reason_codes = {reason, ReasonCode::success}});
    const auto unsubscribed = bench.unsubscribe({"b"});
    bench.send(unsuback(bench.take(PacketType::unsubscribe).id, {reason}));
    bench.expect_event(seen::Completed{.id = unsubscribed, .reason = reason, .reason_codes = {reason}});
}

TEST_P(UnlistedReason, InConnackRefuses) {
    Bench bench;
    bench.begin_connecting();
    bench.send(connack(reason)).expect_hang_up();
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::connection_refused);
    EXPECT_EQ(end.reason, reason);
}

TEST_P(UnlistedReason, InDisconnectIsTheBrokersReason) {
    Bench bench;
    bench.connect();
    bench.send(disconnect(reason)).expect_hang_up().expect_silence();
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::disconnected_by_broker);
    EXPECT_EQ(end.reason, reason);
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, UnlistedReason, testing::Values(0x84, 0x92, 0x95, 0xB0, 0xFF));

TEST(UnlistedReasonBefore5, InConnackRefuses) {
    for (const int code : {6, 0x87, 0xFF}) {
        Bench bench{plain_options(Version::v3_1_1)};
        bench.begin_connecting();
        bench.send_bytes({0x20, 0x02, 0, static_cast<std::uint8_t>(code)}).expect_hang_up();
        const auto end = bench.event<seen::Disconnected>();
        EXPECT_EQ(end.why, Errc::connection_refused);
        EXPECT_EQ(end.reason, ReasonCode::unspecified_error);
    }
}

TEST(UnlistedReasonBefore5, InSubackIsOfThatFilter) {
    Bench bench{plain_options(Version::v3_1_1)};
    bench.connect();
    const auto id = bench.subscribe({{"a"}});
    bench.take(PacketType::subscribe);
    bench.send_bytes({0x90, 0x03, 0, 1, 0x87});
    bench.expect_event(
        seen::Completed{.id = id, .reason = ReasonCode::not_authorized, .reason_codes = {ReasonCode::not_authorized}});
}

}  // namespace
}  // namespace wsmq::test
