// stop() and what it leaves.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(Stop, SendsDisconnectAndClosesTheTransport) {  // [MQTT-3.14.4-1]
    Bench bench;
    bench.connect();
    bench.stop();
    bench.expect(disconnect()).expect_hang_up();
    bench.expect_event(seen::Disconnected{.why = Errc::none, .was_connected = true});
    EXPECT_FALSE(bench.client().is_started());
    EXPECT_FALSE(bench.client().is_connected());
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
}

TEST(Stop, CanAskForTheWill) {  // [MQTT-3.14.4-3]
    Bench bench;
    bench.connect();
    bench.stop(ReasonCode::disconnect_with_will_message);
    bench.expect(disconnect(ReasonCode::disconnect_with_will_message)).expect_hang_up();
    bench.event<seen::Disconnected>();
}

TEST(Stop, IsNothingToAnIdleClient) {
    Bench bench;
    bench.stop();
    bench.expect_silence().expect_no_event();
}

TEST(Stop, WhileTheTransportOpens) {
    Bench bench;
    bench.start();
    bench.stop();
    bench.expect_event(seen::Disconnected{}).expect_hang_up().expect_silence();
    EXPECT_FALSE(bench.client().is_started());
}

TEST(Stop, BeforeConnackClosesWithoutADisconnect) {
    Bench bench;
    bench.begin_connecting();
    bench.stop();
    bench.expect_event(seen::Disconnected{}).expect_hang_up();
    bench.forget();
}

TEST(Stop, WhileWaitingToReconnect) {
    Bench bench;
    bench.connect();
    bench.lose();
    bench.stop();
    bench.expect_event(seen::Disconnected{}).expect_silence();
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
    bench.advance(1h).expect_no_event();
    EXPECT_EQ(bench.transport(), Bench::Transport::none);
}

TEST(Stop, FailsWhatIsUnfinished) {
    Bench bench;
    bench.connect(connack().with(PropertyId::receive_maximum, 1));
    const auto in_flight = bench.publish("a", "1", qos1);
    const auto waiting = bench.publish("a", "2", qos2);
    const auto subscribing = bench.subscribe({{.topic_filter = "a"}});
    const auto unsubscribing = bench.unsubscribe({"a"});
    bench.forget();
    bench.stop();
    bench.event<seen::Disconnected>();
    std::map<OperationId, Errc> failed;
    for (int i = 0; i < 4; ++i) {
        const auto one = bench.event<seen::Failed>();
        failed[one.id] = one.error;
    }
    EXPECT_EQ(failed, (std::map<OperationId, Errc>{{in_flight, Errc::stopped},
                                                   {waiting, Errc::stopped},
                                                   {subscribing, Errc::stopped},
                                                   {unsubscribing, Errc::stopped}}));
    bench.expect(disconnect()).expect_hang_up();
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    EXPECT_EQ(bench.client().unfinished_bytes(), 0u);
}

TEST(Stop, ASessionThatLastsKeepsItsMessages) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto first = bench.publish("a", "1", qos1);
    const auto second = bench.publish("a", "2", qos2);
    bench.take(PacketType::publish);
    bench.take(PacketType::publish);
    bench.stop();
    bench.event<seen::Disconnected>();
    bench.expect_event(seen::Failed{first, Errc::stopped}).expect_event(seen::Failed{second, Errc::stopped});
    bench.expect(disconnect()).expect_hang_up();
    EXPECT_EQ(bench.client().unfinished_messages(), 2u);
    bench.connect(connack().with_session());
    bench.expect(publish("a", "1").at(qos1, 1).again()).expect(publish("a", "2").at(qos2, 2).again());
    bench.send({puback(1), pubrec(2)}).expect(pubrel(2)).reply(pubcomp(2)).expect_no_event();
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
}

TEST(Stop, BelowMqtt5ASessionThatLastsKeepsItsMessagesToo) {
    Bench bench{lasting_options(Version::v3_1_1)};
    bench.connect();
    const auto id = bench.publish("a", "1", qos1);
    bench.take(PacketType::publish);
    bench.stop();
    bench.event<seen::Disconnected>();
    bench.expect_event(seen::Failed{id, Errc::stopped});
    bench.expect(disconnect()).expect_hang_up();
    bench.connect(connack().with_session());
    bench.expect(publish("a", "1").at(qos1, 1).again());
    bench.send(puback(1)).expect_no_event();
}

TEST(Stop, CanBeFollowedByStartAtOnce) {
    Bench bench;
    bench.connect();
    bench.client().stop(bench.now());
    ASSERT_EQ(bench.client().start(bench.now()), Errc::none);
    bench.settle();
    bench.expect(disconnect()).expect_hang_up();
    bench.event<seen::Disconnected>();
    EXPECT_EQ(bench.transport(), Bench::Transport::wanted);
    bench.open();
    EXPECT_TRUE(bench.take(PacketType::connect).clean_start);
    bench.send(connack());
    bench.expect_event(seen::Connected{.reconnected = false});
}

TEST(Stop, SubscriptionsAreNotRenewedAfterANewCleanStart) {
    Bench bench;
    bench.connect();
    bench.subscribed("a");
    bench.stop();
    bench.forget();
    bench.connect();
    bench.expect_silence();
}

}  // namespace
}  // namespace wsmq::test
