// A handler may call anything between two events, the client's end included.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

/// A client in the middle of its events: connected, with a chunk half read.
struct HalfRead {
    TimePoint now{std::chrono::hours{1000}};
    std::optional<Client> client{std::in_place, plain_options()};
    Block chunk;

    HalfRead() {
        EXPECT_EQ(client->start(now), Errc::none);
        drain();
        client->transport_opened(now);
        drain();
        read({connack()});
        drain();
    }
    void drain() {
        while (!std::holds_alternative<NeedInput>(client->next_event())) {
        }
        Block out;
        while (client->take_output(out)) {
        }
    }
    void read(std::initializer_list<Packet> packets) {
        chunk.clear();
        for (const Packet& packet : packets) {
            const Block one = encode_from_broker(packet, Version::v5);
            chunk.insert(chunk.end(), one.begin(), one.end());
        }
        client->receive(chunk, now);
    }
};

TEST(DestroyInHandler, AtAnyEvent) {
    for (int at = 0; at < 6; ++at) {
        HalfRead half;
        ASSERT_TRUE(half.client->publish("a", {}, {.qos = qos1}, half.now));
        half.read({publish("a", "1").with_alias(1), publish("", "2").at(qos2, 1).with_alias(1), puback(1),
                   publish("b", "3"), disconnect(ReasonCode::server_busy)});
        for (int i = 0; i < at; ++i) (void)half.client->next_event();
        half.client.reset();
    }
}

TEST(DestroyInHandler, MovingAClientMovesItsState) {
    HalfRead half;
    half.read({publish("a", "1"), publish("a", "2")});
    const Event first = half.client->next_event();
    Client other{std::move(*half.client)};
    half.client.reset();
    EXPECT_EQ(text_of(std::get<Message>(first).payload), "1");
    const Event second = other.next_event();
    ASSERT_TRUE(std::holds_alternative<Message>(second));
    EXPECT_EQ(text_of(std::get<Message>(second).payload), "2");
    half.client.emplace(plain_options());
    *half.client = std::move(other);
    EXPECT_TRUE(half.client->is_connected());
}

TEST(StopInHandler, EndsTheDelivery) {
    HalfRead half;
    half.read({publish("a", "1"), publish("a", "2")});
    (void)half.client->next_event();
    half.client->stop(half.now);
    EXPECT_TRUE(std::holds_alternative<CloseTransport>(half.client->next_event()));
    EXPECT_TRUE(std::holds_alternative<Disconnected>(half.client->next_event()));
    EXPECT_TRUE(std::holds_alternative<NeedInput>(half.client->next_event()));
}

TEST(StopInHandler, EndsTheDeliveryThoughStartFollows) {
    HalfRead half;
    half.read({publish("a", "1"), publish("a", "2")});
    (void)half.client->next_event();
    half.client->stop(half.now);
    ASSERT_EQ(half.client->start(half.now), Errc::none);
    EXPECT_TRUE(std::holds_alternative<CloseTransport>(half.client->next_event()));
    EXPECT_TRUE(std::holds_alternative<Disconnected>(half.client->next_event()));
    EXPECT_TRUE(std::holds_alternative<OpenTransport>(half.client->next_event()));
    half.client->transport_opened(half.now);
    EXPECT_TRUE(std::holds_alternative<NeedInput>(half.client->next_event()));
}

TEST(CallsInHandler, APublishForEachMessageGoesOut) {
    HalfRead half;
    half.read({publish("in", "1"), publish("in", "2"), publish("in", "3")});
    for (Event event = half.client->next_event(); !std::holds_alternative<NeedInput>(event);
         event = half.client->next_event()) {
        const auto& message = std::get<Message>(event);
        ASSERT_TRUE(half.client->publish("out", message.payload, {}, half.now));
    }
    Block out;
    ASSERT_TRUE(half.client->take_output(out));
    EXPECT_EQ(out.size(), 3u * 9);
}

}  // namespace
}  // namespace wsmq::test
