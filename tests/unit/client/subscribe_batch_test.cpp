// How many filters go into one packet: ConnectOptions::subscribe_batch.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

std::vector<std::string> many_filters(int count) {
    std::vector<std::string> filters;
    for (int i = 0; i < count; ++i) filters.push_back("topic/" + std::to_string(100 + i));
    return filters;
}

OperationId subscribe_to(Bench& bench, const std::vector<std::string>& filters) {
    std::vector<Subscription> subscriptions;
    for (const auto& filter : filters) subscriptions.push_back({.topic_filter = filter, .qos = qos1});
    const auto result = bench.client().subscribe(subscriptions, {}, bench.now());
    EXPECT_TRUE(result) << result.error();
    bench.settle();
    return *result;
}

OperationId unsubscribe_from(Bench& bench, const std::vector<std::string>& filters) {
    const std::vector<std::string_view> views(filters.begin(), filters.end());
    const auto result = bench.client().unsubscribe(views, {}, bench.now());
    EXPECT_TRUE(result) << result.error();
    bench.settle();
    return *result;
}

std::vector<Packet> taken(Bench& bench, PacketType type) {
    std::vector<Packet> packets;
    while (bench.packets_waiting() > 0) packets.push_back(bench.take(type));
    return packets;
}

std::vector<std::size_t> sizes(const std::vector<Packet>& packets) {
    std::vector<std::size_t> out;
    for (const auto& packet : packets) out.push_back(packet.filters.size());
    return out;
}

std::vector<std::string> filters_in(const std::vector<Packet>& packets) {
    std::vector<std::string> out;
    for (const auto& packet : packets) {
        for (const auto& filter : packet.filters) out.push_back(filter.filter);
    }
    return out;
}

Packet grant(const Packet& packet) {
    return suback(packet.id, std::vector<ReasonCode>(packet.filters.size(), ReasonCode::granted_qos_1));
}

TEST(SubscribeBatch, RenewalsTakeEightFiltersAPacket) {
    Bench bench;
    bench.connect();
    for (const auto& filter : many_filters(20)) bench.subscribed(filter);
    bench.lose();
    bench.reconnect(connack());
    const auto packets = taken(bench, PacketType::subscribe);
    EXPECT_EQ(sizes(packets), (std::vector<std::size_t>{8, 8, 4}));
    EXPECT_EQ(filters_in(packets), many_filters(20));
    for (const auto& packet : packets) bench.send(grant(packet));
    bench.expect_no_event().expect_silence();
}

TEST(SubscribeBatch, ManyFiltersOfOneCallTakeSeveralPacketsAndEndOnce) {
    Bench bench;
    bench.connect();
    const auto id = subscribe_to(bench, many_filters(20));
    const auto packets = taken(bench, PacketType::subscribe);
    EXPECT_EQ(sizes(packets), (std::vector<std::size_t>{8, 8, 4}));
    EXPECT_EQ(filters_in(packets), many_filters(20));
    bench.send(grant(packets[1])).send(grant(packets[0])).expect_no_event();
    Packet last = grant(packets[2]);
    last.reason_codes[1] = ReasonCode::not_authorized;
    last = last.with(PropertyId::reason_string, "not you");
    std::vector<ReasonCode> codes(20, ReasonCode::granted_qos_1);
    codes[17] = ReasonCode::not_authorized;
    bench.send(last).expect_event(seen::Completed{
        .id = id, .reason = ReasonCode::not_authorized, .reason_codes = codes, .properties = last.properties});
    bench.lose();
    bench.reconnect(connack());
    EXPECT_EQ(filters_in(taken(bench, PacketType::subscribe)).size(), 19u) << "what was refused is not renewed";
}

TEST(SubscribeBatch, ManyFiltersAreLeftInSeveralPackets) {
    for (const Version version : {Version::v3_1_1, Version::v5}) {
        Bench bench{plain_options(version)};
        bench.connect();
        const auto id = unsubscribe_from(bench, many_filters(9));
        const auto packets = taken(bench, PacketType::unsubscribe);
        ASSERT_EQ(sizes(packets), (std::vector<std::size_t>{8, 1}));
        std::vector<ReasonCode> codes;
        if (version == Version::v5) codes.assign(9, ReasonCode::no_subscription_existed);
        for (const auto& packet : packets) {
            bench.expect_no_event();
            bench.send(unsuback(
                packet.id, version == Version::v5
                               ? std::vector<ReasonCode>(packet.filters.size(), ReasonCode::no_subscription_existed)
                               : std::vector<ReasonCode>{}));
        }
        const auto reason = version == Version::v5 ? ReasonCode::no_subscription_existed : ReasonCode::success;
        bench.expect_event(seen::Completed{.id = id, .reason = reason, .reason_codes = codes});
    }
}

TEST(SubscribeBatch, TheOptionTakesMore) {
    ConnectOptions options = plain_options();
    options.subscribe_batch = 50;
    Bench bench{options};
    bench.connect();
    subscribe_to(bench, many_filters(50));
    EXPECT_EQ(sizes(taken(bench, PacketType::subscribe)), (std::vector<std::size_t>{50}));
    subscribe_to(bench, many_filters(51));
    EXPECT_EQ(sizes(taken(bench, PacketType::subscribe)), (std::vector<std::size_t>{50, 1}));
    options.subscribe_batch = 0;
    EXPECT_EQ(Client{options}.start(bench.now()), Errc::invalid_argument);
}

TEST(SubscribeBatch, WhatWasNotAnsweredIsSentAgain) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = subscribe_to(bench, many_filters(10));
    const auto packets = taken(bench, PacketType::subscribe);
    bench.send(grant(packets[0])).expect_no_event();
    bench.lose();
    bench.reconnect(connack().with_session());
    const auto again = taken(bench, PacketType::subscribe);
    EXPECT_EQ(filters_in(again), filters_in({packets[1]}));
    bench.send(grant(again.at(0)));
    bench.expect_event(seen::Completed{.id = id,
                                       .reason = ReasonCode::granted_qos_1,
                                       .reason_codes = std::vector<ReasonCode>(10, ReasonCode::granted_qos_1)});
}

TEST(SubscribeBatch, IsCancelledAsAWhole) {
    Bench bench;
    bench.connect();
    const auto id = subscribe_to(bench, many_filters(20));
    const auto packets = taken(bench, PacketType::subscribe);
    bench.send(grant(packets[1]));
    bench.cancel(id);
    bench.expect_event(seen::Failed{.id = id, .error = Errc::cancelled});
    bench.send(grant(packets[0])).send(grant(packets[2])).expect_no_event();
}

TEST(SubscribeBatch, IsStoppedOnce) {
    Bench bench;
    bench.connect();
    const auto first = subscribe_to(bench, many_filters(20));
    const auto second = unsubscribe_from(bench, many_filters(20));
    bench.forget();
    bench.stop();
    bench.event<seen::Disconnected>();
    bench.expect_event(seen::Failed{.id = first, .error = Errc::stopped});
    bench.expect_event(seen::Failed{.id = second, .error = Errc::stopped}).expect_no_event().forget();
}

TEST(SubscribeBatch, IsRefusedAsAWholeWhereAPartIsTooLarge) {
    Bench bench;
    bench.connect(connack().with(PropertyId::maximum_packet_size, 200));
    auto filters = many_filters(20);
    filters[10] = std::string(190, 'x');
    std::vector<Subscription> subscriptions;
    for (const auto& filter : filters) subscriptions.push_back({.topic_filter = filter});
    EXPECT_EQ(bench.client().subscribe(subscriptions, {}, bench.now()).error(), Errc::packet_too_large);
    bench.settle();
    bench.expect_silence().expect_no_event();
}

TEST(SubscribeBatch, FailsAsAWholeWhereAPartBecomesTooLarge) {
    Bench bench;
    bench.start();
    auto filters = many_filters(20);
    filters[10] = std::string(190, 'x');
    const auto id = subscribe_to(bench, filters);
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack().with(PropertyId::maximum_packet_size, 200));
    bench.event<seen::Connected>();
    bench.expect_event(seen::Failed{.id = id, .error = Errc::packet_too_large});
    const auto packets = taken(bench, PacketType::subscribe);
    for (const auto& packet : packets) bench.send(grant(packet));
    bench.expect_no_event();
}

}  // namespace
}  // namespace wsmq::test
