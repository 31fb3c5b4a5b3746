// A payload that is written where it is to stand.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

/// Prepares, writes and commits; expects that it is accepted.
OperationId put(Bench& bench, std::string_view topic, std::string_view payload, const PublishOptions& options = {}) {
    auto prepared = bench.client().prepare_publish(topic, payload.size(), options, bench.now());
    EXPECT_TRUE(prepared);
    if (!prepared) return {};
    EXPECT_EQ(prepared->payload.size(), payload.size());
    std::ranges::copy(payload, prepared->payload.begin());
    bench.client().commit_publish(bench.now());
    bench.settle();
    return prepared->id;
}

TEST(PreparePublish, IsLikePublish) {
    Bench bench;
    bench.connect();
    put(bench, "a", "zero");
    bench.expect(publish("a", "zero"));
    const auto first = put(bench, "a", "one", {.qos = qos1, .retain = true});
    bench.expect(publish("a", "one").at(qos1, 1).retained())
        .reply(puback(1))
        .expect_event(seen::Completed{.id = first});
    const auto second = put(bench, "a", std::string(100'000, 'x'), {.qos = qos2});
    bench.expect(publish("a", std::string(100'000, 'x')).at(qos2, 2))
        .reply(pubrec(2))
        .expect(pubrel(2))
        .reply(pubcomp(2));
    bench.expect_event(seen::Completed{.id = second});
    put(bench, "a", "");
    bench.expect(publish("a", ""));
}

TEST(PreparePublish, WaitsLikePublish) {
    Bench bench;
    bench.start();
    const auto zero = put(bench, "a", "zero");
    put(bench, "a", "one", {.qos = qos1});
    EXPECT_EQ(bench.client().unfinished_messages(), 2u);
    bench.open();
    bench.take(PacketType::connect);
    bench.send(connack());
    bench.expect(publish("a", "zero")).expect(publish("a", "one").at(qos1, 1));
    bench.event<seen::Connected>();
    bench.expect_event(seen::Completed{.id = zero}).expect_event(seen::QueueDrained{});
}

TEST(PreparePublish, IsRefusedLikePublish) {
    Bench bench;
    const auto refused = [&bench](std::string_view topic, std::size_t size, const PublishOptions& options = {}) {
        return bench.client().prepare_publish(topic, size, options, bench.now()).error();
    };
    EXPECT_EQ(refused("a", 1), Errc::not_started);
    bench.connect(connack().with(PropertyId::maximum_packet_size, 100));
    EXPECT_EQ(refused("a/#", 1), Errc::invalid_topic);
    EXPECT_EQ(refused("a", 95), Errc::packet_too_large);
    EXPECT_EQ(refused("a", std::size_t{1} << 31), Errc::packet_too_large);
    EXPECT_EQ(refused("a", 1, {.encoded_properties = PropertyWriter{}.integer(PropertyId::topic_alias, 1).bytes()}),
              Errc::invalid_property);
    bench.expect_silence();
    put(bench, "a", std::string(94, 'x'));
    bench.expect(publish("a", std::string(94, 'x')));
}

TEST(PreparePublish, IsDroppedLikePublish) {
    ConnectOptions options = plain_options();
    options.queue_maximum_messages = 1;
    Bench bench{options};
    bench.start();
    put(bench, "a", "kept", {.qos = qos1});
    const auto dropped = put(bench, "a", "dropped", {.qos = qos1, .when_blocked = WhenBlocked::drop_newest});
    bench.expect_event(seen::Failed{dropped, Errc::queue_full});
    EXPECT_EQ(bench.client().prepare_publish("a", 1, {}, bench.now()).error(), Errc::queue_full);
    bench.connect();
    EXPECT_EQ(bench.take(PacketType::publish).payload, "kept");
    bench.expect_silence().forget();
}

TEST(PreparePublish, IsSentAgainAfterALoss) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = put(bench, "a", "x", {.qos = qos1});
    bench.take(PacketType::publish);
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect(publish("a", "x").at(qos1, 1).again()).reply(puback(1)).expect_event(seen::Completed{.id = id});
}

TEST(PreparePublish, CommitWithoutPrepareIsNothing) {
    Bench bench;
    bench.connect();
    bench.client().commit_publish(bench.now());
    bench.settle();
    put(bench, "a", "x");
    bench.client().commit_publish(bench.now());
    bench.settle();
    bench.expect(publish("a", "x")).expect_silence();
}

}  // namespace
}  // namespace wsmq::test
