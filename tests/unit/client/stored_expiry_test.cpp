// A message that is restored from a store goes on expiring (MQTT 5.0, 3.3.2.3.3): while it waits for a connection, and
// over the time between two processes, which the store knows.
#include <gmock/gmock.h>

#include "support/bench.hpp"

namespace wsmq::test {
namespace {

constexpr auto interval = PropertyId::message_expiry_interval;

/// A store that outlives its process: its records have an age.
class AgedStore final : public Store {
public:
    bool put(StoreKey key, Bytes record) override {
        ages_.erase(key);
        return records_.put(key, record);
    }
    void erase(StoreKey key) override { records_.erase(key); }
    void finished(StoreKey key, Errc error, ReasonCode) override { ends.emplace_back(key.number, error); }
    void clear() override { records_.clear(); }
    void for_each(Visitor& visitor) const override {
        struct Aging final : Visitor {
            const std::map<StoreKey, Duration>& ages;
            Visitor& to;
            Aging(const std::map<StoreKey, Duration>& of, Visitor& next) : ages{of}, to{next} {}
            void visit(StoreKey key, Bytes record, Duration) override {
                const auto found = ages.find(key);
                to.visit(key, record, found == ages.end() ? Duration{} : found->second);
            }
        } aging{ages_, visitor};
        records_.for_each(aging);
    }
    [[nodiscard]] std::size_t size() const { return records_.size(); }
    void pass(Duration time) {
        struct Add final : Visitor {
            std::map<StoreKey, Duration>& ages;
            Duration time;
            Add(std::map<StoreKey, Duration>& of, Duration by) : ages{of}, time{by} {}
            void visit(StoreKey key, Bytes, Duration) override { ages[key] += time; }
        } add{ages_, time};
        records_.for_each(add);
    }

    std::vector<std::pair<std::uint64_t, Errc>> ends;

private:
    MemoryStore records_;
    std::map<StoreKey, Duration> ages_;
};

ConnectOptions stored(Store& store, Version version = Version::v5) {
    ConnectOptions options = lasting_options(version);
    options.store = &store;
    options.connect_timeout = 24h;
    return options;
}

void publish_expiring(Bench& bench, Qos qos, std::uint32_t seconds) {
    PropertyWriter writer;
    writer.integer(interval, seconds);
    const Block properties = block_of(writer.bytes());
    bench.publish("a", "1", {.qos = qos, .encoded_properties = properties});
}

/// A process that accepts the message without a connection, and ends.
void leave_behind(Store& store, Qos qos, std::uint32_t seconds) {
    Bench bench{stored(store)};
    bench.start();
    publish_expiring(bench, qos, seconds);
    bench.forget();
}

/// A process that sends it, and ends before there is an answer.
void leave_unanswered(Store& store, Qos qos, std::uint32_t seconds) {
    Bench bench{stored(store)};
    bench.connect();
    publish_expiring(bench, qos, seconds);
    bench.forget();
}

void connect_now(Bench& bench, const Packet& answer = connack()) {
    bench.await_attempt().open();
    bench.take(PacketType::connect);
    bench.send(answer);
}

class StoredExpiry : public testing::TestWithParam<Qos> {};
INSTANTIATE_TEST_SUITE_P(Qos, StoredExpiry, testing::Values(qos1, qos2));

TEST_P(StoredExpiry, CountsTheWaitForAConnection) {
    AgedStore store;
    leave_behind(store, GetParam(), 60);
    Bench bench{stored(store)};
    bench.start();
    bench.pass(20s);
    connect_now(bench);
    EXPECT_EQ(bench.take(PacketType::publish).integer(interval), 40u);
    bench.forget();
}

TEST_P(StoredExpiry, CountsTheTimeBetweenTwoProcesses) {
    AgedStore store;
    leave_behind(store, GetParam(), 60);
    store.pass(30s);
    Bench bench{stored(store)};
    bench.start();
    bench.pass(10s);
    connect_now(bench);
    EXPECT_EQ(bench.take(PacketType::publish).integer(interval), 20u);
    bench.forget();
}

TEST_P(StoredExpiry, EndsTheMessageThoughThereIsNoConnection) {
    AgedStore store;
    leave_behind(store, GetParam(), 60);
    Bench bench{stored(store)};
    bench.start();
    bench.advance(59s);
    EXPECT_EQ(store.size(), 1u);
    bench.advance(2s);
    EXPECT_THAT(store.ends, testing::ElementsAre(std::pair{std::uint64_t{1}, Errc::expired}));
    EXPECT_EQ(store.size(), 0u);
    bench.forget();
}

TEST_P(StoredExpiry, EndsWhatExpiredBetweenTwoProcesses) {
    AgedStore store;
    leave_behind(store, GetParam(), 60);
    store.pass(1h);
    Bench bench{stored(store)};
    bench.start();
    connect_now(bench);
    bench.event<seen::Connected>();
    bench.expect_silence();
    EXPECT_THAT(store.ends, testing::ElementsAre(std::pair{std::uint64_t{1}, Errc::expired}));
    bench.forget();
}

TEST_P(StoredExpiry, IsOfTheMessageWithWhatWasLeftWhenTheSessionWasLost) {
    AgedStore store;
    {
        Bench bench{stored(store)};
        bench.connect();
        bench.publish("a", "0", {.qos = GetParam()});
        publish_expiring(bench, GetParam(), 60);
        bench.forget();
        bench.lose();
        bench.pass(20s);
        // To this broker both are new, and it takes one at a time.
        connect_now(bench, connack().with(PropertyId::receive_maximum, 1));
        bench.forget();
    }
    Bench bench{stored(store)};
    bench.start();
    connect_now(bench);
    EXPECT_EQ(bench.take(PacketType::publish).payload, "0");
    EXPECT_EQ(bench.take(PacketType::publish).integer(interval), 40u);
    bench.forget();
}

TEST(StoredExpiryAgain, EndsAMessageOfQos1ThatWasNotAcknowledged) {
    AgedStore store;
    leave_unanswered(store, qos1, 60);
    Bench bench{stored(store)};
    bench.start();
    bench.advance(61s);
    EXPECT_THAT(store.ends, testing::ElementsAre(std::pair{std::uint64_t{1}, Errc::expired}));
    bench.forget();
}

TEST(StoredExpiryAgain, LeavesOneOfQos2ASecondAsTheBrokerMayHaveIt) {
    AgedStore store;
    leave_unanswered(store, qos2, 60);
    store.pass(1h);
    Bench bench{stored(store)};
    bench.start();
    bench.advance(1h);
    EXPECT_EQ(store.size(), 1u);
    connect_now(bench, connack().with_session());
    EXPECT_EQ(bench.take(PacketType::publish).integer(interval), 1u);
    bench.forget();
}

TEST(StoredExpiryAgain, CountsFromTheFirstStartAlone) {
    AgedStore store;
    leave_behind(store, qos1, 60);
    Bench bench{stored(store)};
    bench.start();
    bench.advance(20s).forget();
    bench.client().stop(bench.now());
    bench.forget();
    bench.pass(10s);
    bench.start();
    connect_now(bench);
    EXPECT_EQ(bench.take(PacketType::publish).integer(interval), 30u);
    bench.forget();
}

TEST(StoredExpiryAgain, IsNotForMessagesWithoutAnIntervalNorBelowMqtt5) {
    for (const Version version : {Version::v5, Version::v3_1_1}) {
        AgedStore store;
        {
            Bench bench{stored(store, version)};
            bench.start();
            bench.publish("a", "1", {.qos = qos2});
            bench.forget();
        }
        store.pass(1'000h);
        Bench bench{stored(store, version)};
        bench.start();
        bench.advance(100h).forget();
        EXPECT_EQ(store.size(), 1u);
    }
}

TEST(StoredTopic, IsThatOfTheMessageUntilItIsReleased) {
    struct Topics final : Store::Visitor {
        std::vector<std::string> found;
        void visit(StoreKey, Bytes record, Duration) override { found.emplace_back(stored_topic(record)); }
    };
    MemoryStore store;
    Bench bench{stored(store)};
    bench.connect();
    bench.publish("a/b", "1", qos1);
    bench.publish("c", "2", qos2);
    bench.forget().send(pubrec(2)).forget();
    Topics topics;
    store.for_each(topics);
    EXPECT_THAT(topics.found, testing::ElementsAre("a/b", ""));
    EXPECT_EQ(stored_topic({}), "");
    const Block damaged{1, 5, 0, 0, 1, 0x32, 0xFF, 0xFF};
    EXPECT_EQ(stored_topic(damaged), "");
}

}  // namespace
}  // namespace wsmq::test
