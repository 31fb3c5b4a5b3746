// Answers to those who may have missed us do not amplify: who calls without end is answered ever more rarely.
#include <gtest/gtest.h>

#include "support/world.hpp"
#include "wsmq/messaging/service.hpp"

namespace wsmq::test {
namespace {

using messaging::Service;
using testing::Gt;
using testing::Le;

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto anns_record = "ev/webapp/status/acme:ann:aaaa";
constexpr auto rolls = "ev/webapp/room/_roll/+";
constexpr auto i1s_record = "ev/webapp/svc/orders/i1";

class RollCalls : public testing::Test {
protected:
    explicit RollCalls(BrokerTraits traits = {.shares = false, .retains_for_wildcards = false}) : world{traits} {}

    void call() {
        world.broker.publish("ev/webapp/room/_roll/acme:eve:eeee", "");
        world.settle();
    }
    std::size_t told(const std::string& filter) { return world.broker.payloads(filter).size(); }
    /// What was published on these topics while `ask` was called this often, in ten seconds, and afterwards.
    template <class Ask> std::size_t cost_in_ten_seconds(const std::string& filter, int times, Ask ask) {
        const auto before = told(filter);
        for (int i = 0; i < times; ++i) {
            ask(i);
            world.advance(Duration{10'000 / times});
        }
        return told(filter) - before;
    }
    WebappMember& watching(const std::string& uid) {
        auto& member = world.joined(uid);
        EXPECT_EQ(member.layer().watch_presence({}, {}, world.now), Error::none);
        return member;
    }
    void fill_the_house(int pages) {
        for (int i = 0; i < pages; ++i) (void)watching("acme:ann:p" + std::to_string(100 + i));
        world.advance(3s);
    }

    World world;
};

class RollCallsOfAGoodBroker : public RollCalls {
protected:
    RollCallsOfAGoodBroker() : RollCalls{BrokerTraits{}} {}
};

TEST_F(RollCalls, WithoutEndCostEachPageAFewAnswers) {
    constexpr std::size_t pages = 60;
    fill_the_house(pages);
    const auto cost = cost_in_ten_seconds("ev/webapp/status/+", 90, [this](int) { call(); });
    EXPECT_THAT(cost, testing::AllOf(Gt(0u), Le(pages * 4)));
}

TEST_F(RollCallsOfAGoodBroker, AreNotAnsweredByWhoHasSeenItKeepItsWord) {
    fill_the_house(60);
    EXPECT_EQ(cost_in_ten_seconds("ev/webapp/status/+", 90, [this](int) { call(); }), 0u);
}

TEST_F(RollCallsOfAGoodBroker, AreAnsweredByWhoHasNotSeenItAndByWhoIsToldTo) {
    (void)world.joined(ann_uid);
    auto options = World::options("acme:bob:bbbb");
    options.roll_call = Webapp::RollCall::always;
    auto& bob = world.webapp(options, {});
    EXPECT_EQ(bob.layer().watch_presence({}, {}, world.now), Error::none);
    bob.start();
    world.advance(70s);  // his own call is over
    for (const auto* uid : {"acme:ann:aaaa", "acme:bob:bbbb"}) {
        const auto topic = "ev/webapp/status/" + std::string{uid};
        EXPECT_THAT(cost_in_ten_seconds(topic, 90, [this](int) { call(); }), testing::AllOf(Gt(0u), Le(4u))) << uid;
        world.advance(70s);
    }
}

/// As after a thousand have joined at once: then what a broker retains takes longer than a second.
TEST_F(RollCallsOfAGoodBroker, AreNotMadeWhileItsRecordsAreStillArriving) {
    constexpr std::size_t pages = 20;
    fill_the_house(pages);
    const auto last_page = Target::peer("acme:ann:p119");
    for (const auto& [uid, pause] : {std::pair{"acme:bob:bbbb", 900ms}, {"acme:cyd:cccc", 4'000ms}}) {
        auto& newcomer = world.joined(uid);
        const auto records = told("ev/webapp/status/+");
        newcomer.let_through(0);
        EXPECT_EQ(newcomer.layer().watch_presence({}, {}, world.now), Error::none);
        for (std::size_t i = 0; i <= pages; ++i) {  // the SUBACK, and a record at a time
            world.advance(pause);
            const auto id = world.request(newcomer, last_page, "m");
            EXPECT_TRUE(newcomer.layer().cancel(id, world.now)) << "who is not known yet may be there";
            newcomer.let_through(1);
        }
        newcomer.let_through(1'000);
        world.advance(60s);
        EXPECT_GE(newcomer.layer().presences().size(), pages);
        EXPECT_EQ(told(rolls), 0u) << "nobody is missing";
        EXPECT_EQ(told("ev/webapp/status/+"), records) << "nobody has to answer";
    }
}

TEST_F(RollCalls, WithinTheIntervalAreAnsweredWhenItIsOver) {
    (void)world.joined(ann_uid);
    call();
    world.advance(500ms);
    ASSERT_EQ(told(anns_record), 2u);
    call();
    world.advance(1s);
    EXPECT_EQ(told(anns_record), 2u);
    world.advance(1500ms);
    EXPECT_EQ(told(anns_record), 3u) << "the newcomer is told";
    world.advance(60s);
    EXPECT_EQ(told(anns_record), 3u) << "once";
}

TEST_F(RollCalls, AreAnsweredHalfAsOftenEachTimeAndAsBeforeAfterAPause) {
    (void)world.joined(ann_uid);
    std::vector<Duration> pauses;
    std::optional<TimePoint> last;
    for (int i = 0; i < 3'000; ++i) {
        if (i % 10 == 0) call();
        const auto before = told(anns_record);
        world.advance(100ms);
        if (told(anns_record) == before) continue;
        if (last) pauses.push_back(std::chrono::duration_cast<Duration>(world.now - *last));
        last = world.now;
    }
    EXPECT_THAT(pauses, ElementsAre(2s, 4s, 8s, 16s, 32s, 64s, 64s, 64s));
    world.advance(64s);
    const auto before = told(anns_record);
    call();
    world.advance(500ms);
    EXPECT_EQ(told(anns_record), before + 1);
    call();
    world.advance(2s);
    EXPECT_EQ(told(anns_record), before + 2);
}

TEST_F(RollCalls, AreMadeAgainAfterTheBrokerLostTheSession) {
    (void)world.joined("acme:bob:bbbb");
    auto& ann = watching(ann_uid);
    world.advance(2s);
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {}"));
    ann.cut(true);
    world.advance(10s);
    ann.online();
    world.advance(60s);
    EXPECT_EQ(told(rolls), 2u) << "her own record comes back, but from no wildcard";
    EXPECT_THAT(ann.take(), ElementsAre("joined again")) << "and bob is still there";
}

TEST_F(RollCalls, AreAnsweredByWhoAskedForItsOwnRecordWhenItCameBack) {
    auto options = World::options(ann_uid);
    options.renames = true;
    auto& ann = world.webapp(options, {});
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    ann.start();
    world.advance(2s);
    ann.cut();
    world.advance(3s);
    const auto before = told(anns_record);
    call();
    world.advance(500ms);
    EXPECT_EQ(told(anns_record), before + 1) << "it came from no wildcard";
}

TEST_F(RollCalls, OfNewInstancesCostAFewAnswers) {
    Service::Options options;
    options.root = "ev/";
    options.service = "orders";
    options.instance = "i1";
    world.add<Service>({}, options).start();
    world.settle();
    const auto cost = cost_in_ten_seconds(i1s_record, 90, [this](int i) {
        world.broker.publish("ev/webapp/svc/orders/new" + std::to_string(i), R"({"online":true})");
        world.settle();
    });
    EXPECT_THAT(cost, testing::AllOf(Gt(0u), Le(4u)));
    const auto before = told(i1s_record);
    world.advance(16s);
    EXPECT_EQ(told(i1s_record), before + 1) << "the last one is told";
}

}  // namespace
}  // namespace wsmq::test
