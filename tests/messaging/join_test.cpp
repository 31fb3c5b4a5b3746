// A webapp from its start to its end: subscriptions before the record, the last will, coming back, leaving.
#include <gtest/gtest.h>

#include "presence/announcer.hpp"
#include "support/world.hpp"

namespace wsmq::test {
namespace {

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto ann_status = "ev/webapp/status/acme:ann:aaaa";
constexpr auto online = R"({"online":true,"uid":"acme:ann:aaaa","since":1000,"state":{}})";
constexpr auto offline = R"({"online":false,"uid":"acme:ann:aaaa","since":1000})";

class Join : public testing::TestWithParam<Version> {
protected:
    World world;
};
INSTANTIATE_TEST_SUITE_P(Versions, Join, testing::Values(Version::v3_1_1, Version::v5));

TEST_P(Join, SubscribesThenAnnouncesThenTells) {
    auto& ann = world.joined(ann_uid, GetParam());
    EXPECT_TRUE(ann.layer().is_joined());
    EXPECT_EQ(ann.layer().uid(), ann_uid);
    for (const auto* filter :
         {"ev/webapp/res/acme:ann:aaaa", "ev/webapp/peer/acme:ann:aaaa/+", ann_status, "ev/webapp/room/_roll/+"}) {
        EXPECT_TRUE(world.broker.has_subscription(ann_uid, filter)) << filter;
    }
    EXPECT_THAT(world.broker.payloads("#"), ElementsAre(online));
    ASSERT_NE(world.broker.retained(ann_status), nullptr);
}

TEST_P(Join, ARefusedSubscriptionIsTold) {
    world.broker.allows = [](const auto&, const auto& topic) { return topic.find("peer") == std::string::npos; };
    auto& ann = world.webapp(ann_uid, GetParam());
    ann.start();
    world.settle();
    const auto lines = ann.take();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_THAT(lines[0], HasSubstr("join failed refused"));
    EXPECT_FALSE(ann.layer().is_joined());
}

TEST_P(Join, PassesOverWhatIsRetainedWhereNothingShouldBe) {
    const auto leave_behind = [this](const std::string& topic, const std::string& payload) {
        world.broker.publish({.topic = topic, .payload = payload, .retain = true});
    };
    leave_behind("ev/webapp/res/acme:ann:aaaa", R"({"jsonrpc":"2.0","method":"news"})");
    leave_behind("ev/webapp/peer/acme:ann:aaaa/acme:bob:bbbb", R"({"jsonrpc":"2.0","id":1,"method":"sum"})");
    leave_behind("ev/webapp/peer/acme:ann:aaaa/acme:cyd:cccc", "hello");
    leave_behind("ev/webapp/room/lobby/acme:bob:bbbb", "hello");
    leave_behind("ev/webapp/room/_roll/acme:bob:bbbb", "");
    leave_behind("ev/webapp/room/_roll/acme:cyd:cccc", "x");
    leave_behind("ev/device/status/SN-1", R"({"online":true})");
    auto& ann = world.webapp(ann_uid, GetParam());
    ann.layer().expose(true);
    EXPECT_EQ(ann.layer().join_room("lobby", world.now), Error::none);
    EXPECT_EQ(ann.layer().watch_devices({}, world.now), Error::none);
    ann.start();
    world.advance(10s);
    EXPECT_THAT(ann.take(), testing::UnorderedElementsAre("joined", R"(device SN-1 online {"online":true})"));
    world.broker.restart(true);
    world.advance(60s);
    EXPECT_THAT(ann.take(), testing::UnorderedElementsAre("joined again", R"(device SN-1 online {"online":true})"));
    EXPECT_THAT(world.broker.payloads("ev/webapp/peer/+/acme:ann:aaaa"), IsEmpty()) << "nothing is answered";
    EXPECT_THAT(world.broker.payloads(ann_status), ElementsAre(online, online)) << "nor the roll call";
}

TEST(JoinV5, DoesNotAskForWhatIsRetainedWhereNothingShouldBe) {
    World world;
    auto& ann = world.webapp(ann_uid);
    EXPECT_EQ(ann.layer().join_room("lobby", world.now), Error::none);
    ann.start();
    world.settle();
    const auto check = [&world] {
        for (const auto* filter : {"ev/webapp/res/acme:ann:aaaa", "ev/webapp/peer/acme:ann:aaaa/+",
                                   "ev/webapp/room/_roll/+", "ev/webapp/room/lobby/+"}) {
            EXPECT_EQ(world.broker.retain_handling(ann_uid, filter), RetainHandling::do_not_send) << filter;
        }
        EXPECT_EQ(world.broker.retain_handling(ann_uid, ann_status), RetainHandling::send);
    };
    check();
    world.broker.restart(true);
    world.advance(60s);
    check();
}

TEST(JoinV5, ARefusedRecordIsTold) {
    World world;
    world.broker.allows = [](const auto&, const auto& topic) { return topic != ann_status; };
    auto& ann = world.webapp(ann_uid);
    ann.start();
    world.settle();
    EXPECT_THAT(ann.take(), testing::Contains("join failed refused Not authorized"));
}

TEST_P(Join, LeavingPublishesTheOfflineRecordAndStops) {
    auto& ann = world.joined(ann_uid, GetParam());
    ann.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("left"));
    EXPECT_FALSE(ann.is_connected());
    EXPECT_EQ(world.broker.retained(ann_status)->payload, offline);
    world.advance(10s);
    EXPECT_THAT(world.broker.payloads(ann_status), ElementsAre(online, offline));
}

TEST_P(Join, WhoDoesNotAppearIsAskedAndAnsweredWithoutARecordOrAWill) {
    auto options = World::options(ann_uid);
    options.appears = false;
    ConnectOptions base;
    base.version = GetParam();
    auto& tool = world.webapp(options, base);
    tool.start();
    world.settle();
    EXPECT_THAT(tool.take(), ElementsAre("joined"));
    auto& bob = world.joined("acme:bob:bbbb", GetParam());
    bob.layer().expose(true);
    world.request(tool, Target::peer("acme:bob:bbbb"), "ping");
    world.settle();
    EXPECT_EQ(bob.layer().respond(bob.last_call, "true", world.now), Error::none);
    world.settle();
    EXPECT_THAT(tool.take(), ElementsAre(HasSubstr("true")));

    EXPECT_EQ(tool.layer().set_state(R"({"page":1})", world.now), Error::none);
    tool.cut();
    world.settle();
    world.advance(10s);
    EXPECT_THAT(tool.take(), ElementsAre("joined again"));
    tool.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(tool.take(), ElementsAre("left"));
    EXPECT_THAT(world.broker.payloads(ann_status), testing::IsEmpty());
}

TEST_P(Join, LeavingWithoutAConnectionEndsAtOnce) {
    auto& ann = world.joined(ann_uid, GetParam());
    ann.cut(true);
    world.settle();
    ann.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("left"));
    EXPECT_FALSE(ann.node().client().is_started());
}

TEST_P(Join, LeavingBeforeTheStartIsNoEvent) {
    auto& ann = world.webapp(ann_uid, GetParam());
    ann.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("left"));
}

TEST_P(Join, AfterLeavingItCanJoinAgain) {
    auto& ann = world.joined(ann_uid, GetParam());
    ann.layer().leave(world.now);
    world.settle();
    (void)ann.take();
    ann.start();
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("joined"));
    EXPECT_EQ(world.broker.retained(ann_status)->payload, online);
    EXPECT_TRUE(world.broker.has_subscription(ann_uid, "ev/webapp/peer/acme:ann:aaaa/+"));
}

TEST_P(Join, AReconnectionIsToldAndTheRecordIsPublishedAgain) {
    auto& ann = world.joined(ann_uid, GetParam());
    ann.cut();
    world.advance(31s);
    EXPECT_THAT(ann.take(), ElementsAre("joined again"));
    EXPECT_EQ(world.broker.retained(ann_status)->payload, online);
}

TEST_P(Join, ABrokerThatForgotEverythingHasItAllAgain) {
    auto& ann = world.joined(ann_uid, GetParam());
    EXPECT_EQ(ann.layer().join_room("lobby", world.now), Error::none);
    world.settle();
    world.broker.restart(false);
    world.advance(31s);
    EXPECT_THAT(ann.take(), ElementsAre("joined again"));
    EXPECT_NE(world.broker.retained(ann_status), nullptr);
    EXPECT_TRUE(world.broker.has_subscription(ann_uid, "ev/webapp/room/lobby/+"));
}

TEST_P(Join, TheWillOfAnOlderConnectionIsAnsweredWithTheRecord) {
    auto& ann = world.joined(ann_uid, GetParam());
    world.broker.publish({.topic = ann_status, .payload = offline, .retain = true});
    world.settle();
    EXPECT_THAT(world.broker.payloads(ann_status), ElementsAre(online, offline, online));
    EXPECT_THAT(ann.take(), IsEmpty());
}

TEST_P(Join, AnOldRecordThatIsRetainedIsNoReasonToAnnounceTwice) {
    world.broker.publish({.topic = ann_status, .payload = offline, .retain = true});
    (void)world.joined(ann_uid, GetParam());
    EXPECT_THAT(world.broker.payloads(ann_status), ElementsAre(offline, online));
}

TEST(JoinV5, AReloadWithinTheWillDelayDoesNotFlicker) {
    World world;
    auto& first = world.joined(ann_uid);
    first.cut(true);
    world.advance(4s);
    auto options = World::options(ann_uid);
    options.random_seed = 99;
    auto& second = world.webapp(options, {});
    second.start();
    world.advance(20s);
    EXPECT_THAT(second.take(), ElementsAre("joined"));
    EXPECT_THAT(world.broker.payloads(ann_status), ElementsAre(online, online));
}

TEST(JoinV5, TheWillComesAfterItsDelayAndExpires) {
    World world;
    auto& ann = world.joined(ann_uid);
    ann.cut(true);
    world.advance(4s);
    EXPECT_THAT(world.broker.payloads(ann_status), ElementsAre(online));
    world.advance(2s);
    EXPECT_THAT(world.broker.payloads(ann_status), ElementsAre(online, offline));
    world.advance(601s);
    EXPECT_EQ(world.broker.retained(ann_status), nullptr);
}

TEST(JoinV3, TheWillComesAtOnce) {
    World world;
    auto& ann = world.joined(ann_uid, Version::v3_1_1);
    ann.cut(true);
    world.settle();
    EXPECT_EQ(world.broker.retained(ann_status)->payload, offline);
}

TEST(JoinV5, TheRecordExpiresAndIsRenewedInTime) {
    World world;
    auto& ann = world.webapp(ann_uid);
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    ann.start();
    world.settle();
    const auto* record = world.broker.retained(ann_status);
    EXPECT_EQ(PropertyView{record->properties}.integer(PropertyId::message_expiry_interval), 600u);
    EXPECT_EQ(PropertyView{record->properties}.text(PropertyId::content_type), "application/json");
    world.advance(299s);
    EXPECT_THAT(world.broker.payloads(ann_status), ElementsAre(online));
    world.advance(1s);
    EXPECT_THAT(world.broker.payloads(ann_status), ElementsAre(online, online));
    world.advance(3600s);
    EXPECT_NE(world.broker.retained(ann_status), nullptr);
}

TEST_P(Join, ANewStateIsPublished) {
    auto& ann = world.joined(ann_uid, GetParam());
    EXPECT_EQ(ann.layer().set_state(R"({"busy":true})", world.now), Error::none);
    EXPECT_EQ(ann.layer().set_state("{", world.now), Error::invalid_json);
    world.settle();
    EXPECT_THAT(world.broker.retained(ann_status)->payload, HasSubstr(R"("state":{"busy":true}})"));
}

TEST_P(Join, AStateThatIsSetWithoutAConnectionGoesWithTheNextOne) {
    auto& ann = world.joined(ann_uid, GetParam());
    ann.cut(true);
    world.settle();
    EXPECT_EQ(ann.layer().set_state("[1]", world.now), Error::none);
    ann.online();
    world.advance(31s);
    EXPECT_THAT(world.broker.retained(ann_status)->payload, HasSubstr(R"("state":[1])"));
}

TEST(JoinOptions, AreCheckedBeforeAnythingIsSent) {
    auto options = World::options(ann_uid);
    EXPECT_TRUE(Webapp::connect_options({}, options));
    options.root = "ev";
    EXPECT_EQ(Webapp::connect_options({}, options).error(), Error::invalid_root);
    options = World::options("acme:ann");
    EXPECT_EQ(Webapp::connect_options({}, options).error(), Error::invalid_name);
    options = World::options(ann_uid);
    options.state = "x";
    EXPECT_EQ(Webapp::connect_options({}, options).error(), Error::invalid_json);
    options = World::options(ann_uid);
    options.will_delay = std::chrono::seconds{-1};
    EXPECT_EQ(Webapp::connect_options({}, options).error(), Error::invalid_argument);
}

TEST(JoinOptions, MakeASessionThatOutlivesTheWillDelay) {
    const auto made = Webapp::connect_options({}, World::options(ann_uid));
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->clean_start);
    EXPECT_EQ(made->session_expiry_interval, 5u);
    EXPECT_EQ(made->client_id, ann_uid);
    EXPECT_EQ(made->will->topic, ann_status);
    EXPECT_EQ(PropertyView{made->will->encoded_properties}.integer(PropertyId::will_delay_interval), 5u);
    ConnectOptions base;
    base.version = Version::v3_1_1;
    EXPECT_TRUE(Webapp::connect_options(base, World::options(ann_uid))->clean_start);
}

}  // namespace
}  // namespace wsmq::test
