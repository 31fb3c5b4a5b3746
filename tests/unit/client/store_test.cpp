// A session that outlives the client object (MQTT 5.0, 4.1).
#include <set>
#include <tuple>

#include "support/bench.hpp"

namespace wsmq::test {
namespace {

ConnectOptions stored(Store& store, Version version = Version::v5) {
    ConnectOptions options = lasting_options(version);
    options.store = &store;
    return options;
}

/// Refuses everything, as a full disk does.
struct FullStore final : Store {
    bool put(StoreKey, Bytes) override { return false; }
    void erase(StoreKey) override {}
    void clear() override {}
    void for_each(Visitor&) const override {}
};

/// Holds what somebody else wrote there.
struct ForeignStore final : Store {
    std::vector<std::pair<StoreKey, Block>> records;
    bool put(StoreKey, Bytes) override { return true; }
    void erase(StoreKey) override {}
    void clear() override {}
    void for_each(Visitor& visitor) const override {
        for (const auto& [key, record] : records) visitor.visit(key, record);
    }
};

TEST(StoreTest, IsEmptyWhenEverythingIsFinished) {
    MemoryStore store;
    Bench bench{stored(store)};
    bench.connect();
    const auto first = bench.publish("a", "1", qos1);
    const auto second = bench.publish("a", "2", qos2);
    bench.publish("a", "0");
    bench.forget();
    EXPECT_EQ(store.size(), 2u);
    bench.send({puback(1), pubrec(2)}).expect(pubrel(2));
    EXPECT_EQ(store.size(), 1u);
    bench.send(pubcomp(2));
    EXPECT_EQ(store.size(), 0u);
    bench.expect_event(seen::Completed{.id = first}).expect_event(seen::Completed{.id = second});
    bench.send(publish("a", "x").at(qos2, 7)).expect(pubrec(7));
    EXPECT_EQ(store.size(), 1u);
    bench.send(pubrel(7)).expect(pubcomp(7));
    EXPECT_EQ(store.size(), 0u);
    bench.event<seen::Message>();
}

TEST(StoreTest, ANewClientGoesOnWhereTheOldOneWas) {
    MemoryStore store;
    {
        Bench bench{stored(store)};
        bench.connect(connack().with(PropertyId::receive_maximum, 3));
        for (int i = 1; i <= 5; ++i) bench.publish("a", std::to_string(i), i == 2 ? qos2 : qos1);
        bench.forget();
        bench.send(pubrec(2)).expect(pubrel(2));
        bench.send(publish("in", "x").at(qos2, 77)).forget();
    }
    Bench bench{stored(store)};
    EXPECT_EQ(bench.client().unfinished_messages(), 5u);
    bench.connect(connack().with_session());
    bench.expect(pubrel(2));
    bench.expect(publish("a", "1").at(qos1, 1).again()).expect(publish("a", "3").at(qos1, 3).again());
    const Packet fourth = bench.take(PacketType::publish);
    const Packet fifth = bench.take(PacketType::publish);
    EXPECT_EQ(fourth.payload, "4");
    EXPECT_EQ(fifth.payload, "5");
    EXPECT_FALSE(fourth.duplicate || fifth.duplicate);
    EXPECT_EQ((std::set{std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{3}, fourth.id, fifth.id}.size()), 5u);
    bench.send({pubcomp(2), puback(1), puback(3), puback(fourth.id), puback(fifth.id)});
    bench.expect_no_event();
    // The message that was delivered before is known.
    bench.send(publish("in", "x").at(qos2, 77).again()).expect(pubrec(77)).expect_no_event();
    bench.send(pubrel(77)).expect(pubcomp(77));
    EXPECT_EQ(store.size(), 0u);
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    EXPECT_EQ(bench.client().unfinished_bytes(), 0u);
}

TEST(StoreTest, ANewClientWhoseSessionIsLostSendsEverythingAsNew) {
    MemoryStore store;
    {
        Bench bench{stored(store)};
        bench.connect();
        bench.publish("a", "1", qos1);
        bench.publish("a", "2", qos2);
        bench.forget();
        bench.send(pubrec(2)).forget();
    }
    Bench bench{stored(store)};
    bench.connect();
    const Packet packet = bench.take(PacketType::publish);
    EXPECT_EQ(packet.payload, "1");
    EXPECT_FALSE(packet.duplicate);
    bench.expect_silence();
    bench.send(puback(packet.id)).forget();
    EXPECT_EQ(store.size(), 0u);
}

TEST(StoreTest, MessagesThatWaitedOfflineAreThere) {
    MemoryStore store;
    {
        Bench bench{stored(store)};
        bench.start();
        bench.publish(
            "a", "1",
            {.qos = qos1, .encoded_properties = PropertyWriter{}.text(PropertyId::content_type, "t").bytes()});
        bench.publish("a", "gone", qos0);
    }
    Bench bench{stored(store)};
    EXPECT_EQ(bench.client().unfinished_messages(), 1u);
    bench.connect(connack().with_session());
    bench.expect(publish("a", "1").at(qos1, 1).with(PropertyId::content_type, "t"));
    bench.send(puback(1)).forget();
}

TEST(StoreTest, NewMessagesFollowTheOldOnes) {
    MemoryStore store;
    {
        Bench bench{stored(store)};
        bench.start();
        bench.publish("a", "old", qos1);
    }
    {
        Bench bench{stored(store)};
        bench.start();
        bench.publish("a", "new", qos1);
    }
    Bench bench{stored(store)};
    bench.connect(connack().with_session());
    EXPECT_EQ(bench.take(PacketType::publish).payload, "old");
    EXPECT_EQ(bench.take(PacketType::publish).payload, "new");
    bench.forget();
}

TEST(StoreTest, StoppingASessionThatEndsEmptiesIt) {
    MemoryStore store;
    ConnectOptions options = plain_options();
    options.store = &store;
    Bench bench{options};
    bench.connect();
    bench.publish("a", "1", qos1);
    bench.publish("a", "2", qos2);
    bench.send({pubrec(2), publish("a", "x").at(qos2, 7)}).forget();
    bench.stop();
    bench.forget();
    EXPECT_EQ(store.size(), 0u);
}

TEST(StoreTest, ACleanStartForgetsTheOldSession) {  // [MQTT-3.1.2-4]
    MemoryStore store;
    {
        Bench bench{stored(store)};
        bench.connect();
        bench.send(publish("a", "x").at(qos2, 7)).forget();
        bench.publish("a", "old", qos2);
        bench.send(pubrec(1)).forget();
    }
    ConnectOptions options = stored(store);
    options.clean_start = true;
    Bench bench{options};
    bench.connect();
    bench.expect_silence();
    EXPECT_EQ(store.size(), 0u);
    bench.send(publish("a", "new").at(qos2, 7)).expect(pubrec(7));
    EXPECT_EQ(bench.event<seen::Message>().payload, "new");
}

TEST(StoreTest, OneThatIsFullDoesNotStopDelivery) {
    FullStore store;
    Bench bench{stored(store)};
    bench.connect();
    const auto id = bench.publish("a", "x", qos2);
    bench.take(PacketType::publish);
    bench.lose();
    bench.reconnect(connack().with_session());
    bench.expect(publish("a", "x").at(qos2, 1).again()).reply(pubrec(1)).expect(pubrel(1)).reply(pubcomp(1));
    bench.expect_event(seen::Completed{.id = id});
}

TEST(StoreTest, RecordsThatMakeNoSenseArePassedOver) {
    ForeignStore store;
    std::uint64_t number = 1;
    const auto add = [&](Block record) {
        store.records.push_back({{StoreKind::outgoing, number++}, std::move(record)});
    };
    add({});
    add({1, 5, 0});
    add({2, 5, 0, 0, 1, 0x32, 6, 0, 1, 'a', 0, 1, 0});         // another format
    add({1, 6, 0, 0, 1, 0x32, 6, 0, 1, 'a', 0, 1, 0});         // another version
    add({1, 5, 0, 0, 1, 0x32, 7, 0, 1, 'a', 0, 1, 0});         // a packet cut short
    add({1, 5, 0, 0, 1, 0x32, 6, 0, 1, 'a', 0, 1, 0, 0});      // one too long
    add({1, 5, 0, 0, 1, 0x30, 4, 0, 1, 'a', 0});               // QoS 0
    add({1, 5, 0, 0, 1, 0x82, 6, 0, 1, 0, 1, 'a', 0});         // a SUBSCRIBE
    add({1, 5, 0, 0, 1, 0x32, 6, 0, 1, '#', 0, 1, 0});         // no topic name
    add({1, 5, 0, 0, 1, 0x32, 8, 0, 0, 0, 1, 3, 0x23, 0, 1});  // an alias instead of a topic
    add({1, 5, 3, 0, 0});                                      // released, without an identifier
    store.records.push_back({{StoreKind::received, 0}, {}});
    store.records.push_back({{StoreKind::received, 70'000}, {}});
    store.records.push_back({{StoreKind::received, 5}, {}});
    store.records.push_back({{StoreKind::received, 5}, {}});
    store.records.push_back({{static_cast<StoreKind>(9), 1}, {1, 2, 3}});
    Bench bench{stored(store)};
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    bench.connect(connack().with_session());
    bench.expect_silence();
    bench.send(publish("a", "x").at(qos2, 5).again()).expect(pubrec(5)).expect_no_event();
}

TEST(StoreTest, TwoRecordsWithOneIdentifierAreBothSent) {
    ForeignStore store;
    const Block record{1, 5, 1, 0, 9, 0x32, 7, 0, 1, 'a', 0, 9, 0, 'x'};
    store.records = {
        {{StoreKind::outgoing, 4}, record}, {{StoreKind::outgoing, 5}, record}, {{StoreKind::outgoing, 5}, record}};
    Bench bench{stored(store)};
    bench.connect(connack().with_session());
    const Packet one = bench.take(PacketType::publish);
    const Packet two = bench.take(PacketType::publish);
    EXPECT_EQ(one.id, 9);
    EXPECT_NE(two.id, 9);
    bench.expect_silence();
}

TEST(StoreTest, AnotherProtocolVersionEncodesItsMessagesAnew) {
    for (const auto& [before, after] :
         {std::pair{Version::v5, Version::v3_1_1}, std::pair{Version::v3_1_1, Version::v5}}) {
        MemoryStore store;
        {
            Bench bench{stored(store, before)};
            bench.connect();
            const PropertyWriter properties = PropertyWriter{}.text(PropertyId::content_type, "t");
            bench.publish("a", "1", {.qos = qos1, .retain = true, .encoded_properties = properties.bytes()});
            bench.forget();
        }
        Bench bench{stored(store, after)};
        bench.connect(connack().with_session());
        bench.expect(publish("a", "1").at(qos1, 1).retained().again());
        bench.send(puback(1)).expect_no_event();
        EXPECT_EQ(store.size(), 0u);
    }
}

/// Writes later, as a browser's does.
struct LateStore final : Store {
    MemoryStore records;
    bool behind = false;
    std::uint64_t behind_with = 0;  ///< with this record alone
    std::vector<std::tuple<std::uint64_t, Errc, ReasonCode>> ends;
    bool put(StoreKey key, Bytes record) override { return records.put(key, record); }
    void erase(StoreKey key) override { records.erase(key); }
    void clear() override { records.clear(); }
    void for_each(Visitor& visitor) const override { records.for_each(visitor); }
    void finished(StoreKey key, Errc error, ReasonCode reason) override {
        ends.emplace_back(key.number, error, reason);
    }
    [[nodiscard]] bool is_behind(StoreKey key) const noexcept override { return behind || key.number == behind_with; }
};

TEST(StoreTest, AQos2MessageIsSentWhenItIsStored) {
    LateStore store;
    store.behind = true;
    Bench bench{stored(store)};
    bench.connect();
    bench.publish("a", "1", qos2);
    bench.publish("a", "2", qos1);
    bench.publish("a", "3", qos2);
    bench.expect(publish("a", "2").at(qos1, 2)).expect_silence();
    store.behind = false;
    store.behind_with = 3;
    bench.client().handle_stored(bench.now());
    bench.settle();
    bench.expect(publish("a", "1").at(qos2, 1)).expect_silence();
    bench.lose();
    store.behind_with = 0;
    bench.client().handle_stored(bench.now());
    bench.reconnect(connack().with_session());
    for (const auto* payload : {"1", "2", "3"}) EXPECT_EQ(bench.take(PacketType::publish).payload, payload);
    bench.expect_silence();
}

TEST(StoreTest, APubrelWaitsUntilTheReleaseIsStored) {
    LateStore store;
    Bench bench{stored(store)};
    bench.connect();
    bench.publish("a", "1", qos2);
    bench.take(PacketType::publish);
    store.behind = true;
    bench.send(pubrec(1)).expect_silence();
    bench.client().handle_stored(bench.now());  // of something else
    bench.settle();
    bench.expect_silence();
    store.behind = false;
    bench.client().handle_stored(bench.now());
    bench.settle();
    bench.expect(pubrel(1));
    bench.client().handle_stored(bench.now());
    bench.settle();
    bench.expect_silence();
}

TEST(StoreTest, APubrelDoesNotOvertakeOneThatWaits) {
    LateStore store;
    Bench bench{stored(store)};
    bench.connect();
    bench.publish("a", "1", qos2);
    bench.publish("a", "2", qos2);
    bench.forget();
    store.behind = true;
    bench.send(pubrec(1)).expect_silence();
    store.behind = false;
    store.behind_with = 1;
    bench.send(pubrec(2)).expect_silence();
    store.behind_with = 0;
    bench.client().handle_stored(bench.now());
    bench.settle();
    bench.expect(pubrel(1)).expect(pubrel(2));
}

TEST(StoreTest, APubrelThatWaitsIsNotSentByAReconnectionEither) {
    LateStore store;
    Bench bench{stored(store)};
    bench.connect();
    bench.publish("a", "1", qos2);
    bench.take(PacketType::publish);
    store.behind = true;
    bench.send(pubrec(1)).expect_silence();
    bench.lose();
    bench.client().handle_stored(bench.now());
    bench.settle();
    bench.reconnect(connack().with_session());
    bench.expect_silence();
    store.behind = false;
    bench.client().handle_stored(bench.now());
    bench.settle();
    bench.expect(pubrel(1));
}

TEST(StoreTest, ItIsToldHowAMessageEnded) {
    LateStore store;
    Bench bench{stored(store)};
    bench.connect();
    for (const auto* payload : {"1", "2", "3"}) bench.publish("a", payload, qos1);
    bench.forget();
    bench.send({puback(1), puback(2, ReasonCode::not_authorized)});
    bench.event<seen::Completed>();
    bench.event<seen::Completed>();
    using End = std::tuple<std::uint64_t, Errc, ReasonCode>;
    EXPECT_EQ(store.ends,
              (std::vector<End>{{1, Errc::none, ReasonCode::success}, {2, Errc::none, ReasonCode::not_authorized}}));
}

}  // namespace
}  // namespace wsmq::test
