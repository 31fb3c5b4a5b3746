// What a message costs in heap allocations, in the steady state.
#include "support/allocations.hpp"

#include "support/bench.hpp"

namespace wsmq::test {
namespace {

constexpr int messages = 10'000;
constexpr int warm_up = 300;

/// A connected client, and the output buffer of its driver.
class Allocations : public testing::Test {
protected:
    Allocations() { bench.connect(connack().with(PropertyId::topic_alias_maximum, 2)); }

    /// Allocations of so many runs, after some that nobody counts.
    template <class Body> [[nodiscard]] std::size_t count(Body body) {
        for (int i = 0; i < warm_up; ++i) body();
        const std::size_t before = allocations_so_far();
        for (int i = 0; i < messages; ++i) body();
        return allocations_so_far() - before;
    }

    void drain() {
        while (!std::holds_alternative<NeedInput>(client.next_event())) {
        }
        while (client.take_output(out)) {
        }
    }

    void receive(Bytes bytes) {
        client.receive(bytes, bench.now());
        drain();
    }

    /// The packet identifier of the PUBLISH in `out`, for an answer.
    [[nodiscard]] std::pair<std::uint8_t, std::uint8_t> published(Qos qos) {
        sent = client.publish("a/topic", payload, {.qos = qos}, bench.now()).has_value();
        (void)client.take_output(out);
        const std::size_t at = 4 + static_cast<std::size_t>(out[3]);
        return {out[at], out[at + 1]};
    }

    static ConnectOptions options() {
        ConnectOptions options = plain_options();
        options.outgoing_topic_alias_maximum = 16;
        return options;
    }

    Bench bench{options()};
    Client& client = bench.client();
    Block out;
    Block payload = Block(64, 'x');
    bool sent = false;
};

TEST_F(Allocations, APublishAtQos0CostsNone) {
    for (const std::string_view topic : {"aliased/topic", "another", "a topic without an alias"}) {
        EXPECT_EQ(count([&] {
                      sent = client.publish(topic, payload, {}, bench.now()).has_value();
                      drain();
                  }),
                  0u);
        EXPECT_TRUE(sent);
    }
}

TEST_F(Allocations, APreparedPublishAtQos0CostsNone) {
    EXPECT_EQ(count([&] {
                  sent = client.prepare_publish("a", 64, {}, bench.now()).has_value();
                  client.commit_publish(bench.now());
                  drain();
              }),
              0u);
}

TEST_F(Allocations, AMessageReceivedAtQos0CostsNone) {
    const Block plain = encode_from_broker(publish("a/topic", "0123456789"), Version::v5);
    EXPECT_EQ(count([&] { receive(plain); }), 0u);
    receive(encode_from_broker(publish("a/topic", "x").with_alias(1), Version::v5));
    const Block aliased = encode_from_broker(publish("", "x").with_alias(1), Version::v5);
    EXPECT_EQ(count([&] { receive(aliased); }), 0u);
}

TEST_F(Allocations, AMessageThatIsSplitCostsNone) {
    const Block whole = encode_from_broker(publish("a/topic", std::string(1000, 'x')), Version::v5);
    EXPECT_EQ(count([&] {
                  receive(Bytes{whole}.first(500));
                  receive(Bytes{whole}.subspan(500));
              }),
              0u);
}

TEST_F(Allocations, AMessageReceivedAtQos1Or2CostsAtMostOne) {
    const Block once = encode_from_broker(publish("a", "x").at(qos1, 5), Version::v5);
    EXPECT_LE(count([&] { receive(once); }), std::size_t{messages});
    const Block exactly = encode_from_broker(publish("a", "x").at(qos2, 5), Version::v5);
    const Block release = encode_from_broker(pubrel(5), Version::v5);
    EXPECT_LE(count([&] {
                  receive(exactly);
                  receive(release);
              }),
              std::size_t{messages});
}

TEST_F(Allocations, APublishAtQos1CostsAtMostOne) {
    drain();
    EXPECT_LE(count([&] {
                  const auto [high, low] = published(qos1);
                  const std::uint8_t answer[]{0x40, 2, high, low};
                  receive(answer);
              }),
              std::size_t{messages});
    EXPECT_TRUE(sent);
    EXPECT_EQ(client.unfinished_messages(), 0u);
}

TEST_F(Allocations, APublishAtQos2CostsAtMostOne) {
    EXPECT_LE(count([&] {
                  const auto [high, low] = published(qos2);
                  const std::uint8_t received[]{0x50, 2, high, low};
                  receive(received);
                  const std::uint8_t complete[]{0x70, 2, high, low};
                  receive(complete);
              }),
              std::size_t{messages});
    EXPECT_EQ(client.unfinished_messages(), 0u);
}

TEST_F(Allocations, AreCounted) {
    // The count itself, so that a zero means something.
    EXPECT_GE(count([this] { payload = Block(64 + payload.size() % 64, 'x'); }), std::size_t{messages});
}

}  // namespace
}  // namespace wsmq::test
