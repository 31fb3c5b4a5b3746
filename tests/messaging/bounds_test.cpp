// What others may cost whoever answers them: bounds for all, shares for each account, and streams that nobody takes.
#include <gtest/gtest.h>

#include <deque>

#include "respond/fair_queue.hpp"
#include "support/world.hpp"
#include "wsmq/messaging/service.hpp"

namespace wsmq::test {
namespace {

using messaging::CallId;
using messaging::Service;
using testing::Contains;
using testing::SizeIs;

// --- FairQueue by themselves ---------------------------------------------------------------------------

class TurnsOfAccounts : public testing::Test {
protected:
    messaging::CallLimits limits{.concurrency = 4, .queue = 6, .queue_bytes = 100};
    messaging::FairQueue turns{limits};

    std::vector<std::uint64_t> all() {
        std::vector<std::uint64_t> calls;
        while (const auto call = turns.next()) calls.push_back(*call);
        return calls;
    }
};

TEST_F(TurnsOfAccounts, GoRound) {
    for (std::uint64_t call = 1; call <= 3; ++call) turns.add("a", call, 1);
    turns.add("b", 4, 1);
    turns.add("c", 5, 1);
    EXPECT_THAT(all(), ElementsAre(1, 4, 5, 2)) << "and not the third of a, which has its half";
    turns.add("d", 6, 1);
    EXPECT_THAT(all(), IsEmpty()) << "all four places are taken";
    turns.end_open("b");
    EXPECT_THAT(all(), ElementsAre(6));
    turns.end_open("a");
    EXPECT_THAT(all(), ElementsAre(3));
    EXPECT_EQ(turns.size(), 4u);
}

TEST_F(TurnsOfAccounts, LeaveTheOtherHalfToOthers) {
    EXPECT_TRUE(turns.has_room("a", 1'000)) << "what begins at once need not wait, however large";
    for (std::uint64_t call = 1; call <= 2; ++call) turns.add("a", call, 1);
    EXPECT_THAT(all(), ElementsAre(1, 2));
    for (std::uint64_t call = 3; call <= 5; ++call) {
        EXPECT_TRUE(turns.has_room("a", 10));
        turns.add("a", call, 10);
    }
    EXPECT_FALSE(turns.has_room("a", 0)) << "three wait";
    EXPECT_TRUE(turns.has_room("b", 1'000)) << "it begins at once";
    for (std::uint64_t call = 6; call <= 8; ++call) turns.add("b", call, 10);
    EXPECT_THAT(all(), ElementsAre(6, 7));
    EXPECT_TRUE(turns.has_room("c", 50));
    EXPECT_FALSE(turns.has_room("c", 51)) << "half of the bytes";
    turns.add("c", 9, 50);
    turns.add("d", 10, 10);
    EXPECT_FALSE(turns.has_room("e", 0)) << "six wait";
}

TEST_F(TurnsOfAccounts, AreGivenBackByWhatEndsWhileItWaits) {
    for (std::uint64_t call = 1; call <= 5; ++call) turns.add("a", call, 10);
    EXPECT_THAT(all(), ElementsAre(1, 2));
    turns.end_waiting("a", 3);
    turns.end_waiting("a", 5);
    EXPECT_EQ(turns.size(), 3u);
    turns.end_open("a");
    EXPECT_THAT(all(), ElementsAre(4));
    turns.end_open("a");
    turns.end_open("a");
    EXPECT_EQ(turns.size(), 0u);
    turns.add("a", 6, 1);
    turns.end_waiting("a", 6);
    turns.add("b", 7, 1);
    EXPECT_THAT(all(), ElementsAre(7)) << "the line has an account that has gone";
}

TEST_F(TurnsOfAccounts, AreOneWhereThereIsOneAndNoneWhereThereIsNone) {
    limits = {.concurrency = 1, .queue = 1};
    turns.add("a", 1, 1);
    EXPECT_THAT(all(), ElementsAre(1));
    EXPECT_TRUE(turns.has_room("a", 1));
    limits.queue = 0;
    EXPECT_FALSE(turns.has_room("a", 1));
    EXPECT_FALSE(turns.has_room("b", 1));
}

TEST_F(TurnsOfAccounts, OfAHundredThousandCallsCostLittleEach) {
    limits = {.concurrency = 2, .queue = 1'000'000, .queue_bytes = 1'000'000};
    for (std::uint64_t call = 1; call <= 100'000; ++call) turns.add("a", call, 1);
    EXPECT_THAT(all(), ElementsAre(1));
    // From the middle, in no order: a list that is searched would need minutes.
    for (std::uint64_t call = 100'000; call > 1; --call) turns.end_waiting("a", call);
    EXPECT_EQ(turns.size(), 1u);
}

// --- A service under them --------------------------------------------------------------------------

class Bounds : public testing::Test {
protected:
    void serve(const messaging::CallLimits& limits) {
        Service::Options options;
        options.root = "ev/";
        options.service = "orders";
        options.instance = "i1";
        options.statistics_interval = 0s;
        options.calls = limits;
        ConnectOptions base;
        base.outgoing_topic_alias_maximum = 0;
        service = &world.add<Service>(base, options);
        service->start();
        world.settle();
        EXPECT_THAT(service->take(), ElementsAre("joined"));
    }
    static std::string request(const std::string& id, const std::string& method, const std::string& params) {
        return R"({"jsonrpc":"2.0","id":")" + id + R"(","method":")" + method + R"(","params":)" + params + "}";
    }
    /// One request of each method, its name for an id.
    void ask(const std::string& uid, std::initializer_list<std::string> methods, const std::string& params = "[]") {
        for (const auto& method : methods) {
            world.broker.publish("ev/webapp/req/orders/" + uid, request(method, method, params));
        }
        world.settle();
    }
    void control(const std::string& uid, const std::string& method, const std::string& params) {
        world.broker.publish("ev/webapp/svc/orders/_all/" + uid,
                             R"({"jsonrpc":"2.0","method":")" + method + R"(","params":)" + params + "}");
        world.settle();
    }
    void respond(CallId call) {
        EXPECT_EQ(service->layer().respond(call, "1", world.now), Error::none);
        world.settle();
    }
    std::vector<std::string> answers(const std::string& uid) { return world.broker.payloads("ev/webapp/res/" + uid); }

    World world;
    Member<Service>* service = nullptr;
};

constexpr auto ann = "acme:ann:aaaa";
constexpr auto anns_other = "acme:ann:zzzz";
constexpr auto bob = "acme:bob:bbbb";

TEST_F(Bounds, OfOneAccountLeaveOthersTheirTurn) {
    serve({.concurrency = 4, .queue = 8});
    ask(ann, {"a", "b"});
    ask(anns_other, {"c", "d", "e", "f", "g"});
    EXPECT_THAT(service->take(), ElementsAre("request from acme:ann:aaaa a []", "request from acme:ann:aaaa b []"))
        << "half, whatever connection they come from";
    const CallId of_ann = service->last_call;
    EXPECT_THAT(answers(anns_other), ElementsAre(HasSubstr(R"("id":"g","error":{"code":-32004)")));
    ask(bob, {"h"});
    EXPECT_THAT(service->take(), ElementsAre("request from acme:bob:bbbb h []"));
    respond(of_ann);
    EXPECT_THAT(service->take(), ElementsAre("request from acme:ann:zzzz c []"));
    ask("acme:ann:x:aaaa", {"i"});
    EXPECT_THAT(service->take(), IsEmpty()) << "no uid";
    ask("acme:anna:aaaa", {"j"});
    EXPECT_THAT(service->take(), ElementsAre("request from acme:anna:aaaa j []")) << "another account";
}

TEST_F(Bounds, OfTheBytesThatWait) {
    serve({.concurrency = 2, .queue = 100, .queue_bytes = 10'000});
    const std::string large = "[\"" + std::string(3'000, 'x') + "\"]";
    ask(ann, {"a", "b", "c"}, large);
    EXPECT_THAT(answers(ann), ElementsAre(HasSubstr(R"("id":"c","error":{"code":-32004)")));
    ask(ann, {"d"});
    EXPECT_THAT(answers(ann), SizeIs(1)) << "a small one has room";
    control(ann, "$/cancelRequest", R"({"id":"b"})");
    ask(ann, {"e"}, large);
    EXPECT_THAT(answers(ann), Contains(HasSubstr(R"("id":"b","error":{"code":-32003)")));
    EXPECT_THAT(answers(ann), SizeIs(2)) << "what ended makes room";
    ask(bob, {"f", "g", "h"}, large);
    ask("acme:cyd:cccc", {"i", "j"}, large);
    EXPECT_THAT(answers(bob), ElementsAre(HasSubstr(R"("id":"h","error":{"code":-32004)")));
    EXPECT_THAT(answers("acme:cyd:cccc"), ElementsAre(HasSubstr(R"("id":"j","error":{"code":-32004)")));
}

TEST_F(Bounds, CountThePropertiesThatAreKept) {
    serve({.concurrency = 1, .queue = 100, .queue_bytes = 10'000});
    const auto ask_with = [&](const std::string& id, const std::string& correlation) {
        PropertyWriter properties;
        properties.binary(PropertyId::correlation_data,
                          {reinterpret_cast<const std::uint8_t*>(correlation.data()), correlation.size()});
        const auto block = properties.bytes();
        world.broker.publish({.topic = std::string{"ev/webapp/req/orders/"} + ann,
                              .payload = request(id, "a", "[]"),
                              .properties = {block.begin(), block.end()}});
        world.settle();
    };
    ask_with("1", "");
    ask_with("2", std::string(4'000, 'x'));
    ask_with("3", std::string(4'000, 'x'));
    EXPECT_THAT(answers(ann), ElementsAre(HasSubstr(R"("id":"3","error":{"code":-32004)")));
}

// --- Notifications ---------------------------------------------------------------------------------

class Notifications : public Bounds {
protected:
    void notify(const std::string& uid, std::initializer_list<std::string> methods, Bytes properties = {}) {
        for (const auto& method : methods) {
            world.broker.publish({.topic = "ev/webapp/req/orders/" + uid,
                                  .payload = R"({"jsonrpc":"2.0","method":")" + method + "\"}",
                                  .properties = {properties.begin(), properties.end()}});
        }
        world.settle();
    }
};

TEST_F(Notifications, HaveTheBoundsOfRequestsAndAreDroppedPastThem) {
    serve({.concurrency = 4, .queue = 4});
    notify(ann, {"a", "b", "c", "d", "e"});
    EXPECT_THAT(service->take(), ElementsAre("notification from acme:ann:aaaa a", "notification from acme:ann:aaaa b"));
    const auto call = service->last_call;
    EXPECT_EQ(service->layer().counts().dropped, 1u);
    ask(ann, {"f"});
    EXPECT_THAT(answers(ann), ElementsAre(HasSubstr(R"("id":"f","error":{"code":-32004)")));
    ask(bob, {"g"});
    EXPECT_THAT(service->take(), ElementsAre("request from acme:bob:bbbb g []"));
    respond(call);
    EXPECT_THAT(service->take(), ElementsAre("notification from acme:ann:aaaa c"));
    EXPECT_EQ(service->layer().fail(service->last_call, 1, "no", {}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(service->take(), ElementsAre("notification from acme:ann:aaaa d"));
    EXPECT_EQ(service->layer().respond_raw(service->last_call, "no", {}, world.now), Error::none);
    EXPECT_EQ(service->layer().respond(call, "1", world.now), Error::unknown_call);
    EXPECT_THAT(answers(ann), SizeIs(1)) << "nothing is sent";
    EXPECT_EQ(service->layer().counts().requests, 1u);
    EXPECT_EQ(service->layer().counts().errors, 1u);
}

TEST_F(Notifications, OnTheTopicsOfAnInstanceAreBoundedAsWell) {
    serve({.concurrency = 1, .queue = 0});
    for (int i = 0; i < 3; ++i) control(ann, "hint", "[1]");
    EXPECT_THAT(service->take(), ElementsAre("notification from acme:ann:aaaa hint [1]"));
    EXPECT_EQ(service->layer().counts().dropped, 2u);
}

TEST_F(Notifications, MakeNoProgress) {
    serve({});
    notify(ann, {"a"});
    const auto call = service->last_call;
    EXPECT_EQ(service->layer().progress(call, "1", world.now), Error::unwanted);
    respond(call);
    EXPECT_EQ(service->layer().progress(call, "1", world.now), Error::unknown_call);
    EXPECT_THAT(answers(ann), IsEmpty());
}

TEST_F(Notifications, LiveAsLongAsRequests) {
    serve({.concurrency = 2});
    PropertyWriter properties;
    properties.integer(PropertyId::message_expiry_interval, 5);
    notify(ann, {"short"}, properties.bytes());
    EXPECT_THAT(service->take(), SizeIs(1));
    notify(bob, {"long"});
    EXPECT_THAT(service->take(), SizeIs(1));
    notify(bob, {"waits"}, properties.bytes());
    world.advance(4s);
    EXPECT_THAT(service->take(), IsEmpty());
    world.advance(1s);
    EXPECT_THAT(service->take(), ElementsAre("ended timed_out")) << "and the one that waited is gone";
    world.advance(55s);
    EXPECT_THAT(service->take(), ElementsAre("ended timed_out")) << "60 s without an expiry";
    EXPECT_EQ(service->layer().counts().expired, 3u);
    EXPECT_THAT(answers(ann), IsEmpty());
}

TEST_F(Notifications, AreWorkedOnBeforeAServiceLeaves) {
    serve({});
    notify(ann, {"a"});
    const auto call = service->last_call;
    service->layer().leave(world.now);
    world.settle();
    EXPECT_THAT(service->take(), ElementsAre("notification from acme:ann:aaaa a"));
    respond(call);
    EXPECT_THAT(service->take(), ElementsAre("left"));
}

TEST_F(Notifications, OfMethodsThatThereAreNotArePassedOver) {
    Service::Options options;
    options.root = "ev/";
    options.service = "orders";
    options.instance = "i1";
    options.methods = {"a"};
    auto& other = world.add<Service>({}, options);
    other.start();
    world.settle();
    notify(ann, {"b", "$/c", "", "a"});
    EXPECT_THAT(other.take(), ElementsAre("joined", "notification from acme:ann:aaaa a"));
    EXPECT_THAT(answers(ann), IsEmpty());
}

TEST_F(Notifications, OfServicesAreBoundedApartFromWhatPeersAsk) {
    auto options = World::options(ann);
    options.calls = {.concurrency = 2, .queue = 2};
    auto& webapp = world.webapp(options, {});
    webapp.layer().expose(true);
    webapp.start();
    world.settle();
    for (const auto* peer : {bob, "acme:cyd:cccc"}) {
        world.broker.publish(std::string{"ev/webapp/peer/"} + ann + "/" + peer, request("1", "busy", "[]"));
    }
    for (int i = 1; i <= 4; ++i) {
        world.broker.publish(std::string{"ev/webapp/res/"} + ann,
                             R"({"jsonrpc":"2.0","method":"news","params":[)" + std::to_string(i) + "]}");
    }
    world.settle();
    EXPECT_THAT(webapp.take(),
                ElementsAre("joined", "request from acme:bob:bbbb busy []", "request from acme:cyd:cccc busy []",
                            "notification from a service news [1]"));
    EXPECT_EQ(webapp.layer().progress(webapp.last_call, "1", world.now), Error::unwanted);
    EXPECT_EQ(webapp.layer().respond(webapp.last_call, "null", world.now), Error::none);
    world.settle();
    EXPECT_THAT(webapp.take(), ElementsAre("notification from a service news [2]"));
    EXPECT_EQ(webapp.layer().fail(webapp.last_call, 1, "", {}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(webapp.take(), IsEmpty()) << "the others had no room";
    webapp.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(webapp.take(), ElementsAre("ended left", "ended left", "left"));
}

// --- Streams that nobody takes ---------------------------------------------------------------------

class Stalls : public Bounds {
protected:
    /// Begins a stream, and sends all that there is credit for.
    CallId begin(const std::string& method) {
        ask(ann, {method});
        EXPECT_THAT(service->take(), Contains("request from acme:ann:aaaa " + method + " []"));
        const auto call = service->last_call;
        send_all(call);
        return call;
    }
    int send_all(CallId call) {
        for (int sent = 0;; ++sent) {
            const auto error = service->layer().progress(call, "0", world.now);
            if (error == Error::none) continue;
            EXPECT_EQ(error, Error::no_credit);
            world.settle();
            return sent;
        }
    }
};

TEST_F(Stalls, EndStreamsThatAreGrantedNothing) {
    serve({.default_expiry = 1h});
    const auto call = begin("a");
    world.advance(29'999ms);
    EXPECT_THAT(service->take(), IsEmpty());
    world.advance(1ms);
    EXPECT_THAT(service->take(), ElementsAre("ended cancelled"));
    EXPECT_THAT(answers(ann).back(), HasSubstr(R"("id":"a","error":{"code":-32003)"));
    EXPECT_EQ(service->layer().progress(call, "0", world.now), Error::unknown_call);
    const auto count = answers(ann).size();
    ask(ann, {"a"});
    EXPECT_THAT(answers(ann), SizeIs(count + 1)) << "it is remembered like any other answer";
    EXPECT_THAT(service->take(), IsEmpty());
    world.advance(1h);
    ask(ann, {"a"});
    EXPECT_THAT(service->take(), SizeIs(1)) << "until the call expires";
}

TEST_F(Stalls, BeginWithTheItemThatHasNoCreditAndEndWithCredit) {
    serve({.stall_timeout = 10s, .default_expiry = 1h});
    const auto call = begin("a");
    world.advance(9s);
    control(ann, "$/more", R"({"id":"a","n":0})");
    control(ann, "$/more", R"({"id":"a","n":2})");
    EXPECT_THAT(service->take(), ElementsAre("credit 2"));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(service->layer().progress(call, "0", world.now), Error::none);
    world.advance(1min);
    EXPECT_THAT(service->take(), IsEmpty()) << "it has nothing to send";
    EXPECT_EQ(send_all(call), 0);
    world.advance(9s);
    EXPECT_EQ(send_all(call), 0) << "which does not begin anew";
    world.advance(1s);
    EXPECT_THAT(service->take(), ElementsAre("ended cancelled"));
}

TEST_F(Stalls, AreOverWithTheAnswer) {
    serve({.default_expiry = 1min});
    respond(begin("a"));
    world.advance(59s);
    EXPECT_THAT(service->take(), IsEmpty());
    ask(ann, {"a"});
    EXPECT_THAT(service->take(), IsEmpty()) << "it is still remembered";
    EXPECT_EQ(service->layer().counts().cancelled, 0u);
}

TEST_F(Stalls, DoNotOutliveTheCall) {
    serve({.default_expiry = 20s});
    begin("a");
    world.advance(20s);
    EXPECT_THAT(service->take(), ElementsAre("ended timed_out"));
}

TEST_F(Stalls, GiveTheirPlacesBack) {
    serve({.concurrency = 2, .queue = 8, .default_expiry = 1h});
    begin("a");
    ask(ann, {"b"});
    EXPECT_THAT(service->take(), IsEmpty());
    world.advance(30s);
    EXPECT_THAT(service->take(), ElementsAre("ended cancelled", "request from acme:ann:aaaa b []"));
}

}  // namespace
}  // namespace wsmq::test
