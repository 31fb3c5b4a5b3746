// Packet identifiers over many messages: never 0, never one in use [MQTT-2.2.1-3].
#include <deque>

#include "support/bench.hpp"

namespace wsmq::test {
namespace {

/// The packet identifier of a PUBLISH of topic "a" at QoS 1, and an answer to it.
std::uint16_t identifier_of(const Block& packet) { return static_cast<std::uint16_t>(packet[5] << 8 | packet[6]); }

std::uint16_t publish_one(Client& client, TimePoint now, Block& out) {
    EXPECT_TRUE(client.publish("a", {}, {.qos = qos1}, now));
    EXPECT_TRUE(client.take_output(out));
    EXPECT_EQ(out.size(), 8u);
    return identifier_of(out);
}

void answer(Client& client, TimePoint now, std::uint16_t id) {
    const std::uint8_t bytes[]{0x40, 2, static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
    client.receive(bytes, now);
    EXPECT_TRUE(std::holds_alternative<Completed>(client.next_event()));
    EXPECT_TRUE(std::holds_alternative<NeedInput>(client.next_event()));
}

TEST(PacketIdentifiersOfAClient, NeverAreZeroOrInUse) {
    Bench bench;
    bench.connect();
    Client& client = bench.client();
    Block out;
    std::vector<bool> in_use(65'536);
    // One stays for ever, and some for a while.
    const auto kept = publish_one(client, bench.now(), out);
    in_use[kept] = true;
    std::deque<std::uint16_t> open;
    std::size_t wrong = 0;
    for (std::uint32_t i = 0; i < 200'000; ++i) {
        const auto id = publish_one(client, bench.now(), out);
        if (id == 0 || in_use[id]) ++wrong;
        in_use[id] = true;
        open.push_back(id);
        if (open.size() <= i % 37) continue;
        answer(client, bench.now(), open.front());
        in_use[open.front()] = false;
        open.pop_front();
    }
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(client.unfinished_messages(), open.size() + 1);
}

TEST(PacketIdentifiersOfAClient, AllInUseMakesTheNextWait) {
    ConnectOptions options = plain_options();
    options.queue_maximum_bytes = SIZE_MAX;
    Bench bench{options};
    bench.connect();
    Client& client = bench.client();
    Block out;
    std::vector<bool> seen(65'536);
    // A SUBSCRIBE takes one of them, and so one message has to wait for it.
    bench.subscribe({{.topic_filter = "x"}});
    const auto subscribing = bench.take(PacketType::subscribe).id;
    seen[subscribing] = true;
    for (int i = 0; i < 65'534; ++i) {
        const auto id = publish_one(client, bench.now(), out);
        ASSERT_FALSE(seen[id]) << id;
        seen[id] = true;
    }
    EXPECT_FALSE(seen[0]);
    const auto waiting = bench.publish("a", "waits", qos1);
    EXPECT_NE(waiting, OperationId{});
    bench.expect_silence();
    bench.subscribe({{.topic_filter = "y"}});
    bench.expect_silence();
    bench.send(puback(1'000));
    bench.event<seen::Completed>();
    EXPECT_EQ(bench.packets_waiting(), 1u) << "the one identifier that is free again goes to the one or to the other";
    bench.send(puback(1'001));
    EXPECT_EQ(bench.packets_waiting(), 2u);
    bench.forget();
}

}  // namespace
}  // namespace wsmq::test
