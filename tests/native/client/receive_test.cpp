// Received messages: handlers, async_receive(), and what happens when nobody takes them.
#include "client/client_bench.hpp"
#include "wsmq/native/link.hpp"

namespace wsmq::native::test {
namespace {

TEST(ClientReceive, AMessageGoesToWhoWaitsOrWaitsItself) {
    ClientBench bench;
    bench.connect();
    bench.subscribe("a/#");
    EndedReceive first;
    bench.client->async_receive(first.handler());
    bench.broker.publish("a/1", "early", Qos::exactly_once);
    bench.broker.publish("a/2", "late", Qos::at_least_once);
    RUN_UNTIL(bench.io, first.ended() && bench.client->waiting_messages() == 1);
    EXPECT_EQ(first.result().topic, "a/1");
    EXPECT_EQ(first.result().payload, "early");
    EXPECT_EQ(first.result().qos, Qos::exactly_once);
    EndedReceive second;
    bench.client->async_receive(second.handler());
    EXPECT_FALSE(second.ended()) << "never from within the call";
    RUN_UNTIL(bench.io, second.ended());
    EXPECT_EQ(second.result().payload, "late");
    EXPECT_EQ(bench.client->try_receive(), std::nullopt);
}

TEST(ClientReceive, EndsWithTheConnectionOnceNothingWaits) {
    ClientBench bench;
    bench.connect();
    bench.subscribe("a");
    bench.broker.publish("a", "1");
    RUN_UNTIL(bench.io, bench.client->waiting_messages() == 1);
    Ended<> disconnected;
    bench.client->async_disconnect(disconnected.handler());
    RUN_UNTIL(bench.io, disconnected.ended());
    EndedReceive last;
    EndedReceive beyond;
    bench.client->async_receive(last.handler());
    bench.client->async_receive(beyond.handler());
    RUN_UNTIL(bench.io, last.ended() && beyond.ended());
    EXPECT_EQ(last.result().payload, "1");
    EXPECT_EQ(beyond.error, Errc::stopped);
}

TEST(ClientReceive, IsCancelledAndTakesNoMessage) {
    ClientBench bench;
    bench.connect();
    bench.subscribe("a");
    CancelSource source;
    EndedReceive cancelled;
    bench.client->async_receive(cancel_with(source, cancelled.handler()));
    source.cancel();
    RUN_UNTIL(bench.io, cancelled.ended());
    EXPECT_EQ(cancelled.error, Errc::cancelled);
    bench.broker.publish("a", "1");
    RUN_UNTIL(bench.io, bench.client->waiting_messages() == 1);
}

TEST(ClientReceive, NothingIsReadWhileTooManyWait) {
    auto options = ClientBench::plain_options();
    options.receive_maximum_messages = 4;
    ClientBench bench{options};
    bench.connect();
    bench.subscribe("a");
    const std::string payload(Link::read_size, 'x');  // one read is not enough for one
    for (int i = 0; i < 20; ++i) bench.broker.publish("a", payload);
    RUN_UNTIL(bench.io, bench.client->waiting_messages() == 4);
    run_ready(bench.io);
    EXPECT_EQ(bench.client->waiting_messages(), 4u);
    EXPECT_GT(bench.broker.unread_bytes(), 10 * payload.size());
    for (int i = 0; i < 20; ++i) {
        EndedReceive received;
        bench.client->async_receive(received.handler());
        RUN_UNTIL(bench.io, received.ended());
        EXPECT_EQ(received.result().payload, payload);
        EXPECT_LE(bench.client->waiting_messages(), 4u);
    }
}

TEST(ClientReceive, TheConnectionLivesOnWhileNothingIsRead) {
    auto options = ClientBench::plain_options();
    options.receive_maximum_messages = 1;
    options.connect.keep_alive = 1s;
    ClientBench bench{options};
    bench.connect();
    bench.subscribe("a");
    bench.broker.publish("a", "1");
    bench.broker.publish("a", "2");
    bool lost = false;
    bench.client->on_disconnected([&](const Disconnection&) { lost = true; });
    // Three intervals, of which each would end in the silence of a dead connection after the first.
    RUN_UNTIL(bench.io, lost || bench.broker.count(PacketType::pingreq) == 3);
    EXPECT_FALSE(lost);
}

TEST(ClientReceive, AHandlerGetsWhatItsFilterMatchesAndNobodyElseDoes) {
    ClientBench bench;
    std::vector<std::string> exact;
    std::vector<std::string> wild;
    std::vector<std::string> other;
    const auto into = [](std::vector<std::string>& list) {
        return [&list](const wsmq::Message& message) { list.emplace_back(as_text(message.payload)); };
    };
    bench.client->on_message(into(other));
    bench.connect();
    bench.subscribe("a/1", into(exact));
    bench.subscribe("a/+", into(wild));
    bench.subscribe("b");
    bench.broker.publish("a/1", "both");
    bench.broker.publish("a/2", "wild");
    bench.broker.publish("b", "other");
    RUN_UNTIL(bench.io, other.size() == 1);
    EXPECT_THAT(exact, testing::ElementsAre("both"));
    EXPECT_THAT(wild, testing::ElementsAre("both", "wild"));
    EXPECT_THAT(other, testing::ElementsAre("other"));
    EXPECT_EQ(bench.client->waiting_messages(), 0u);
}

TEST(ClientReceive, UnsubscribingForgetsTheHandler) {
    ClientBench bench;
    bench.connect();
    int handled = 0;
    bench.subscribe("a", [&](const wsmq::Message&) { ++handled; });
    EndedPublish ended;
    bench.client->async_unsubscribe("a", ended.handler());
    RUN_UNTIL(bench.io, ended.ended());
    EXPECT_EQ(ended.error, ErrorCode{});
    bench.broker.send(wsmq::test::publish("a", "still under way"));
    RUN_UNTIL(bench.io, bench.client->unclaimed_messages() == 1);
    EXPECT_EQ(handled, 0);
}

TEST(ClientReceive, AHandlerMayUnsubscribeItselfAndSubscribeAnother) {
    ClientBench bench;
    bench.connect();
    int first = 0;
    int second = 0;
    bench.subscribe("a/#", [&](const wsmq::Message&) {
        ++first;
        bench.client->async_unsubscribe("a/#", [](auto&&...) {});
        bench.client->async_subscribe(
            {"a/+"}, [&](const wsmq::Message&) { ++second; }, [](auto&&...) {});
    });
    bench.broker.publish("a/1", "1");
    RUN_UNTIL(bench.io, bench.broker.count(PacketType::subscribe) == 2);
    run_ready(bench.io);
    bench.broker.publish("a/1", "2");
    RUN_UNTIL(bench.io, second == 1);
    EXPECT_EQ(first, 1);
}

TEST(ClientReceive, ARefusedSubscriptionHasNoHandler) {
    ClientBench bench;
    bench.connect();
    bench.broker.intercept = [&](const Packet& packet) {
        if (packet.type != PacketType::subscribe) return false;
        bench.broker.send(wsmq::test::suback(packet.id, {ReasonCode::granted_qos_1, ReasonCode::not_authorized}));
        return true;
    };
    int handled = 0;
    EndedPublish ended;
    const Subscription both[] = {{"a", Qos::at_least_once}, {"b", Qos::at_least_once}};
    bench.client->async_subscribe(
        both, {}, [&](const wsmq::Message&) { ++handled; }, ended.handler());
    RUN_UNTIL(bench.io, ended.ended());
    EXPECT_EQ(ended.error, ReasonCode::not_authorized);
    EXPECT_THAT(ended.result().reason_codes,
                testing::ElementsAre(ReasonCode::granted_qos_1, ReasonCode::not_authorized));
    bench.broker.send(wsmq::test::publish("b", ""));
    bench.broker.send(wsmq::test::publish("a", ""));
    RUN_UNTIL(bench.io, handled == 1);
    EXPECT_EQ(bench.client->unclaimed_messages(), 1u);
}

TEST(ClientReceive, SubscriptionsAreRenewedAfterAReconnection) {
    ClientBench bench;
    bench.connect();
    int handled = 0;
    bench.subscribe("a", [&](const wsmq::Message&) { ++handled; });
    bench.broker.cut();
    RUN_UNTIL(bench.io, bench.broker.count(PacketType::subscribe) == 2);
    run_ready(bench.io);
    bench.broker.publish("a", "1");
    RUN_UNTIL(bench.io, handled == 1);
}

TEST(ClientReceive, PropertiesComeAlong) {
    ClientBench bench;
    bench.connect();
    bench.subscribe("a");
    bench.broker.send(wsmq::test::publish("a", "b").with(PropertyId::content_type, std::string_view{"text/plain"}));
    EndedReceive received;
    bench.client->async_receive(received.handler());
    RUN_UNTIL(bench.io, received.ended());
    EXPECT_EQ(received.result().properties().text(PropertyId::content_type), "text/plain");
}

}  // namespace
}  // namespace wsmq::native::test
