// Connecting and disconnecting: hosts in turn, credentials, errors, the end.
#include "client/client_bench.hpp"

namespace wsmq::native::test {
namespace {

TEST(ClientConnect, EndsWithTheFirstConnection) {
    ClientBench bench;
    EndedConnect connected;
    bool told = false;
    bench.client->on_connected([&](const Connected& event) { told = !event.reconnected; });
    bench.client->async_connect(connected.handler());
    EXPECT_FALSE(connected.ended());
    EXPECT_TRUE(bench.client->is_started());
    RUN_UNTIL(bench.io, connected.ended());
    EXPECT_EQ(connected.error, ErrorCode{});
    EXPECT_FALSE(connected.result().session_present);
    EXPECT_TRUE(told);
    EXPECT_EQ(bench.client->client_id(), "me");
    EXPECT_EQ(bench.broker.packets().at(0).client_id, "me");
}

TEST(ClientConnect, TriesEachHostInItsTurn) {
    ClientBench bench{ClientBench::plain_options(), {}, 3};
    bench.broker.refuse_openings(0, TransportError::connect_failed);
    std::vector<ErrorCode> failures;
    bench.client->on_disconnected([&](const Disconnection& end) { failures.push_back(end.error); });
    bench.connect();
    EXPECT_THAT(bench.broker.hosts(), testing::ElementsAre(0, 1));
    EXPECT_THAT(failures, testing::ElementsAre(ErrorCode{TransportError::connect_failed}));
}

TEST(ClientConnect, TellsWhyTheTransportFailed) {
    ClientBench bench;
    bench.broker.refuse_openings(TransportError::certificate_expired, "expired yesterday");
    EndedConnect refused;
    bench.client->async_connect(refused.handler());
    RUN_UNTIL(bench.io, refused.ended());
    EXPECT_EQ(refused.error, TransportError::certificate_expired);
    EXPECT_EQ(refused.result().detail, "expired yesterday");
    EXPECT_FALSE(bench.client->is_started());
}

TEST(ClientConnect, TellsWhyTheBrokerRefused) {
    ClientBench bench;
    bench.broker.intercept = [&](const Packet&) {
        bench.broker.send(wsmq::test::connack(ReasonCode::not_authorized)
                              .with(PropertyId::reason_string, std::string_view{"not you"}));
        return true;
    };
    EndedConnect refused;
    Disconnection told;
    bench.client->on_disconnected([&](const Disconnection& end) { told.error = end.error; });
    bench.client->async_connect(refused.handler());
    RUN_UNTIL(bench.io, refused.ended());
    EXPECT_EQ(refused.error, ReasonCode::not_authorized);
    EXPECT_EQ(refused.result().reason_string(), "not you");
    EXPECT_EQ(told.error, ReasonCode::not_authorized);
}

TEST(ClientConnect, AUrlThatCannotBeReadIsNamed) {
    boost::asio::io_context io;
    Client client{io.get_executor(), std::vector<std::string>{"mqtt://a", "mqtt//b"}};
    EndedConnect refused;
    client.async_connect(refused.handler());
    io.run();
    EXPECT_EQ(refused.error, Errc::invalid_argument);
    EXPECT_THAT(refused.result().detail, testing::StartsWith("URL 2: "));
}

TEST(ClientConnect, AnAddressWithoutASchemeIsToldWhatItLacks) {
    boost::asio::io_context io;
    Client client{io.get_executor(), "127.0.0.1:1883"};
    EndedConnect refused;
    client.async_connect(refused.handler());
    io.run();
    EXPECT_EQ(refused.error, Errc::invalid_argument);
    EXPECT_THAT(refused.result().detail, testing::HasSubstr("mqtt://"));
}

TEST(ClientConnect, AnOptionOutOfItsRangeIsNamed) {
    const std::vector<std::pair<const char*, void (*)(ClientOptions&)>> cases{
        {"keep_alive", [](ClientOptions& o) { o.connect.keep_alive = -1s; }},
        {"keep_alive", [](ClientOptions& o) { o.connect.keep_alive = 65'536s; }},
        {"connect_timeout", [](ClientOptions& o) { o.connect.connect_timeout = 0ms; }},
        {"backoff_min", [](ClientOptions& o) { o.connect.reconnect.backoff_min = -1ms; }},
        {"backoff_max", [](ClientOptions& o) { o.connect.reconnect.backoff_max = -1ms; }},
        {"stable_after", [](ClientOptions& o) { o.connect.reconnect.stable_after = -1ms; }},
        {"receive_maximum", [](ClientOptions& o) { o.connect.receive_maximum = 0; }},
        {"maximum_packet_size", [](ClientOptions& o) { o.connect.maximum_packet_size = 63; }},
        {"subscribe_batch", [](ClientOptions& o) { o.connect.subscribe_batch = 0; }},
        {"output_high_water", [](ClientOptions& o) { o.connect.output_high_water = 0; }},
        {"authentication_method", [](ClientOptions& o) { o.connect.authentication_data = {1}; }},
        {"will.payload",
         [](ClientOptions& o) { o.connect.will = Will{.topic = "a", .payload = std::vector<std::uint8_t>(65'536)}; }},
        {"receive_maximum_messages", [](ClientOptions& o) { o.receive_maximum_messages = 0; }},
        {"receive_maximum_bytes", [](ClientOptions& o) { o.receive_maximum_bytes = 0; }},
        {"handover_maximum_messages", [](ClientOptions& o) { o.handover_maximum_messages = 0; }},
        {"handover_maximum_bytes", [](ClientOptions& o) { o.handover_maximum_bytes = 0; }},
    };
    for (const auto& [name, spoil] : cases) {
        boost::asio::io_context io;
        ClientOptions options;
        spoil(options);
        Client client{io.get_executor(), "mqtt://localhost:1", options};
        EndedConnect refused;
        client.async_connect(refused.handler());
        io.run();
        EXPECT_EQ(refused.error, Errc::invalid_argument) << name;
        EXPECT_THAT(refused.result().detail, testing::HasSubstr(name));
    }
}

TEST(ClientConnect, NoTopicFilterIsNoSubscription) {
    ClientBench bench;
    bench.connect();
    EndedPublish nothing;
    bench.client->async_subscribe(std::span<const Subscription>{}, {}, {}, nothing.handler());
    RUN_UNTIL(bench.io, nothing.ended());
    EXPECT_EQ(nothing.error, Errc::invalid_argument);
}

TEST(ClientConnect, TheUsernameOfTheUrlGoesToTheBroker) {
    ClientBench bench;
    auto options = ClientBench::plain_options();
    options.make_transport = [&](const auto&, std::size_t host) { return bench.broker.make_transport(host); };
    bench.client = std::make_unique<Client>(bench.io.get_executor(), "mqtt://ann:se%20cret@localhost", options);
    bench.connect();
    EXPECT_EQ(bench.broker.packets().at(0).username, "ann");
    EXPECT_EQ(bench.broker.packets().at(0).password, "se cret");
}

TEST(ClientConnect, CredentialsAreAskedForAtEachAttemptAndMayComeLater) {
    auto options = ClientBench::plain_options();
    std::vector<CredentialsAnswer> asked;
    options.credentials = [&](CredentialsAnswer answer) { asked.push_back(std::move(answer)); };
    ClientBench bench{options};
    EndedConnect connected;
    bench.client->async_connect(connected.handler());
    RUN_UNTIL(bench.io, asked.size() == 1);
    run_ready(bench.io);
    EXPECT_EQ(bench.broker.openings(), 0u);
    asked[0](Credentials{"first", std::nullopt});
    RUN_UNTIL(bench.io, connected.ended());
    bench.broker.cut();
    RUN_UNTIL(bench.io, asked.size() == 2);
    asked[0](Credentials{"late", std::nullopt});  // an answer to the first attempt
    run_ready(bench.io);
    EXPECT_EQ(bench.broker.openings(), 1u);
    asked[1](Credentials{"second", std::nullopt});
    RUN_UNTIL(bench.io, bench.broker.count(PacketType::connect) == 2);
    EXPECT_EQ(bench.broker.packets().at(0).username, "first");
    EXPECT_EQ(bench.broker.packets().at(1).username, "second");
}

TEST(ClientConnect, WithoutCredentialsTheAttemptFails) {
    auto options = ClientBench::plain_options();
    options.credentials = [](const CredentialsAnswer& answer) { answer(std::nullopt); };
    ClientBench bench{options};
    EndedConnect refused;
    bench.client->async_connect(refused.handler());
    RUN_UNTIL(bench.io, refused.ended());
    EXPECT_EQ(refused.error, Errc::credentials_failed);
}

TEST(ClientConnect, ReconnectsAndSaysWhy) {
    ClientBench bench;
    std::vector<ErrorCode> ends;
    int connections = 0;
    bench.client->on_disconnected([&](const Disconnection& end) {
        EXPECT_TRUE(end.reconnecting);
        ends.push_back(end.error);
    });
    bench.client->on_connected([&](const Connected&) { ++connections; });
    bench.connect();
    bench.broker.cut();
    RUN_UNTIL(bench.io, connections == 2);
    EXPECT_THAT(ends, testing::ElementsAre(ErrorCode{TransportError::connection_lost}));
}

TEST(ClientConnect, WhatTheBrokerSaidAtLastIsReadThoughWritingFails) {
    ClientBench bench;
    bench.connect();
    std::vector<ErrorCode> ends;
    bench.client->on_disconnected([&](const Disconnection& end) { ends.push_back(end.error); });
    bench.broker.fail_writes();
    EXPECT_TRUE(bench.client->publish("a", "b"));
    run_ready(bench.io);
    EXPECT_TRUE(ends.empty());
    bench.broker.send(wsmq::test::disconnect(ReasonCode::server_shutting_down));
    RUN_UNTIL(bench.io, !ends.empty());
    EXPECT_THAT(ends, testing::ElementsAre(ErrorCode{ReasonCode::server_shutting_down}));
}

TEST(ClientConnect, AWakeUpEndsTheWaitForTheNextAttempt) {
    auto options = ClientBench::plain_options();
    options.connect.random_seed = 1;
    options.connect.reconnect.backoff_min = options.connect.reconnect.backoff_max = 24h;
    ClientBench bench{options};
    bench.connect();
    bench.broker.cut();
    bool lost = false;
    bench.client->on_disconnected([&](const Disconnection& end) {
        EXPECT_GT(end.retry_in, 1min);
        lost = true;
    });
    RUN_UNTIL(bench.io, lost);
    bench.client->wake_up();
    RUN_UNTIL(bench.io, bench.client->is_connected());
}

TEST(ClientReconnect, EndsTheConnectionInOrderAndMakesTheNext) {
    auto options = ClientBench::plain_options();
    options.connect.reconnect.enabled = false;
    ClientBench bench{options};
    bench.connect();
    std::vector<Disconnection> ends;
    bench.client->on_disconnected([&](const Disconnection& end) { ends.push_back(end); });
    bool connected = false;
    bench.client->on_connected([&](const Connected& event) { connected = event.reconnected; });
    bench.client->reconnect();
    RUN_UNTIL(bench.io, connected);
    ASSERT_EQ(ends.size(), 1u);
    EXPECT_FALSE(ends[0].error);
    EXPECT_TRUE(ends[0].reconnecting);
    ASSERT_EQ(bench.broker.packets().size(), 3u);
    EXPECT_EQ(bench.broker.packets()[1].type, PacketType::disconnect);
    EXPECT_EQ(bench.broker.packets()[2].type, PacketType::connect);
}

TEST(ClientDisconnect, SendsWhatIsEncodedAndThenDisconnect) {
    ClientBench bench;
    bench.connect();
    Ended<> ended;
    EndedPublish unfinished;
    bench.broker.hold_answers(true);
    bench.client->async_publish("a", "1", {.qos = Qos::at_least_once}, unfinished.handler());
    bench.client->async_disconnect(ended.handler());
    RUN_UNTIL(bench.io, ended.ended());
    EXPECT_EQ(ended.error, ErrorCode{});
    EXPECT_EQ(unfinished.error, Errc::stopped);
    ASSERT_EQ(bench.broker.packets().size(), 3u);
    EXPECT_EQ(bench.broker.packets()[1].type, PacketType::publish);
    EXPECT_EQ(bench.broker.packets()[2].type, PacketType::disconnect);
    EXPECT_EQ(bench.broker.closings(), 1u);
    EXPECT_FALSE(bench.client->is_started());
}

TEST(ClientDisconnect, EndsAfterTheWriteThatWasUnderWay) {
    ClientBench bench;
    bench.connect();
    bench.broker.hold_writes(true);
    EXPECT_TRUE(bench.client->publish("a", "1"));
    run_ready(bench.io);
    Ended<> ended;
    bench.client->async_disconnect(ended.handler());
    run_ready(bench.io);
    EXPECT_FALSE(ended.ended());
    bench.broker.hold_writes(false);
    RUN_UNTIL(bench.io, ended.ended());
    EXPECT_EQ(bench.broker.count(PacketType::disconnect), 1u);
}

TEST(ClientDisconnect, AClientThatIsIdleIsDoneAtOnce) {
    ClientBench bench;
    Ended<> ended;
    bench.client->async_disconnect(ended.handler());
    EXPECT_FALSE(ended.ended());
    run_ready(bench.io);
    EXPECT_TRUE(ended.ended());
}

TEST(ClientDisconnect, LeavesTheLoopNothingToWaitFor) {
    auto options = ClientBench::plain_options();
    options.connect.keep_alive = 10h;
    ClientBench bench{options};
    bench.connect();
    Ended<> ended;
    bench.client->async_disconnect(ended.handler());
    bench.io.restart();
    bench.io.run();
    EXPECT_TRUE(ended.ended());
}

TEST(ClientConnect, AnAttemptThatFailedLeavesTheLoopNothingToWaitFor) {
    auto options = ClientBench::plain_options();
    options.connect.connect_timeout = 10h;
    ClientBench bench{options};
    bench.broker.refuse_openings(TransportError::connect_failed);
    EndedConnect refused;
    bench.client->async_connect(refused.handler());
    bench.io.restart();
    bench.io.run();
    EXPECT_EQ(refused.error, TransportError::connect_failed);
}

TEST(ClientDisconnect, TheClientConnectsAgain) {
    ClientBench bench;
    bench.connect();
    Ended<> ended;
    bench.client->async_disconnect(ended.handler());
    bench.connect();
    EXPECT_EQ(bench.broker.count(PacketType::connect), 2u);
    EXPECT_TRUE(bench.client->is_connected());
}

TEST(ClientDisconnect, CanBeCalledWhileConnecting) {
    ClientBench bench;
    EndedConnect connected;
    Ended<> ended;
    bench.client->async_connect(connected.handler());
    bench.client->async_disconnect(ended.handler());
    RUN_UNTIL(bench.io, connected.ended() && ended.ended());
    EXPECT_EQ(connected.error, Errc::stopped);
}

TEST(ClientConnect, IsCancelled) {
    ClientBench bench;
    bench.broker.hold_answers(true);
    CancelSource source;
    EndedConnect connected;
    bench.client->async_connect(cancel_with(source, connected.handler()));
    RUN_UNTIL(bench.io, bench.broker.count(PacketType::connect) == 1);
    source.cancel();
    RUN_UNTIL(bench.io, connected.ended());
    EXPECT_EQ(connected.error, Errc::stopped);
    bench.broker.hold_answers(false);
    run_ready(bench.io);
}

TEST(ClientLifetime, ADestroyedClientEndsItsOperations) {
    ClientBench bench;
    bench.connect();
    bench.broker.hold_answers(true);
    EndedPublish published;
    EndedReceive received;
    Ended<> disconnected;
    bench.client->async_publish("a", "1", {.qos = Qos::at_least_once}, published.handler());
    bench.client->async_receive(received.handler());
    bench.client->async_disconnect(disconnected.handler());
    bench.client.reset();
    EXPECT_FALSE(published.ended());
    run_ready(bench.io);
    EXPECT_EQ(published.error, boost::asio::error::operation_aborted);
    EXPECT_EQ(received.error, boost::asio::error::operation_aborted);
    EXPECT_EQ(disconnected.error, boost::asio::error::operation_aborted);
}

TEST(ClientLifetime, EveryHandlerMayDestroyTheClient) {
    const auto destroys = [](auto arrange) {
        ClientBench bench;
        bool called = false;
        const auto destroy = [&](auto&&...) {
            called = true;
            bench.client.reset();
        };
        arrange(bench, destroy);
        RUN_UNTIL(bench.io, called);
        run_ready(bench.io);
    };
    destroys([](ClientBench& bench, auto destroy) { bench.client->async_connect(destroy); });
    destroys([](ClientBench& bench, auto destroy) {
        bench.client->on_connected(destroy);
        bench.client->async_connect([](auto&&...) {});
    });
    destroys([](ClientBench& bench, auto destroy) {
        bench.connect();
        bench.client->on_disconnected(destroy);
        bench.broker.cut();
    });
    destroys([](ClientBench& bench, auto destroy) {
        bench.connect();
        bench.client->async_publish("a", "1", {.qos = Qos::exactly_once}, destroy);
        bench.client->async_publish("a", "2", {.qos = Qos::exactly_once}, [](auto&&...) {});
    });
    destroys([](ClientBench& bench, auto destroy) {
        bench.connect();
        bench.subscribe("a/#", destroy);
        bench.broker.publish("a/1", "1");
        bench.broker.publish("a/1", "2");
    });
    destroys([](ClientBench& bench, auto destroy) {
        bench.connect();
        bench.client->async_disconnect(destroy);
    });
    destroys([](ClientBench& bench, auto destroy) {
        bench.connect();
        bench.client->async_receive(destroy);
        bench.client->async_receive([](auto&&...) {});
        bench.client->async_disconnect([](auto&&...) {});
    });
}

TEST(ClientLifetime, AHandlerThatThrowsStopsNothing) {
    ClientBench bench;
    bench.connect();
    int handled = 0;
    bench.subscribe("a", [&](const wsmq::Message&) {
        if (++handled == 1) throw std::runtime_error{"the application's own affair"};
    });
    bench.broker.publish("a", "1");
    bench.broker.publish("a", "2");
    EXPECT_THROW(RUN_UNTIL(bench.io, handled == 2), std::runtime_error);
    RUN_UNTIL(bench.io, handled == 2);
    bench.broker.publish("a", "3");
    RUN_UNTIL(bench.io, handled == 3);
    EXPECT_TRUE(bench.client->is_connected());
}

}  // namespace
}  // namespace wsmq::native::test
