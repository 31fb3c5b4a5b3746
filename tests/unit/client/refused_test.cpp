// CONNACK that says no (MQTT 5.0, 3.2.2.2).
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

class RefusedForGood : public testing::TestWithParam<ReasonCode> {};

TEST_P(RefusedForGood, StopsAtOnceAndSaysWhy) {
    ConnectOptions options = plain_options();
    options.host_count = 3;
    options.reconnect.retry_first_connection = true;
    Bench bench{options};
    bench.begin_connecting();
    const Packet answer = connack(GetParam()).with(PropertyId::reason_string, "no");
    bench.send(answer);
    bench.expect_event(seen::Disconnected{
        .why = Errc::connection_refused, .reason = GetParam(), .reason_string = "no", .properties = answer.properties});
    bench.expect_hang_up();
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
    EXPECT_FALSE(bench.client().is_started());
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, RefusedForGood,
                         testing::Values(ReasonCode::unsupported_protocol_version,
                                         ReasonCode::client_identifier_not_valid, ReasonCode::bad_user_name_or_password,
                                         ReasonCode::not_authorized, ReasonCode::banned,
                                         ReasonCode::bad_authentication_method));

TEST(Refused, AServerThatMovedIsTriedAtTheOtherHosts) {
    for (const std::size_t hosts : {1u, 2u}) {
        ConnectOptions options = plain_options();
        options.host_count = hosts;
        options.reconnect.retry_first_connection = true;
        Bench bench{options};
        bench.begin_connecting();
        bench.send(connack(ReasonCode::server_moved));
        EXPECT_EQ(bench.event<seen::Disconnected>().reconnecting, hosts > 1);
    }
}

class RefusedForNow : public testing::TestWithParam<ReasonCode> {};

TEST_P(RefusedForNow, TriesAgain) {
    ConnectOptions options = plain_options();
    options.reconnect.retry_first_connection = true;
    Bench bench{options};
    bench.begin_connecting();
    bench.send(connack(GetParam()));
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::connection_refused);
    EXPECT_EQ(end.reason, GetParam());
    EXPECT_TRUE(end.reconnecting);
    EXPECT_FALSE(end.was_connected);
    EXPECT_LE(end.retry_in, 500ms);
    bench.expect_hang_up();
    bench.advance(end.retry_in);
    EXPECT_EQ(bench.wanted(), (seen::OpenTransport{.host = 0, .attempt = 1}));
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.expect_event(seen::Connected{});
}

INSTANTIATE_TEST_SUITE_P(ReasonCodes, RefusedForNow,
                         testing::Values(ReasonCode::unspecified_error, ReasonCode::server_unavailable,
                                         ReasonCode::server_busy, ReasonCode::quota_exceeded,
                                         ReasonCode::use_another_server, ReasonCode::connection_rate_exceeded));

}  // namespace
}  // namespace wsmq::test
