// The broker's DISCONNECT (MQTT 5.0, 3.14).
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

class TheBrokerHangsUp : public testing::TestWithParam<ReasonCode> {};

TEST_P(TheBrokerHangsUp, ForNow) {
    Bench bench;
    bench.connect();
    const Packet farewell = disconnect(GetParam()).with(PropertyId::reason_string, "later");
    bench.send(farewell);
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::disconnected_by_broker);
    EXPECT_EQ(end.reason, GetParam());
    EXPECT_EQ(end.reason_string, "later");
    EXPECT_EQ(end.properties, farewell.properties);
    EXPECT_TRUE(end.was_connected);
    EXPECT_TRUE(end.reconnecting);
    bench.expect_hang_up().expect_silence();
    bench.reconnect(connack());
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, TheBrokerHangsUp,
                         testing::Values(ReasonCode::server_shutting_down, ReasonCode::keep_alive_timeout,
                                         ReasonCode::administrative_action, ReasonCode::maximum_connect_time,
                                         ReasonCode::unspecified_error, ReasonCode::quota_exceeded,
                                         ReasonCode::use_another_server));

class TheBrokerThrowsOut : public testing::TestWithParam<ReasonCode> {};

TEST_P(TheBrokerThrowsOut, ForGood) {
    Bench bench;
    bench.connect();
    bench.send(disconnect(GetParam()));
    bench.expect_event(
        seen::Disconnected{.why = Errc::disconnected_by_broker, .reason = GetParam(), .was_connected = true});
    bench.expect_hang_up().expect_silence();
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
    EXPECT_FALSE(bench.client().is_started());
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, TheBrokerThrowsOut,
                         testing::Values(ReasonCode::session_taken_over, ReasonCode::not_authorized,
                                         ReasonCode::server_moved));

TEST(BrokerDisconnects, ATokenThatExpiredIsRenewed) {
    ConnectOptions options = plain_options();
    options.ask_credentials = true;
    Bench bench{options};
    bench.start();
    bench.event<seen::CredentialsRequested>();
    bench.provide_credentials({.username = "ann", .password = block_of("old")});
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.event<seen::Connected>();
    bench.send(disconnect(ReasonCode::not_authorized)).expect_hang_up();
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_TRUE(end.reconnecting);
    bench.advance(end.retry_in);
    bench.expect_event(seen::CredentialsRequested{});
}

}  // namespace
}  // namespace wsmq::test
