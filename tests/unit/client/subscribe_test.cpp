// SUBSCRIBE and UNSUBSCRIBE (MQTT 5.0, 3.8 to 3.11).
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(Subscribe, IsCompletedBySuback) {
    Bench bench;
    bench.connect();
    const auto id = bench.subscribe({{.topic_filter = "a/+", .qos = qos1}});
    bench.expect(subscribe(1, {{.filter = "a/+", .qos = qos1}})).expect_no_event();
    const Packet answer = suback(1, {ReasonCode::granted_qos_1}).with(PropertyId::reason_string, "fine");
    bench.send(answer);
    bench.expect_event(seen::Completed{.id = id,
                                       .reason = ReasonCode::granted_qos_1,
                                       .reason_codes = {ReasonCode::granted_qos_1},
                                       .properties = answer.properties});
}

TEST(Subscribe, CarriesEveryOption) {
    Bench bench;
    bench.connect();
    const PropertyWriter properties =
        PropertyWriter{}.integer(PropertyId::subscription_identifier, 7).user_property("k", "v");
    bench.subscribe({{.topic_filter = "a", .qos = qos2, .no_local = true},
                     {.topic_filter = "b", .retain_as_published = true},
                     {.topic_filter = "c", .retain_handling = RetainHandling::do_not_send},
                     {.topic_filter = "$share/g/d", .qos = qos1, .retain_handling = RetainHandling::send_if_new}},
                    properties.bytes());
    Packet expected =
        subscribe(1, {{.filter = "a", .qos = qos2, .no_local = true},
                      {.filter = "b", .retain_as_published = true},
                      {.filter = "c", .retain_handling = RetainHandling::do_not_send},
                      {.filter = "$share/g/d", .qos = qos1, .retain_handling = RetainHandling::send_if_new}});
    expected.properties = block_of(properties.bytes());
    bench.expect(expected);
}

TEST(Subscribe, TellsTheFirstFailureAndAllCodes) {
    Bench bench;
    bench.connect();
    const auto id = bench.subscribe({{.topic_filter = "a"}, {.topic_filter = "b"}, {.topic_filter = "c"}});
    bench.take(PacketType::subscribe);
    const std::vector<ReasonCode> codes{ReasonCode::success, ReasonCode::not_authorized, ReasonCode::quota_exceeded};
    bench.send(suback(1, codes));
    bench.expect_event(seen::Completed{.id = id, .reason = ReasonCode::not_authorized, .reason_codes = codes});
}

TEST(Subscribe, WhatWasRefusedIsNotRenewed) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribe({{.topic_filter = "a"}, {.topic_filter = "b"}});
    bench.take(PacketType::subscribe);
    bench.send(suback(1, {ReasonCode::not_authorized, ReasonCode::success}));
    bench.event<seen::Completed>();
    bench.lose();
    bench.reconnect(connack());
    EXPECT_EQ(bench.take(PacketType::subscribe).filters, (std::vector<Filter>{{.filter = "b"}}));
}

TEST(Subscribe, NothingIsRenewedWhereNobodyWantsIt) {
    ConnectOptions options = lasting_options();
    options.resubscribe = false;
    Bench bench{options};
    bench.connect();
    bench.subscribe({{.topic_filter = "a"}});
    bench.expect(subscribe(1, {{.filter = "a"}})).reply(suback(1, {ReasonCode::success}));
    bench.event<seen::Completed>();
    bench.lose();
    bench.reconnect(connack());
    bench.expect_silence();
}

TEST(Subscribe, WaitsForTheConnection) {
    Bench bench;
    bench.start();
    const auto id = bench.subscribe({{.topic_filter = "a"}});
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.event<seen::Connected>();
    bench.expect(subscribe(1, {{.filter = "a"}})).reply(suback(1, {ReasonCode::success}));
    EXPECT_EQ(bench.event<seen::Completed>().id, id);
}

class SubscribeUnderLoss : public testing::TestWithParam<bool> {};

TEST_P(SubscribeUnderLoss, SubscribeIsSentAgain) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.subscribe({{.topic_filter = "a"}});
    bench.forget();
    bench.lose();
    bench.reconnect(GetParam() ? connack().with_session() : connack());
    const Packet again = bench.take(PacketType::subscribe);
    bench.expect_silence();
    bench.send(suback(again.id, {ReasonCode::success}));
    EXPECT_EQ(bench.event<seen::Completed>().id, id);
}

TEST_P(SubscribeUnderLoss, UnsubscribeIsSentAgain) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribed("a");
    const auto id = bench.unsubscribe({"a"});
    bench.forget();
    bench.lose();
    bench.reconnect(GetParam() ? connack().with_session() : connack());
    const Packet again = bench.take(PacketType::unsubscribe);
    bench.expect_silence();
    bench.send(unsuback(again.id, {ReasonCode::success}));
    EXPECT_EQ(bench.event<seen::Completed>().id, id);
}

INSTANTIATE_TEST_SUITE_P(SessionPresent, SubscribeUnderLoss, testing::Bool());

TEST(Subscribe, UnsubscribeIsCompletedByUnsuback) {
    Bench bench;
    bench.connect();
    const auto id = bench.unsubscribe({"a", "b/#"});
    bench.expect(unsubscribe(1, {"a", "b/#"}));
    const std::vector<ReasonCode> codes{ReasonCode::success, ReasonCode::no_subscription_existed};
    bench.send(unsuback(1, codes));
    bench.expect_event(seen::Completed{.id = id, .reason = ReasonCode::success, .reason_codes = codes});
}

TEST(Subscribe, OrderOfOperationsIsKept) {
    Bench bench;
    bench.start();
    bench.subscribe({{.topic_filter = "a"}});
    bench.unsubscribe({"a"});
    bench.subscribe({{.topic_filter = "a", .qos = qos2}});
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.event<seen::Connected>();
    EXPECT_EQ(bench.take(PacketType::subscribe).filters.at(0).qos, qos0);
    bench.take(PacketType::unsubscribe);
    EXPECT_EQ(bench.take(PacketType::subscribe).filters.at(0).qos, qos2);
}

TEST(Subscribe, ALateSubackDoesNotBringBackWhatWasUnsubscribed) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.subscribe({{.topic_filter = "a"}});
    bench.unsubscribe({"a"});
    bench.forget();
    bench.send({suback(1, {ReasonCode::success}), unsuback(2, {ReasonCode::success})}).forget();
    bench.lose();
    bench.reconnect(connack());
    bench.expect_silence();
}

TEST(Subscribe, RefusesBadArguments) {
    Bench bench;
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "a"}}), Errc::not_started);
    EXPECT_EQ(bench.try_unsubscribe({"a"}), Errc::not_started);
    bench.connect();
    EXPECT_EQ(bench.try_subscribe({}), Errc::invalid_argument);    // [MQTT-3.8.3-2]
    EXPECT_EQ(bench.try_unsubscribe({}), Errc::invalid_argument);  // [MQTT-3.10.3-2]
    for (const auto* filter : {"", "a#", "a/#/b", "+a", "$share/g", "$share//a", "$share/+/a"}) {
        EXPECT_EQ(bench.try_subscribe({{.topic_filter = "ok"}, {.topic_filter = filter}}), Errc::invalid_topic)
            << filter;
        EXPECT_EQ(bench.try_unsubscribe({filter}), Errc::invalid_topic) << filter;
    }
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "a", .qos = static_cast<Qos>(3)}}), Errc::invalid_argument);
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "a", .retain_handling = static_cast<RetainHandling>(3)}}),
              Errc::invalid_argument);
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "$share/g/a", .no_local = true}}),
              Errc::invalid_argument);  // [MQTT-3.8.3-4]
    const PropertyWriter wrong = PropertyWriter{}.integer(PropertyId::receive_maximum, 1);
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "a"}}, wrong.bytes()), Errc::invalid_property);
    EXPECT_EQ(bench.try_unsubscribe({"a"}, wrong.bytes()), Errc::invalid_property);
    const PropertyWriter zero = PropertyWriter{}.integer(PropertyId::subscription_identifier, 0);
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "a"}}, zero.bytes()), Errc::invalid_property);
    bench.expect_silence().expect_no_event();
}

TEST(Subscribe, KeepsWithinTheBrokersOffer) {
    Bench bench;
    bench.connect(connack()
                      .with(PropertyId::wildcard_subscription_available, 0u)
                      .with(PropertyId::subscription_identifier_available, 0u)
                      .with(PropertyId::shared_subscription_available, 0u));
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "a/#"}}), Errc::not_supported);
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "+"}}), Errc::not_supported);
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "$share/g/a"}}), Errc::not_supported);
    const PropertyWriter identifier = PropertyWriter{}.integer(PropertyId::subscription_identifier, 1);
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "a"}}, identifier.bytes()), Errc::not_supported);
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "a"}}), Errc::none);
    bench.expect(subscribe(1, {{.filter = "a"}}));
}

TEST(Subscribe, ANumberOfCodesThatDoesNotFitIsAProtocolError) {  // [MQTT-3.8.4-6] [MQTT-3.11.3-1]
    for (const Packet& wrong : {suback(1, {ReasonCode::success}),
                                suback(1, {ReasonCode::success, ReasonCode::success, ReasonCode::success})}) {
        Bench bench;
        bench.connect();
        bench.subscribe({{.topic_filter = "a"}, {.topic_filter = "b"}});
        bench.take(PacketType::subscribe);
        bench.send(wrong).expect(disconnect(ReasonCode::protocol_error)).expect_hang_up();
        EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
    }
    Bench bench;
    bench.connect();
    bench.unsubscribe({"a", "b"});
    bench.take(PacketType::unsubscribe);
    bench.send(unsuback(1, {ReasonCode::success})).expect(disconnect(ReasonCode::protocol_error)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
}

TEST(Subscribe, AnAnswerOfTheWrongKindIsAProtocolError) {
    for (const Packet& wrong : {unsuback(1, {ReasonCode::success}), puback(1), pubrec(1)}) {
        SCOPED_TRACE(wrong);
        Bench bench;
        bench.connect();
        bench.subscribe({{.topic_filter = "a"}});
        bench.take(PacketType::subscribe);
        bench.send(wrong).expect(disconnect(ReasonCode::protocol_error)).expect_hang_up();
        EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
    }
    Bench bench;
    bench.connect();
    bench.publish("a", "x", qos1);
    bench.take(PacketType::publish);
    bench.send(suback(1, {ReasonCode::success})).expect(disconnect(ReasonCode::protocol_error)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
}

TEST(Subscribe, AnAnswerToNothingIsIgnored) {
    Bench bench;
    bench.connect();
    bench.send(suback(5, {ReasonCode::success})).send(unsuback(6, {ReasonCode::success})).expect_no_event();
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(Subscribe, ManySubscriptionsAreRenewedInPacketsThatFit) {
    Bench bench{lasting_options()};
    bench.connect();
    for (int i = 0; i < 100; ++i) bench.subscribed("topic/number/" + std::to_string(i));
    const PropertyWriter identifier = PropertyWriter{}.integer(PropertyId::subscription_identifier, 5);
    bench.subscribe({{.topic_filter = "identified"}}, identifier.bytes());
    bench.send(suback(bench.take(PacketType::subscribe).id, {ReasonCode::success})).event<seen::Completed>();
    bench.lose();
    bench.reconnect(connack().with(PropertyId::maximum_packet_size, 200));
    std::size_t filters = 0;
    std::size_t packets = 0;
    for (; bench.packets_waiting() > 0; ++packets) {
        const Packet packet = bench.take(PacketType::subscribe);
        filters += packet.filters.size();
        const bool identified = packet.integer(PropertyId::subscription_identifier) == 5u;
        EXPECT_EQ(identified, packet.filters.at(0).filter == "identified");
        std::size_t size = 2 + 2 + 1 + packet.properties.size();
        for (const Filter& filter : packet.filters) size += 3 + filter.filter.size();
        EXPECT_LE(size, 200u);
    }
    EXPECT_EQ(filters, 101u);
    EXPECT_GT(packets, 10u);
}

}  // namespace
}  // namespace wsmq::test
