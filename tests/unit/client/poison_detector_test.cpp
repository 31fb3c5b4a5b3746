// The operation over which a broker ends each connection: it is found and given up, and what is behind it goes on.
#include "support/breaker.hpp"

namespace wsmq::test {
namespace {

bool is_poisoned_publish(const Packet& packet) {
    return packet.type == PacketType::publish && packet.payload == "poison";
}

struct Case {
    Version version;
    Qos qos;
    bool lasting;
};

class PoisonOperation : public testing::TestWithParam<Case> {
protected:
    static ConnectOptions options() {
        return GetParam().lasting ? lasting_options(GetParam().version) : plain_options(GetParam().version);
    }
};

TEST_P(PoisonOperation, ClosingIsGivenUpAndTheRestGoesOn) {
    Breaker breaker{options(), is_poisoned_publish};
    breaker.keeps_session = GetParam().lasting;
    Bench& bench = breaker.bench;
    bench.start();
    breaker.run([&] { return bench.client().is_connected(); });
    bench.publish("a", "before", GetParam().qos);
    const auto poison = bench.publish("a", "poison", GetParam().qos);
    const auto behind = bench.publish("a", "behind", GetParam().qos);
    breaker.run([&] { return breaker.completed(behind).has_value(); });
    EXPECT_EQ(breaker.failed(poison), (seen::Failed{.id = poison, .error = Errc::broker_closed}));
    EXPECT_EQ(breaker.arrived.back(), "behind");
    EXPECT_LE(breaker.connections, 10) << "3 losses, 5 strikes, and what was in flight beside it";
    EXPECT_EQ(bench.client().unfinished_messages(), 0u);
    const auto later = bench.publish("a", "later", GetParam().qos);
    breaker.run([&] { return breaker.completed(later).has_value(); });
}

TEST_P(PoisonOperation, SeveralAreFoundInTurn) {
    Breaker breaker{options(), is_poisoned_publish};
    breaker.keeps_session = GetParam().lasting;
    Bench& bench = breaker.bench;
    bench.start();
    std::vector<OperationId> poisons;
    std::vector<OperationId> sound;
    for (int i = 0; i < 3; ++i) {
        sound.push_back(bench.publish("a", "sound", GetParam().qos));
        poisons.push_back(bench.publish("a", "poison", GetParam().qos));
    }
    sound.push_back(bench.publish("a", "sound", GetParam().qos));
    breaker.run([&] { return bench.client().unfinished_messages() == 0; });
    for (const auto id : poisons) EXPECT_EQ(breaker.failed(id), (seen::Failed{.id = id, .error = Errc::broker_closed}));
    for (const auto id : sound) EXPECT_TRUE(breaker.completed(id));
}

INSTANTIATE_TEST_SUITE_P(Kinds, PoisonOperation,
                         testing::Values(Case{Version::v5, qos1, true}, Case{Version::v5, qos2, true},
                                         Case{Version::v5, qos1, false}, Case{Version::v3_1_1, qos1, true},
                                         Case{Version::v3_1_1, qos2, false}, Case{Version::v3_1, qos1, true}));

TEST(PoisonDetector, ADisconnectWithAReasonIsBelievedSoonerAndToldOn) {
    Breaker breaker{lasting_options(), is_poisoned_publish, Manner::says_malformed};
    Bench& bench = breaker.bench;
    bench.start();
    const auto poison = bench.publish("a", "poison", qos1);
    const auto behind = bench.publish("a", "behind", qos1);
    breaker.run([&] { return breaker.completed(behind).has_value(); });
    EXPECT_EQ(breaker.completed(poison), (seen::Completed{.id = poison, .reason = ReasonCode::malformed_packet}));
    EXPECT_LE(breaker.connections, 4);
}

TEST(PoisonDetector, AReasonThatSaysNothingIsToldOn) {
    Breaker breaker{lasting_options(), is_poisoned_publish, Manner::says_nothing_in_it};
    Bench& bench = breaker.bench;
    bench.start();
    const auto poison = bench.publish("a", "poison", qos1);
    breaker.run([&] { return breaker.completed(poison).has_value(); });
    EXPECT_EQ(breaker.completed(poison)->reason, ReasonCode::unspecified_error);
    EXPECT_LE(breaker.connections, 9);
}

TEST(PoisonDetector, APubrelIsFoundAsWell) {
    Breaker breaker{lasting_options(), [](const Packet& packet) { return packet.type == PacketType::pubrel; }};
    Bench& bench = breaker.bench;
    bench.start();
    const auto poison = bench.publish("a", "once", qos2);
    const auto behind = bench.publish("a", "behind", qos1);
    breaker.run([&] { return breaker.completed(behind) && breaker.failed(poison); });
    EXPECT_EQ(breaker.failed(poison)->error, Errc::broker_closed);
    EXPECT_EQ(breaker.arrived.front(), "once");
}

bool has_poisoned_filter(const Packet& packet) {
    return (packet.type == PacketType::subscribe || packet.type == PacketType::unsubscribe) &&
           std::ranges::any_of(packet.filters, [](const Filter& each) { return each.filter == "poison"; });
}

TEST(PoisonDetector, ASubscribeFailsAndTheOthersAreGranted) {
    for (const auto manner : {Manner::closes, Manner::says_malformed}) {
        Breaker breaker{lasting_options(), has_poisoned_filter, manner};
        Bench& bench = breaker.bench;
        bench.start();
        bench.subscribe({{.topic_filter = "before"}});
        const auto poison = bench.subscribe({{.topic_filter = "poison"}, {.topic_filter = "with it"}});
        const auto behind = bench.subscribe({{.topic_filter = "behind"}});
        const auto message = bench.publish("a", "x", qos1);
        breaker.run([&] { return breaker.completed(behind) && breaker.completed(message); });
        if (manner == Manner::closes) {
            EXPECT_EQ(breaker.failed(poison), (seen::Failed{.id = poison, .error = Errc::broker_closed}));
        } else {
            EXPECT_EQ(breaker.completed(poison), (seen::Completed{.id = poison,
                                                                  .reason = ReasonCode::malformed_packet,
                                                                  .reason_codes = {2, ReasonCode::malformed_packet}}));
        }
    }
}

TEST(PoisonDetector, APartOfALargeSubscribeFailsAlone) {
    Breaker breaker{lasting_options(), has_poisoned_filter};
    Bench& bench = breaker.bench;
    bench.start();
    std::vector<Subscription> filters(10, {.topic_filter = "fine"});
    filters[9].topic_filter = "poison";
    const auto id = bench.client().subscribe(filters, {}, bench.now());
    ASSERT_TRUE(id);
    breaker.run([&] { return breaker.completed(*id).has_value(); });
    std::vector<ReasonCode> codes(10, ReasonCode::granted_qos_1);
    codes[8] = codes[9] = ReasonCode::unspecified_error;
    EXPECT_EQ(breaker.completed(*id)->reason_codes, codes);
}

TEST(PoisonDetector, AnUnsubscribeFails) {
    Breaker breaker{lasting_options(), has_poisoned_filter};
    Bench& bench = breaker.bench;
    bench.start();
    const auto poison = bench.unsubscribe({"poison"});
    const auto behind = bench.unsubscribe({"behind"});
    breaker.run([&] { return breaker.completed(behind).has_value(); });
    EXPECT_EQ(breaker.failed(poison), (seen::Failed{.id = poison, .error = Errc::broker_closed}));
}

TEST(PoisonDetector, ARenewalIsReportedAndNotRenewedAgain) {
    bool spoilt = false;
    Breaker breaker{plain_options(), [&](const Packet& packet) { return spoilt && has_poisoned_filter(packet); }};
    breaker.keeps_session = false;
    Bench& bench = breaker.bench;
    bench.start();
    for (const auto* filter : {"a", "b", "poison", "q", "z"}) bench.subscribe({{.topic_filter = filter, .qos = qos1}});
    breaker.run([&] { return breaker.all<seen::Completed>().size() == 5; });
    spoilt = true;
    bench.cut();
    const auto behind = bench.publish("a", "behind", qos1);
    breaker.run([&] { return breaker.completed(behind).has_value(); });
    EXPECT_EQ(breaker.all<seen::SubscriptionLost>(),
              (std::vector{seen::SubscriptionLost{.topic_filter = "poison", .reason = ReasonCode::unspecified_error}}));
    breaker.granted.clear();
    bench.cut();
    breaker.run([&] { return breaker.granted.size() == 4; });
    EXPECT_EQ(breaker.granted, (std::vector<std::string>{"a", "b", "q", "z"}));
}

TEST(PoisonDetector, AClosingRightAfterConnackHasNone) {
    Bench bench{lasting_options()};
    bench.connect();
    bench.publish("a", "sound", qos1);
    for (int i = 0; i < 40; ++i) {
        bench.forget().cut();
        bench.forget().await_attempt().open();
        bench.take(PacketType::connect);
        bench.send(connack().with_session());
        bench.event<seen::Connected>();
    }
    EXPECT_EQ(bench.client().unfinished_messages(), 1u);
    bench.forget();
}

TEST(PoisonDetector, OnlyEndsByTheOtherSideCount) {
    Bench bench{lasting_options()};
    bench.connect();
    const auto id = bench.publish("a", "sound", qos1);
    for (int i = 0; i < 20; ++i) {  // a broker that never answers
        bench.advance(30s).advance(10s).expect_hang_up().forget();
        bench.advance(bench.until_deadline()).open();
        bench.take(PacketType::connect);
        bench.send(connack().with_session());
        bench.event<seen::Connected>();
    }
    const Packet again = bench.take(PacketType::publish);
    EXPECT_TRUE(again.duplicate) << "at once, as nothing is isolated";
    bench.send(puback(again.id)).expect_event(seen::Completed{.id = id}).forget();
}

TEST(PoisonDetector, ReasonsThatAreAboutSomethingElseDoNotCount) {
    for (const auto reason : {ReasonCode::server_busy, ReasonCode::server_shutting_down, ReasonCode::quota_exceeded,
                              ReasonCode::message_rate_too_high, ReasonCode::administrative_action}) {
        Bench bench{lasting_options()};
        bench.connect();
        bench.publish("a", "sound", qos1);
        for (int i = 0; i < 20; ++i) {
            bench.take(PacketType::publish);
            bench.send(disconnect(reason)).expect_hang_up().forget();
            bench.advance(bench.until_deadline()).open();
            bench.take(PacketType::connect);
            bench.send(connack().with_session());
            bench.event<seen::Connected>();
        }
        EXPECT_EQ(bench.client().unfinished_messages(), 1u);
        bench.forget();
    }
}

TEST(PoisonDetector, WhatTheStoreHeldIsTreatedAlikeAndRemoved) {
    MemoryStore store;
    ConnectOptions options = lasting_options();
    options.store = &store;
    {
        Bench bench{options};
        bench.connect();
        bench.publish("a", "poison", qos1);
        bench.publish("a", "behind", qos1);
        bench.forget();
    }
    EXPECT_EQ(store.size(), 2u);
    Breaker breaker{options, is_poisoned_publish};
    breaker.has_session = true;
    breaker.bench.start();
    breaker.run([&] { return breaker.bench.client().unfinished_messages() == 0; });
    EXPECT_EQ(breaker.arrived, (std::vector<std::string>{"behind"}));
    EXPECT_EQ(store.size(), 0u);
}

TEST(PoisonDetector, WhatIsPublishedMeanwhileWaitsAndIsSentAfterwards) {
    Breaker breaker{lasting_options(), is_poisoned_publish};
    Bench& bench = breaker.bench;
    bench.start();
    bench.publish("a", "poison", qos1);
    int published = 0;
    std::vector<std::string> expected;
    breaker.run([&] {
        if (published < 30 && bench.client().is_connected()) {
            expected.push_back("new " + std::to_string(published));
            bench.publish("a", expected.back(), static_cast<Qos>(published++ % 3));
        }
        return published == 30 && bench.client().unfinished_messages() == 0;
    });
    const std::set<std::string> found(breaker.arrived.begin(), breaker.arrived.end());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_TRUE(i % 3 == 0 || found.contains(expected[i])) << expected[i];
    }
}

TEST(PoisonDetector, IsForgottenWhenItIsCancelled) {
    Breaker breaker{lasting_options(), has_poisoned_filter};
    Bench& bench = breaker.bench;
    bench.start();
    const auto poison = bench.subscribe({{.topic_filter = "poison"}});
    breaker.run([&] { return breaker.connections > 4; });
    bench.cancel(poison);
    const auto behind = bench.publish("a", "x", qos1);
    breaker.run([&] { return breaker.completed(behind).has_value(); });
    EXPECT_EQ(breaker.failed(poison)->error, Errc::cancelled);
}

}  // namespace
}  // namespace wsmq::test
