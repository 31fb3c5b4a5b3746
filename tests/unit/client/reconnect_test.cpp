// After a connection was lost: when the next attempt comes, and what it brings back.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(Reconnect, ComesBackByItself) {
    Bench bench;
    bench.connect();
    const auto end = bench.lose();
    EXPECT_LE(end.retry_in, 2'500ms);
    EXPECT_TRUE(bench.client().is_started());
    EXPECT_FALSE(bench.client().is_connected());
    bench.reconnect(connack());
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(Reconnect, NotWhereItIsSwitchedOff) {
    ConnectOptions options = plain_options();
    options.reconnect.enabled = false;
    Bench bench{options};
    bench.connect();
    bench.cut();
    bench.expect_event(seen::Disconnected{.why = Errc::transport_closed, .was_connected = true});
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
    EXPECT_FALSE(bench.client().is_started());
}

TEST(Reconnect, TakesTheSessionUpAgainWhereItLasts) {
    ConnectOptions options = plain_options();
    options.session_expiry_interval = 60;
    Bench bench{options};
    EXPECT_TRUE(bench.connect().clean_start);
    bench.lose();
    EXPECT_FALSE(bench.reconnect(connack().with_session()).clean_start);
}

TEST(Reconnect, RenewsTheSubscriptionsOfALostSession) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#", qos1);
    bench.subscribed("b/+", qos2);
    bench.lose();
    bench.reconnect(connack());
    // In as many packets as the client likes.
    std::vector<Filter> renewed;
    while (bench.packets_waiting() > 0) {
        const Packet packet = bench.take(PacketType::subscribe);
        renewed.insert(renewed.end(), packet.filters.begin(), packet.filters.end());
        bench.send(suback(packet.id, std::vector<ReasonCode>(packet.filters.size(), ReasonCode::granted_qos_2)));
    }
    ASSERT_EQ(renewed.size(), 2u);
    EXPECT_EQ(renewed[0], (Filter{.filter = "a/#", .qos = qos1}));
    EXPECT_EQ(renewed[1], (Filter{.filter = "b/+", .qos = qos2}));
    bench.expect_no_event();
}

TEST(Reconnect, DoesNotRenewThemWhereTheSessionIsThere) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(Reconnect, RenewsThemWhereAConnackMayHaveSaidThatTheSessionIsLost) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.advance(bench.lose().retry_in).open();
    bench.take(PacketType::connect);
    bench.cut();  // and with it the CONNACK of a broker that had lost the session, and has a new one now
    bench.event<seen::Disconnected>();
    bench.reconnect(connack().with_session());
    const Packet renewal = bench.take(PacketType::subscribe);
    EXPECT_EQ(renewal.filters, (std::vector<Filter>{{.filter = "a/#", .qos = qos2}}));
    bench.send(suback(renewal.id, {ReasonCode::granted_qos_2})).expect_no_event();
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(Reconnect, ARefusalMakesNoSession) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.advance(bench.lose().retry_in).open();
    bench.take(PacketType::connect);
    bench.send(connack(ReasonCode::server_busy));
    bench.event<seen::Disconnected>();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(Reconnect, TellsThatASubscriptionCouldNotBeRenewed) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.lose();
    bench.reconnect(connack());
    bench.send(suback(bench.take(PacketType::subscribe).id, {ReasonCode::not_authorized}));
    bench.expect_event(seen::SubscriptionLost{.topic_filter = "a/#", .reason = ReasonCode::not_authorized});
    bench.lose();
    bench.reconnect(connack());
    bench.expect_silence();
}

TEST(Reconnect, ARenewalThatTheBrokerCannotGrantYetIsTriedAgain) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.subscribed("b/#");
    bench.lose();
    bench.reconnect(connack());
    bench.send(
        suback(bench.take(PacketType::subscribe).id, {ReasonCode::unspecified_error, ReasonCode::granted_qos_2}));
    bench.expect_no_event().expect_silence();
    bench.advance(1s);
    const Packet again = bench.take(PacketType::subscribe);
    EXPECT_EQ(again.filters, (std::vector<Filter>{{.filter = "a/#", .qos = qos2}}));
    bench.send(suback(again.id, {ReasonCode::granted_qos_2})).expect_no_event();
    bench.advance(5s).expect_silence();
}

TEST(Reconnect, ASubscriptionIsLostWhereTheBrokerCannotRenewItForAsLongAsRefusalsAreRetried) {
    auto options = lasting_options();
    options.keep_alive = 0s;
    options.reconnect.refusal_patience = 10s;
    Bench bench{options};
    bench.connect();
    bench.subscribed("a/#");
    bench.lose();
    bench.reconnect(connack());
    const auto first = bench.now();
    std::size_t tries = 0;
    for (; bench.now() - first < 10s; bench.advance(bench.until_deadline()), ++tries) {
        bench.send(suback(bench.take(PacketType::subscribe).id, {ReasonCode::quota_exceeded})).expect_no_event();
    }
    EXPECT_EQ(tries, 5U);  // after 0, 1, 2, 4 and 8 s
    bench.send(suback(bench.take(PacketType::subscribe).id, {ReasonCode::quota_exceeded}));
    bench.expect_event(seen::SubscriptionLost{.topic_filter = "a/#", .reason = ReasonCode::quota_exceeded});
    bench.advance(60s).expect_silence();
}

TEST(Reconnect, ARenewalThatIsToBeTriedAgainIsOwedOnTheNextConnectionToo) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.lose();
    bench.reconnect(connack());
    bench.send(suback(bench.take(PacketType::subscribe).id, {ReasonCode::unspecified_error}));
    bench.lose();
    bench.reconnect(connack().with_session());
    const Packet owed = bench.take(PacketType::subscribe);
    EXPECT_EQ(owed.filters, (std::vector<Filter>{{.filter = "a/#", .qos = qos2}}));
    bench.send(suback(owed.id, {ReasonCode::granted_qos_2}));
    bench.advance(5s).expect_silence();
}

TEST(Reconnect, ARenewalThatIsToBeTriedAgainIsGivenUpWithItsSubscription) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.lose();
    bench.reconnect(connack());
    bench.send(suback(bench.take(PacketType::subscribe).id, {ReasonCode::unspecified_error}));
    bench.unsubscribe({"a/#"});
    bench.take(PacketType::unsubscribe);
    bench.advance(5s).expect_silence();
}

TEST(Reconnect, ARenewalThatIsCutOffIsTriedAgain) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.lose();
    bench.reconnect(connack());
    EXPECT_EQ(bench.take(PacketType::subscribe).filters.at(0).filter, "a/#");
    // The broker has the session of the CONNECT before, but perhaps never saw the SUBSCRIBE.
    bench.lose();
    bench.reconnect(connack().with_session());
    const Packet owed = bench.take(PacketType::subscribe);
    EXPECT_EQ(owed.filters, (std::vector<Filter>{{.filter = "a/#", .qos = qos2}}));
    bench.send(suback(owed.id, {ReasonCode::granted_qos_2}));
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
}

TEST(Reconnect, ARenewalThatStopCutOffIsTriedAgain) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a/#");
    bench.lose();
    bench.reconnect(connack());
    bench.take(PacketType::subscribe);
    bench.stop();
    bench.forget();
    bench.connect(connack().with_session());
    EXPECT_EQ(bench.take(PacketType::subscribe).filters, (std::vector<Filter>{{.filter = "a/#", .qos = qos2}}));
}

TEST(Reconnect, WhatWasUnsubscribedIsNotRenewed) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a");
    bench.subscribed("b");
    const auto id = bench.unsubscribe({"a"});
    bench.send(unsuback(bench.take(PacketType::unsubscribe).id, {ReasonCode::success}));
    bench.expect_event(seen::Completed{.id = id, .reason_codes = {ReasonCode::success}});
    bench.lose();
    bench.reconnect(connack());
    EXPECT_EQ(bench.take(PacketType::subscribe).filters, (std::vector<Filter>{{.filter = "b", .qos = qos2}}));
}

TEST(Reconnect, ARenewedFilterKeepsItsNewestOptions) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a", qos0);
    bench.subscribed("a", qos2);
    bench.lose();
    bench.reconnect(connack());
    EXPECT_EQ(bench.take(PacketType::subscribe).filters, (std::vector<Filter>{{.filter = "a", .qos = qos2}}));
}

TEST(Reconnect, RenewalsGoFirst) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a");
    bench.publish("a", "in flight", qos1);
    bench.take(PacketType::publish);
    bench.lose();
    bench.publish("a", "queued", qos1);
    bench.reconnect(connack());
    bench.take(PacketType::subscribe);
    EXPECT_EQ(bench.take(PacketType::publish).payload, "in flight");
    EXPECT_EQ(bench.take(PacketType::publish).payload, "queued");
    bench.expect_event(seen::QueueDrained{});
}

}  // namespace
}  // namespace wsmq::test
