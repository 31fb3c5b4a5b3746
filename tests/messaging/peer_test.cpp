// Webapps among themselves, without any backend: requests, streams with credit, cancellation, duplicates, messages.
#include <gtest/gtest.h>

#include "support/world.hpp"

namespace wsmq::test {
namespace {

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto bob_uid = "acme:bob:bbbb";
constexpr auto to_bob = "ev/webapp/peer/acme:bob:bbbb/acme:ann:aaaa";
constexpr auto to_ann = "ev/webapp/peer/acme:ann:aaaa/acme:bob:bbbb";
const auto bob_peer = Target::peer(bob_uid);

struct Versions {
    Version ann;
    Version bob;
};

class Peers : public testing::TestWithParam<Versions> {
protected:
    Peers() { bob.layer().expose(true); }

    void stream(int items) {
        for (int i = 0; i < items; ++i) {
            ASSERT_EQ(bob.layer().progress(bob.last_call, std::to_string(i), world.now), Error::none) << i;
        }
    }

    World world;
    WebappMember& ann = world.joined(ann_uid, GetParam().ann);
    WebappMember& bob = world.joined(bob_uid, GetParam().bob);
};
INSTANTIATE_TEST_SUITE_P(Mixed, Peers,
                         testing::Values(Versions{Version::v5, Version::v5}, Versions{Version::v3_1_1, Version::v3_1_1},
                                         Versions{Version::v5, Version::v3_1_1},
                                         Versions{Version::v3_1_1, Version::v5}));

TEST_P(Peers, AnswerEachOther) {
    world.request(ann, bob_peer, "sum", "[1,2]");
    EXPECT_THAT(bob.take(), ElementsAre("request from acme:ann:aaaa sum [1,2]"));
    EXPECT_EQ(bob.layer().respond(bob.last_call, "3", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("response 1 3"));
    EXPECT_EQ(bob.layer().respond(bob.last_call, "4", world.now), Error::unknown_call);
}

TEST_P(Peers, AnswerWithErrors) {
    world.request(ann, bob_peer, "sum");
    EXPECT_EQ(bob.layer().fail(bob.last_call, 7, "a \"bad\" day", "{}", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 remote 7 a \"bad\" day {}"));
}

TEST_P(Peers, RefuseResultsThatAreNoJson) {
    world.request(ann, bob_peer, "sum");
    EXPECT_EQ(bob.layer().respond(bob.last_call, "", world.now), Error::invalid_json);
    EXPECT_EQ(bob.layer().respond(bob.last_call, "1,\"id\":2", world.now), Error::invalid_json);
    EXPECT_EQ(bob.layer().fail(bob.last_call, 1, "", "x", world.now), Error::invalid_json);
    EXPECT_EQ(bob.layer().progress(bob.last_call, "x", world.now), Error::invalid_json);
    EXPECT_EQ(bob.layer().respond(bob.last_call, "1", world.now), Error::none) << "it is still open";
}

TEST_P(Peers, ThatExposeNothingSayThatTheyDoNotKnowTheMethod) {
    bob.layer().expose(false);
    world.request(ann, bob_peer, "sum");
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 remote -32601 Method not found"));
    EXPECT_THAT(bob.take(), IsEmpty());
}

TEST_P(Peers, AnswerADuplicateFromMemory) {
    world.broker.copies = [](const auto& each) { return each.topic == to_bob ? 2 : 1; };
    world.request(ann, bob_peer, "sum");
    EXPECT_EQ(bob.take().size(), 1u) << "the second one came while the first was being worked on";
    EXPECT_EQ(bob.layer().respond(bob.last_call, "3", world.now), Error::none);
    world.settle();
    const auto request = world.broker.payloads(to_bob).front();
    world.broker.publish(to_bob, request);
    world.settle();
    EXPECT_THAT(bob.take(), IsEmpty());
    const auto answers = world.broker.payloads(to_ann);
    ASSERT_EQ(answers.size(), 3u) << "two duplicates of the later one, and the answer itself";
    EXPECT_EQ(answers[0], answers[1]);
    EXPECT_THAT(ann.take(), ElementsAre("response 1 3"));
}

TEST_P(Peers, StreamInOrderToTheCountedEnd) {
    world.request(ann, bob_peer, "list");
    stream(3);
    EXPECT_EQ(bob.layer().respond(bob.last_call, "\"done\"", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(),
                ElementsAre("progress 1 0 0", "progress 1 1 1", "progress 1 2 2", "response 1 \"done\" of 3"));
    EXPECT_THAT(world.broker.payloads(to_ann).back(), HasSubstr(R"("count":3)"));
}

TEST_P(Peers, ThatRunOutOfCreditWaitForMore) {
    const auto id = world.request(ann, bob_peer, "list", {}, {.grants_credit = false});
    stream(64);
    EXPECT_EQ(bob.layer().progress(bob.last_call, "64", world.now), Error::no_credit);
    world.settle();
    EXPECT_EQ(ann.take().size(), 64u);
    (void)bob.take();
    EXPECT_TRUE(ann.layer().grant(id, 2, world.now));
    world.settle();
    EXPECT_THAT(bob.take(), ElementsAre("credit 2"));
    stream(2);
    EXPECT_EQ(bob.layer().progress(bob.last_call, "66", world.now), Error::no_credit);
    EXPECT_EQ(bob.layer().respond(bob.last_call, "0", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take().back(), "response 1 0 of 66");
    EXPECT_FALSE(ann.layer().grant(id, 2, world.now));
}

TEST_P(Peers, AreGrantedCreditAsItemsAreTaken) {
    world.request(ann, bob_peer, "list");
    for (int batch = 0; batch < 20; ++batch) {
        stream(32);
        world.settle();
    }
    EXPECT_EQ(bob.layer().respond(bob.last_call, "0", world.now), Error::none);
    world.settle();
    EXPECT_EQ(ann.take().back(), "response 1 0 of 640");
}

/// Sends as many items as there is credit for, up to `count`, and then the end.
class Streams : public Peers {
protected:
    void send_all(int count) {
        for (; sent_ < count; ++sent_) {
            const auto error = bob.layer().progress(bob.last_call, std::to_string(sent_), world.now);
            if (error == Error::no_credit) return;
            ASSERT_EQ(error, Error::none) << sent_;
        }
        EXPECT_EQ(bob.layer().respond(bob.last_call, "0", world.now), Error::none);
    }
    [[nodiscard]] int sent() const { return sent_; }

private:
    int sent_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Mixed, Streams, testing::Values(Versions{Version::v5, Version::v5}));

TEST_P(Streams, HaveNoMoreThan256ItemsOutstandingHoweverManyAreGranted) {
    world.request(ann, bob_peer, "list");
    (void)bob.take();
    const auto request = world.broker.payloads(to_bob).front();
    const auto id = request.substr(request.find(R"("id":)"), request.size() - request.find(R"("id":)") - 1);
    const auto more = [&](const std::string& n) {
        world.broker.publish(to_bob, R"({"jsonrpc":"2.0","method":"$/more","params":{)" + id + R"(,"n":)" + n + "}}");
        world.settle();
    };
    more("1048576");
    more("18446744073709551615");
    send_all(100'000);
    EXPECT_EQ(sent(), 256);
    (void)bob.take();
    more("1000");
    EXPECT_THAT(bob.take(), ElementsAre("credit 256"));
    more("1");
    send_all(100'000);
    EXPECT_EQ(sent(), 512) << "what went beyond is void";
}

TEST_P(Streams, OfAThousandItemsEndWhereAThousandWereGrantedAtOnce) {
    const auto id = world.request(ann, bob_peer, "list", {}, {.grants_credit = false});
    EXPECT_TRUE(ann.layer().grant(id, 1'000, world.now));
    world.settle();
    while (sent() < 1'000) {
        const int before = sent();
        send_all(1'000);
        EXPECT_LE(sent() - before, 256);
        world.settle();
        ASSERT_GT(sent(), before) << "nobody grants more";
    }
    world.settle();
    EXPECT_EQ(ann.take().back(), "response 1 0 of 1000");
    const auto said = world.broker.payloads(to_bob);
    EXPECT_LT(said.size(), 20u) << "the rest of the credit does not go one by one";
}

TEST_P(Streams, GoOnWhereAGrantComesTwice) {
    world.broker.copies = [](const auto& each) { return each.payload.find("$/more") == std::string::npos ? 1 : 2; };
    world.request(ann, bob_peer, "list");
    for (int round = 0; sent() < 10'000; ++round) {
        ASSERT_LT(round, 1'000);
        send_all(10'000);
        world.settle();
    }
    world.settle();
    EXPECT_EQ(ann.take().back(), "response 1 0 of 10000");
}

TEST(StreamsFromThoseWhoIgnoreCredit, AreGivenUp) {
    World world;
    auto& ann = world.joined(ann_uid);
    auto& eve = world.plain("service", "ev/webapp/#");
    const auto id = world.request(ann, Target::service("orders"), "list", {}, {.grants_credit = false});
    const auto request = world.broker.payloads("ev/webapp/req/#").front();
    const auto id_text = request.substr(request.find(R"("id":)"), request.size() - request.find(R"("id":)") - 1);
    EXPECT_TRUE(ann.layer().grant(id, 10, world.now));
    for (int seq = 0; seq < 1'000; ++seq) {
        eve.publish("ev/webapp/res/acme:ann:aaaa", R"({"jsonrpc":"2.0","method":"$/progress","params":{)" + id_text +
                                                       R"(,"seq":)" + std::to_string(seq) +
                                                       R"(,"value":0,"at":"i1"}})");
    }
    world.settle();
    const auto lines = ann.take();
    EXPECT_EQ(lines.size(), 64u + 10 + 256 + 1) << "what was granted, what a grant that came twice may bring, the end";
    EXPECT_EQ(lines.back(), "failed 1 bad_response");
    EXPECT_THAT(world.broker.payloads("ev/webapp/svc/orders/i1/acme:ann:aaaa").back(), HasSubstr("$/cancelRequest"));
}

TEST_P(Peers, MissAnItemThatWasLostInTheMiddleAndCancel) {
    world.broker.copies = [](const auto& each) {
        return each.payload.find(R"("seq":1,)") == std::string::npos ? 1 : 0;
    };
    world.request(ann, bob_peer, "list");
    stream(3);
    (void)bob.take();
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("progress 1 0 0", "failed 1 item_lost"));
    EXPECT_THAT(bob.take(), ElementsAre("ended cancelled"));
}

TEST_P(Peers, MissAnItemThatWasLostAtTheEnd) {
    world.broker.copies = [](const auto& each) {
        return each.payload.find(R"("seq":2,)") == std::string::npos ? 1 : 0;
    };
    world.request(ann, bob_peer, "list");
    stream(3);
    EXPECT_EQ(bob.layer().respond(bob.last_call, "0", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("progress 1 0 0", "progress 1 1 1", "failed 1 item_lost"));
}

TEST_P(Peers, AreNotConfusedByItemsThatComeTwice) {
    world.broker.copies = [](const auto& each) { return each.payload.find("$/progress") == std::string::npos ? 1 : 2; };
    world.request(ann, bob_peer, "list");
    stream(2);
    EXPECT_EQ(bob.layer().respond(bob.last_call, "0", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("progress 1 0 0", "progress 1 1 1", "response 1 0 of 2"));
}

TEST_P(Peers, StopWhenTheyAreCancelled) {
    const auto id = world.request(ann, bob_peer, "slow");
    (void)bob.take();
    EXPECT_TRUE(ann.layer().cancel(id, world.now));
    world.settle();
    EXPECT_THAT(bob.take(), ElementsAre("ended cancelled"));
    EXPECT_EQ(bob.layer().progress(bob.last_call, "1", world.now), Error::unknown_call);
    EXPECT_THAT(world.broker.payloads(to_ann).back(), HasSubstr("-32003"));
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 cancelled"));
}

TEST_P(Peers, CannotCancelOrFeedAnothersRequest) {
    auto& eve = world.joined("acme:eve:eeee");
    world.request(ann, bob_peer, "slow");
    (void)bob.take();
    const auto call = bob.last_call;
    const auto request = world.broker.payloads(to_bob).front();
    const auto begin = request.find(R"("id":)") + 5;
    const auto id = request.substr(begin, request.size() - begin - 1);
    const auto params = R"({"id":)" + id + R"(,"n":5})";
    EXPECT_EQ(eve.layer().notify(bob_peer, "hint", {}, world.now), Error::none);
    world.broker.publish("ev/webapp/peer/acme:bob:bbbb/acme:eve:eeee",
                         R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":)" + params + "}");
    world.settle();
    EXPECT_THAT(bob.take(), ElementsAre("notification from acme:eve:eeee hint"));
    // Nor answer it.
    world.broker.publish("ev/webapp/peer/acme:ann:aaaa/acme:eve:eeee",
                         R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":"forged"})");
    world.broker.publish("ev/webapp/res/acme:ann:aaaa", R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":"forged"})");
    world.settle();
    EXPECT_THAT(ann.take(), IsEmpty());
    EXPECT_EQ(bob.layer().respond(call, "1", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("response 1 1"));
}

TEST_P(Peers, AreToldThatTheirCallHasExpired) {
    world.request(ann, bob_peer, "slow", {}, {.timeout = 2s});
    (void)bob.take();
    // A caller that is gone cancels nothing.
    ann.cut(true);
    world.advance(59s);
    const bool knows_expiry = GetParam().ann == Version::v5 && GetParam().bob == Version::v5;
    if (knows_expiry) {
        EXPECT_THAT(bob.take(), ElementsAre("ended timed_out"));
    } else {
        EXPECT_THAT(bob.take(), IsEmpty());
        world.advance(1s);
        EXPECT_THAT(bob.take(), ElementsAre("ended timed_out"));
    }
    EXPECT_EQ(bob.layer().respond(bob.last_call, "1", world.now), Error::unknown_call);
}

TEST_P(Peers, ThatLeaveEndTheirCalls) {
    world.request(ann, bob_peer, "slow");
    (void)bob.take();
    bob.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(bob.take(), ElementsAre("ended left", "left"));
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 remote -32003 The responder has left"));
}

TEST_P(Peers, AnswerWhatIsNoRequestOnlyWhereItWantsToBeOne) {
    const std::string from_ann = to_bob;
    world.broker.publish(from_ann, R"({"jsonrpc":"2.0","id":"x","method":1})");
    world.broker.publish(from_ann, R"({"jsonrpc":"2.0","id":"x","result":1,"error":1})");
    world.broker.publish(from_ann, R"({"jsonrpc":"2.0","method":"$/unknown"})");
    world.broker.publish(from_ann, R"({"jsonrpc":"2.0","method":"$/more","params":[]})");
    world.settle();
    EXPECT_THAT(world.broker.payloads(to_ann),
                ElementsAre(R"({"jsonrpc":"2.0","id":"x","error":{"code":-32600,"message":"Invalid Request"}})"));
    EXPECT_THAT(bob.take(), IsEmpty());
    EXPECT_THAT(ann.take(), IsEmpty());
}

TEST_P(Peers, SendEachOtherMessagesOfAnyBytes) {
    auto& layer = ann.layer();
    EXPECT_EQ(layer.send(bob_uid, "hello", {}, world.now), Error::none);
    EXPECT_EQ(layer.send(bob_uid, R"({"a":1})", {.qos = qos0}, world.now), Error::none);
    EXPECT_EQ(layer.send(bob_uid, "\xFF", {.content_type = "image/png"}, world.now), Error::none);
    EXPECT_EQ(layer.send(bob_uid, R"({"jsonrpc":"2.0"})", {}, world.now), Error::invalid_argument);
    EXPECT_EQ(layer.send("bob", "hello", {}, world.now), Error::invalid_name);
    world.settle();
    const bool has_type = GetParam().ann == Version::v5 && GetParam().bob == Version::v5;
    EXPECT_THAT(bob.take(),
                ElementsAre("message from acme:ann:aaaa hello", R"(message from acme:ann:aaaa {"a":1})",
                            std::string{"message from acme:ann:aaaa \xFF"} + (has_type ? " image/png" : "")));
}

TEST_P(Peers, NotifyEachOther) {
    EXPECT_EQ(ann.layer().notify(bob_peer, "hint", "[1]", world.now), Error::none);
    world.settle();
    EXPECT_THAT(bob.take(), ElementsAre("notification from acme:ann:aaaa hint [1]"));
    bob.layer().expose(false);
    EXPECT_EQ(ann.layer().notify(bob_peer, "hint", "[1]", world.now), Error::none);
    world.settle();
    EXPECT_THAT(bob.take(), IsEmpty());
}

TEST_P(Peers, ThatHaveTooMuchToDoSaySo) {
    auto options = World::options("acme:cyd:cccc");
    options.calls.concurrency = 1;
    options.calls.queue = 1;
    ConnectOptions base;
    base.version = GetParam().bob;
    auto& cyd = world.webapp(options, base);
    cyd.layer().expose(true);
    cyd.start();
    world.settle();
    (void)cyd.take();
    const auto peer = Target::peer("acme:cyd:cccc");
    world.request(ann, peer, "a");
    world.request(ann, peer, "b");
    world.request(ann, peer, "c");
    EXPECT_THAT(cyd.take(), ElementsAre("request from acme:ann:aaaa a"));
    EXPECT_THAT(ann.take(), ElementsAre("failed 3 remote -32004 Too many requests"));
    EXPECT_EQ(cyd.layer().respond(cyd.last_call, "1", world.now), Error::none);
    world.settle();
    EXPECT_THAT(cyd.take(), ElementsAre("request from acme:ann:aaaa b"));
}

TEST(PeersV5, ThatAreNotThereAreFoundOutAtOnce) {
    World world;
    auto& ann = world.joined(ann_uid);
    world.request(ann, bob_peer, "sum");
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 no_responder"));
}

TEST(PeersV3, ThatAreNotThereAreFoundOutByTheirPresence) {
    World world;
    auto& ann = world.joined(ann_uid, Version::v3_1_1);
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    world.advance(3s);
    (void)world.joined("acme:cyd:cccc", Version::v3_1_1);
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:cyd:cccc {}"));
    world.request(ann, bob_peer, "sum");
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 no_responder"));
}

TEST(PeerMemory, IsBounded) {
    World world;
    auto& ann = world.joined(ann_uid);
    auto options = World::options(bob_uid);
    options.calls.remembered_answers = 1;
    auto& bob = world.webapp(options, {});
    bob.layer().expose(true);
    bob.start();
    world.settle();
    for (const auto* method : {"a", "b"}) {
        world.request(ann, bob_peer, method);
        EXPECT_EQ(bob.layer().respond(bob.last_call, "1", world.now), Error::none);
        world.settle();
    }
    (void)bob.take();
    const auto requests = world.broker.payloads(to_bob);
    world.broker.publish(to_bob, requests[1]);
    world.settle();
    EXPECT_THAT(bob.take(), IsEmpty()) << "remembered";
    world.broker.publish(to_bob, requests[0]);
    world.settle();
    EXPECT_THAT(bob.take(), ElementsAre("request from acme:ann:aaaa a")) << "forgotten";
}

}  // namespace
}  // namespace wsmq::test
