// reconnect(): a connection that is replaced because credentials have changed.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

/// Expects that the connection ended in order, and that the next attempt has begun.
void expect_replaced(Bench& bench, Where where = Where::here()) {
    bench.expect(disconnect(ReasonCode::success), where).expect_hang_up(where);
    const auto end = bench.event<seen::Disconnected>(where);
    EXPECT_EQ(end.why, Errc::none);
    EXPECT_TRUE(end.was_connected);
    EXPECT_TRUE(end.reconnecting);
    EXPECT_EQ(end.retry_in, 0ms);
    EXPECT_EQ(bench.transport(), Bench::Transport::wanted);
}

class ReplaceConnection : public testing::TestWithParam<Version> {};

TEST_P(ReplaceConnection, EndsInOrderAndResumesItsSession) {
    Bench bench{lasting_options(GetParam())};
    bench.connect();
    bench.subscribed("a/#");
    bench.replace_connection();
    expect_replaced(bench);
    EXPECT_FALSE(bench.reconnect(GetParam() == Version::v3_1 ? connack() : connack().with_session()).clean_start);
    // MQTT 3.1 does not say whether the session is there.
    if (GetParam() == Version::v3_1) bench.take(PacketType::subscribe);
    bench.expect_silence().expect_no_event();
}

TEST_P(ReplaceConnection, WaitsForAcknowledgementsAndHoldsWhatIsNew) {
    Bench bench{lasting_options(GetParam())};
    bench.connect();
    const auto first = bench.publish("a", "1", qos1);
    const auto exactly_once = bench.publish("a", "2", qos2);
    const auto one = bench.take(PacketType::publish);
    const auto two = bench.take(PacketType::publish);
    bench.replace_connection();
    const auto later = bench.publish("a", "3", qos1);
    const auto subscribing = bench.subscribe({{.topic_filter = "b"}});
    bench.expect_silence();

    bench.send(puback(one.id)).expect_event(seen::Completed{first}).expect_silence();
    bench.send(pubrec(two.id)).expect(pubrel(two.id)).expect_silence();
    bench.send(pubcomp(two.id)).expect_event(seen::Completed{exactly_once});
    expect_replaced(bench);

    bench.reconnect(GetParam() == Version::v3_1 ? connack() : connack().with_session());
    const auto subscribe = bench.take(PacketType::subscribe);
    const auto three = bench.take(PacketType::publish);
    EXPECT_EQ(three.payload, "3");
    EXPECT_FALSE(three.duplicate);
    bench.send(suback(subscribe.id, {ReasonCode::success}));
    bench.forget_events();
    bench.send(puback(three.id)).expect_event(seen::Completed{later});
    (void)subscribing;
}

TEST_P(ReplaceConnection, DoesNotWaitForEver) {
    Bench bench{lasting_options(GetParam())};
    bench.connect();
    const auto sent = bench.publish("a", "1", qos1);
    const auto packet = bench.take(PacketType::publish);
    bench.replace_connection();
    bench.advance(4'999ms).expect_no_event().expect_silence();
    bench.advance(1ms);
    expect_replaced(bench);
    bench.reconnect(GetParam() == Version::v3_1 ? connack() : connack().with_session());
    const auto again = bench.take(PacketType::publish);
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.id, packet.id);
    bench.send(puback(again.id)).expect_event(seen::Completed{sent});
}

INSTANTIATE_TEST_SUITE_P(Versions, ReplaceConnection, testing::Values(Version::v3_1, Version::v3_1_1, Version::v5));

TEST(ReplaceConnectionOnce, AsksForCredentials) {
    ConnectOptions options = lasting_options();
    options.ask_credentials = true;
    Bench bench{options};
    bench.start();
    bench.event<seen::CredentialsRequested>();
    bench.provide_credentials({.username = "old"});
    bench.open();
    EXPECT_EQ(bench.take(PacketType::connect).username, "old");
    bench.send(connack()).event<seen::Connected>();

    bench.replace_connection();
    bench.expect(disconnect(ReasonCode::success)).expect_hang_up();
    EXPECT_TRUE(bench.event<seen::Disconnected>().reconnecting);
    bench.event<seen::CredentialsRequested>();
    bench.provide_credentials({.username = "new"});
    bench.open();
    EXPECT_EQ(bench.take(PacketType::connect).username, "new");
    bench.send(connack().with_session()).event<seen::Connected>();
}

TEST(ReplaceConnectionOnce, TakesPlaceWithoutAPolicyToReconnect) {
    ConnectOptions options = lasting_options();
    options.reconnect.enabled = false;
    Bench bench{options};
    bench.connect();
    bench.replace_connection();
    expect_replaced(bench);
    bench.reconnect(connack().with_session());
    bench.cut();
    EXPECT_FALSE(bench.event<seen::Disconnected>().reconnecting);
}

TEST(ReplaceConnectionOnce, StaysAtItsHostAndLeavesTheBackoffAsItWas) {
    ConnectOptions options = lasting_options();
    options.host_count = 3;
    Bench bench{options};
    bench.start();
    bench.refuse();
    bench.event<seen::Disconnected>();
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack()).event<seen::Connected>();
    for (int i = 0; i < 20; ++i) {
        bench.replace_connection();
        expect_replaced(bench);
        EXPECT_EQ(bench.wanted().host, 1u);
        bench.reconnect(connack().with_session());
    }
    EXPECT_LE(bench.lose().retry_in, 2'500ms);
}

TEST(ReplaceConnectionOnce, TwiceIsOnce) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.publish("a", "1", qos1);
    const auto packet = bench.take(PacketType::publish);
    bench.replace_connection();
    bench.advance(1s);
    bench.replace_connection();
    bench.send(puback(packet.id));
    bench.event<seen::Completed>();
    expect_replaced(bench);
    bench.reconnect(connack().with_session());
    bench.advance(10s).expect_no_event();
}

TEST(ReplaceConnectionOnce, APendingReconnectionBeginsNow) {
    ConnectOptions options = plain_options();
    options.reconnect.backoff_min = 20'000ms;
    options.random_seed = 4;
    Bench bench{options};
    bench.connect();
    ASSERT_GT(bench.lose().retry_in, 1s);
    bench.replace_connection();
    EXPECT_EQ(bench.transport(), Bench::Transport::wanted);
    bench.reconnect(connack());
}

TEST(ReplaceConnectionOnce, AnAttemptIsCompletedAndItsConnectionReplaced) {
    Bench bench{lasting_options()};
    bench.start();
    bench.replace_connection();
    bench.open();
    bench.take(PacketType::connect);
    bench.replace_connection();
    bench.expect_silence().expect_no_event();
    bench.send(connack()).event<seen::Connected>();
    expect_replaced(bench);
    bench.reconnect(connack().with_session());
    bench.expect_silence().expect_no_event();
}

TEST(ReplaceConnectionOnce, ANewAttemptNeedsNoOther) {
    Bench bench{lasting_options()};
    bench.start();
    bench.replace_connection();
    bench.stop();
    bench.forget();
    bench.connect();
    bench.expect_silence().expect_no_event();
}

TEST(ReplaceConnectionOnce, ALossInBetweenIsALoss) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.publish("a", "1", qos1);
    bench.take(PacketType::publish);
    bench.replace_connection();
    EXPECT_EQ(bench.lose().why, Errc::transport_closed);
    bench.reconnect(connack().with_session());
    const auto again = bench.take(PacketType::publish);
    bench.send(puback(again.id));
    bench.event<seen::Completed>();
    bench.publish("a", "2");
    bench.expect(publish("a", "2"));
    bench.advance(20s).expect_no_event();
}

TEST(ReplaceConnectionOnce, IsNothingToAnIdleClient) {
    Bench bench;
    bench.replace_connection();
    bench.expect_silence().expect_no_event();
    EXPECT_EQ(bench.transport(), Bench::Transport::none);
}

TEST(ReplaceConnectionOnce, StoppingComesFirst) {
    Bench bench;
    bench.connect();
    bench.publish("a", "1", qos1);
    bench.take(PacketType::publish);
    bench.replace_connection();
    bench.stop();
    bench.expect(disconnect(ReasonCode::success)).expect_hang_up();
    EXPECT_FALSE(bench.event<seen::Disconnected>().reconnecting);
    bench.forget_events();
    EXPECT_EQ(bench.transport(), Bench::Transport::none);
}

}  // namespace
}  // namespace wsmq::test
