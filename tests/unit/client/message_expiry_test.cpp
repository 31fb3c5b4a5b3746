// Message Expiry Interval (MQTT 5.0, 3.3.2.3.3): the wait before a message is sent counts.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

constexpr auto interval = PropertyId::message_expiry_interval;

/// Between other properties, so that it has to be looked for.
Block expiring_in(std::uint32_t seconds) {
    PropertyWriter writer;
    writer.user_property("name", "value").integer(interval, seconds).text(PropertyId::content_type, "text/plain");
    return block_of(writer.bytes());
}

OperationId publish_expiring(Bench& bench, std::string_view payload, Qos qos, std::uint32_t seconds) {
    const Block properties = expiring_in(seconds);
    return bench.publish("a", payload, {.qos = qos, .encoded_properties = properties});
}

/// From the next PUBLISH; the other properties must be as they were.
std::uint32_t seconds_left(Bench& bench, std::string_view payload) {
    const Packet packet = bench.take(PacketType::publish);
    EXPECT_EQ(packet.payload, payload);
    EXPECT_EQ(packet.text(PropertyId::content_type), "text/plain");
    const auto seconds = packet.integer(interval).value_or(0);
    EXPECT_EQ(packet.properties, expiring_in(seconds));
    return seconds;
}

void connect_now(Bench& bench, const Packet& answer = connack()) {
    bench.await_attempt().open();
    bench.take(PacketType::connect);
    bench.send(answer);
}

class MessageExpiry : public testing::TestWithParam<Qos> {};

TEST_P(MessageExpiry, IsShortenedByTheWaitForAConnection) {
    Bench bench;
    bench.start();
    publish_expiring(bench, "1", GetParam(), 60);
    bench.pass(20s);
    publish_expiring(bench, "2", GetParam(), 60);
    bench.pass(500ms);
    connect_now(bench);
    EXPECT_EQ(seconds_left(bench, "1"), 40u) << "39.5, and not less than was promised";
    EXPECT_EQ(seconds_left(bench, "2"), 60u);
    bench.forget();
}

TEST_P(MessageExpiry, StaysAsItIsWhereTheMessageGoesAtOnce) {
    Bench bench;
    bench.connect();
    bench.advance(5s);
    publish_expiring(bench, "1", GetParam(), 60);
    EXPECT_EQ(seconds_left(bench, "1"), 60u);
}

TEST_P(MessageExpiry, EndsTheWaitThoughThereIsNoConnection) {
    ConnectOptions options = plain_options();
    options.connect_timeout = 24h;
    Bench bench{options};
    bench.start();
    const auto late = publish_expiring(bench, "late", GetParam(), 600);
    const auto soon = publish_expiring(bench, "soon", GetParam(), 10);
    bench.publish("a", "never", GetParam());
    bench.advance(10s - 1ms).expect_no_event();
    bench.advance(1001ms).expect_event(seen::Failed{.id = soon, .error = Errc::expired}).expect_no_event();
    bench.advance(10min).expect_event(seen::Failed{.id = late, .error = Errc::expired}).expect_no_event();
    connect_now(bench);
    EXPECT_EQ(bench.take(PacketType::publish).payload, "never");
    bench.forget();
}

TEST_P(MessageExpiry, IsLookedAtWhereTheTimerWasHeldBack) {
    Bench bench;
    bench.start();
    const auto id = publish_expiring(bench, "1", GetParam(), 10);
    bench.pass(20s);
    connect_now(bench);
    bench.event<seen::Connected>();
    bench.expect_event(seen::Failed{.id = id, .error = Errc::expired}).expect_silence().forget();
}

TEST_P(MessageExpiry, CountsWhileTheBrokerIsSlow) {
    Bench bench;
    bench.connect();
    bench.backlog(std::size_t{100} << 20);
    publish_expiring(bench, "1", GetParam(), 60);
    const auto lost = publish_expiring(bench, "2", GetParam(), 5);
    bench.advance(10s).expect_event(seen::Failed{.id = lost, .error = Errc::expired});
    bench.backlog(0);
    EXPECT_EQ(seconds_left(bench, "1"), 50u);
    bench.forget();
}

INSTANTIATE_TEST_SUITE_P(Qos, MessageExpiry, testing::Values(qos0, qos1, qos2));

TEST(MessageExpiryAgain, IsShortenedWhenTheMessageIsSentAgain) {
    for (const Qos qos : {qos1, qos2}) {
        Bench bench{lasting_options()};
        bench.connect();
        publish_expiring(bench, "1", qos, 60);
        bench.forget();
        bench.lose();
        bench.pass(20s);
        connect_now(bench, connack().with_session());
        EXPECT_EQ(seconds_left(bench, "1"), 40u);
        bench.forget();
    }
}

TEST(MessageExpiryAgain, EndsAMessageOfQos1ThatWasNotAcknowledged) {
    MemoryStore store;
    ConnectOptions options = lasting_options();
    options.store = &store;
    Bench bench{options};
    bench.connect();
    const auto id = publish_expiring(bench, "1", qos1, 60);
    bench.forget();
    bench.lose();
    bench.forget().await_attempt();  // which nobody answers
    EXPECT_EQ(store.size(), 1u);
    bench.pass(60s);
    bench.client().handle_timeout(bench.now());
    bench.settle();
    bench.expect_event(seen::Failed{.id = id, .error = Errc::expired});
    EXPECT_EQ(store.size(), 0u);
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    bench.forget();
}

TEST(MessageExpiryAgain, LeavesOneOfQos2ASecondAsItsIdentifierMayBeTaken) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = publish_expiring(bench, "1", qos2, 60);
    bench.forget();
    bench.lose();
    bench.pass(2min);
    connect_now(bench, connack().with_session());
    bench.event<seen::Connected>();
    EXPECT_EQ(seconds_left(bench, "1"), 1u);
    bench.send(pubrec(1)).expect(pubrel(1)).reply(pubcomp(1)).expect_event(seen::Completed{.id = id});
}

TEST(MessageExpiryAgain, EndsOneOfQos2WhoseSessionIsLost) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = publish_expiring(bench, "1", qos2, 60);
    bench.forget();
    bench.lose();
    bench.pass(2min);
    connect_now(bench);
    bench.event<seen::Connected>();
    bench.expect_event(seen::Failed{.id = id, .error = Errc::expired}).expect_silence();
}

TEST(MessageExpiryAgain, IsNotForWhatTheBrokerHas) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = publish_expiring(bench, "1", qos2, 60);
    bench.forget().send(pubrec(1)).expect(pubrel(1));
    bench.lose();
    bench.pass(2min);
    connect_now(bench, connack().with_session());
    bench.event<seen::Connected>();
    bench.expect(pubrel(1)).reply(pubcomp(1)).expect_event(seen::Completed{.id = id});
}

TEST(MessageExpiryQueue, MakesRoomForOthers) {
    ConnectOptions options = plain_options();
    options.queue_maximum_messages = 1;
    options.connect_timeout = 24h;
    Bench bench{options};
    bench.start();
    publish_expiring(bench, "1", qos1, 10);
    EXPECT_EQ(bench.try_publish("a", "2", {.qos = qos1}), Errc::queue_full);
    bench.advance(11s);
    EXPECT_EQ(bench.try_publish("a", "2", {.qos = qos1}), Errc::none);
    bench.forget();
}

TEST(MessageExpiryQueue, HoldsForPreparedMessagesToo) {
    Bench bench;
    bench.start();
    const Block properties = expiring_in(60);
    const auto prepared =
        bench.client().prepare_publish("a", 1, {.qos = qos1, .encoded_properties = properties}, bench.now());
    ASSERT_TRUE(prepared);
    prepared->payload[0] = '1';
    bench.client().commit_publish(bench.now());
    bench.pass(10s);
    connect_now(bench);
    EXPECT_EQ(seconds_left(bench, "1"), 50u);
    bench.forget();
}

TEST(MessageExpiryQueue, IsIgnoredBelowMqtt5) {
    ConnectOptions options = plain_options(Version::v3_1_1);
    options.connect_timeout = 24h;
    Bench bench{options};
    bench.start();
    publish_expiring(bench, "1", qos1, 10);
    bench.advance(1h).expect_no_event();
    connect_now(bench);
    EXPECT_EQ(bench.take(PacketType::publish).payload, "1");
    bench.forget();
}

TEST(MessageExpiryQueue, ManyThatExpireOneAfterTheOtherAreLookedThroughOnceASecond) {
    ConnectOptions options = plain_options();
    options.connect_timeout = 24h;
    Bench bench{options};
    bench.start();
    for (int i = 0; i < 1000; ++i) {
        publish_expiring(bench, "x", qos1, 10);
        bench.pass(10ms);
    }
    int ticks = 0;
    while (bench.client().unfinished_messages() > 0) {
        bench.pass(bench.until_deadline()).sleep(0ms);
        ++ticks;
    }
    EXPECT_LE(ticks, 12);
    bench.forget();
}

}  // namespace
}  // namespace wsmq::test
