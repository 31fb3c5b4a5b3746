// Another client identifier, for who was displaced by a client of the same one.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

ConnectOptions displaceable_options() {
    auto options = lasting_options();
    options.reconnect_when_taken_over = true;
    return options;
}

/// The broker says that somebody else has the session now.
void displace(Bench& bench) { bench.send(disconnect(ReasonCode::session_taken_over)).expect_hang_up(); }

seen::Disconnected displaced(Bench& bench) {
    displace(bench);
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.reason, ReasonCode::session_taken_over);
    EXPECT_TRUE(end.reconnecting);
    return end;
}

Errc rename(Bench& bench, const std::string& client_id, std::optional<Will> will = {}) {
    const auto error = bench.client().rename(client_id, std::move(will), bench.now());
    bench.settle();
    return error;
}

TEST(Rename, TakesEffectWithTheNextConnect) {
    Bench bench{displaceable_options()};
    bench.connect();
    displaced(bench);
    EXPECT_EQ(rename(bench, "another", Will{.topic = "gone", .payload = block_of("another")}), Errc::none);
    const Packet packet = bench.reconnect(connack());
    EXPECT_EQ(packet.client_id, "another");
    ASSERT_TRUE(packet.will);
    EXPECT_EQ(packet.will->topic, "gone");
    EXPECT_EQ(bench.client().client_id(), "another");
    bench.lose();
    EXPECT_EQ(bench.reconnect(connack().with_session()).client_id, "another");
}

TEST(Rename, LeavesTheSessionBehindAndTakesTheSubscriptionsAlong) {
    Bench bench{displaceable_options()};
    bench.connect();
    bench.subscribed("a/#");
    const auto sent = bench.publish("a", "1", qos1);
    bench.take(PacketType::publish);
    displaced(bench);
    const auto waiting = bench.publish("a", "2", qos1);
    EXPECT_EQ(rename(bench, "another"), Errc::none);
    bench.expect_event(seen::Failed{sent, Errc::session_lost}).expect_event(seen::Failed{waiting, Errc::session_lost});
    const auto later = bench.publish("a", "3", qos1);
    // Whatever session the broker has under this name was never ours.
    bench.reconnect(connack().with_session());
    EXPECT_EQ(bench.take(PacketType::subscribe).filters, (std::vector<Filter>{{.filter = "a/#", .qos = qos2}}));
    const Packet message = bench.take(PacketType::publish);
    EXPECT_EQ(message.payload, "3");
    bench.send(puback(message.id)).expect_event(seen::QueueDrained{}).expect_event(seen::Completed{later});
    bench.expect_silence();
}

TEST(Rename, AsksForACleanStartWhereTheOptionsDo) {
    ConnectOptions options = plain_options();
    options.reconnect_when_taken_over = true;
    Bench bench{options};
    EXPECT_TRUE(bench.connect().clean_start);
    displaced(bench);
    EXPECT_EQ(rename(bench, "another"), Errc::none);
    EXPECT_TRUE(bench.reconnect(connack()).clean_start);
    bench.lose();
    EXPECT_FALSE(bench.reconnect(connack()).clean_start) << "and then its own session is taken up again";
}

TEST(Rename, EndsAConnectionAsALostOne) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    EXPECT_EQ(rename(bench, "another"), Errc::none);
    bench.expect_hang_up().expect_silence();
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::session_lost);
    EXPECT_TRUE(end.reconnecting);
    EXPECT_EQ(bench.reconnect(connack()).client_id, "another");
    EXPECT_EQ(bench.take(PacketType::subscribe).filters, (std::vector<Filter>{{.filter = "a/#", .qos = qos2}}));
}

TEST(Rename, IsRefusedWhereTheNameOrTheWillIsNotSound) {
    Bench bench{displaceable_options()};
    bench.connect();
    displaced(bench);
    EXPECT_EQ(rename(bench, "\xFF"), Errc::invalid_utf8);
    EXPECT_EQ(rename(bench, "another", Will{.topic = "a/+"}), Errc::invalid_topic);
    EXPECT_EQ(bench.reconnect(connack()).client_id, "me");
}

TEST(Rename, WorksWhileTheClientIsNotStarted) {
    Bench bench;
    EXPECT_EQ(rename(bench, "another"), Errc::none);
    EXPECT_EQ(bench.connect().client_id, "another");
}

TEST(Rename, TheEndIsForGoodWhereNothingElseWasAskedFor) {
    Bench bench{lasting_options()};
    bench.connect();
    displace(bench);
    EXPECT_FALSE(bench.event<seen::Disconnected>().reconnecting);
}

}  // namespace
}  // namespace wsmq::test
