// Who is there: appeared, changed, gone; brokers that keep no promise; records that expire; rolls that are called.
#include <gtest/gtest.h>

#include "support/world.hpp"

namespace wsmq::test {
namespace {

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto bob_uid = "acme:bob:bbbb";
constexpr auto rolls = "ev/webapp/room/_roll/+";

class Presence : public testing::TestWithParam<Version> {
protected:
    WebappMember& watching(std::string_view org = {}, std::string_view user = {}) {
        auto& ann = world.joined(ann_uid, GetParam());
        EXPECT_EQ(ann.layer().watch_presence(org, user, world.now), Error::none);
        world.settle();
        return ann;
    }
    WebappMember& bob() { return world.joined(bob_uid, GetParam()); }

    World world;
};
INSTANTIATE_TEST_SUITE_P(Versions, Presence, testing::Values(Version::v3_1_1, Version::v5));

TEST_P(Presence, TellsWhoIsThereAlreadyAndWhoComesLater) {
    (void)bob();
    auto& ann = watching();
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {}"));
    (void)world.joined("acme:cyd:cccc", GetParam());
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:cyd:cccc {}"));
    EXPECT_EQ(ann.layer().presences().size(), 2u);
    EXPECT_EQ(ann.layer().presences().find(bob_uid)->second.since, 1'000);
}

TEST_P(Presence, MayBeWatchedBeforeJoining) {
    (void)bob();
    auto& ann = world.webapp(ann_uid, GetParam());
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    ann.start();
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("joined", "appeared acme:bob:bbbb {}"));
}

TEST_P(Presence, TellsAChangedStateOnce) {
    auto& ann = watching();
    auto& peer = bob();
    (void)ann.take();
    EXPECT_EQ(peer.layer().set_state(R"({"busy":true})", world.now), Error::none);
    EXPECT_EQ(peer.layer().set_state(R"({"busy":true})", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre(R"(changed acme:bob:bbbb {"busy":true})"));
}

TEST_P(Presence, TellsWhoLeft) {
    auto& ann = watching();
    bob().layer().leave(world.now);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {}", "gone acme:bob:bbbb {}"));
    EXPECT_TRUE(ann.layer().presences().empty());
}

TEST_P(Presence, TellsWhoseConnectionBroke) {
    auto& ann = watching();
    bob().cut(true);
    world.advance(6s);
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {}", "gone acme:bob:bbbb {}"));
}

TEST_P(Presence, TellsWhoseRecordWasCleared) {
    auto& ann = watching();
    const std::string topic = "ev/webapp/status/acme:bob:bbbb";
    world.broker.publish({.topic = topic, .payload = R"({"online":true,"state":1})", .retain = true});
    world.broker.publish({.topic = topic, .payload = "", .retain = true});
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb 1", "gone acme:bob:bbbb 1"));
}

TEST_P(Presence, ARecordThatSomebodyClearedIsPublishedAgainByWhoIsThere) {
    auto& ann = watching();
    (void)bob();
    (void)ann.take();
    world.broker.publish({.topic = "ev/webapp/status/acme:bob:bbbb", .payload = "", .retain = true});
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("gone acme:bob:bbbb {}", "appeared acme:bob:bbbb {}"));
}

TEST_P(Presence, IsOfTheOrgAndUserThatWereAskedFor) {
    auto& ann = watching("acme", "bob");
    (void)bob();
    (void)world.joined("acme:cyd:cccc", GetParam());
    (void)world.joined("other:bob:dddd", GetParam());
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {}"));
    EXPECT_EQ(ann.layer().watch_presence("a/b", {}, world.now), Error::invalid_name);
    EXPECT_EQ(ann.layer().watch_presence("other", {}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("gone acme:bob:bbbb {}", "appeared other:bob:dddd {}"));
}

TEST_P(Presence, WhoIsWatchedBeforeAndAfterNeitherGoesNorComes) {
    auto& ann = watching("acme", "bob");
    auto& peer = bob();
    (void)world.joined("acme:cyd:cccc", GetParam());
    (void)world.joined("other:bob:dddd", GetParam());
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {}"));
    EXPECT_EQ(ann.layer().watch_presence("acme", {}, world.now), Error::none);
    EXPECT_EQ(peer.layer().set_state(R"({"busy":true})", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(),
                testing::UnorderedElementsAre(R"(changed acme:bob:bbbb {"busy":true})", "appeared acme:cyd:cccc {}"));
    world.advance(1min);
    EXPECT_THAT(ann.take(), IsEmpty());
    EXPECT_EQ(ann.layer().watch_presence({}, "bob", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("gone acme:cyd:cccc {}", "appeared other:bob:dddd {}"));
}

TEST_P(Presence, OfFewerIsWatchedWithoutAskingTheBroker) {
    auto& ann = watching();
    auto& peer = bob();
    (void)world.joined("other:bob:dddd", GetParam());
    (void)ann.take();
    std::vector<std::string> subscribed;
    world.broker.allows = [&](const auto&, const auto& filter) {
        if (filter.ends_with('+')) subscribed.push_back(filter);
        return true;
    };
    for (const auto* user : {"", "bob"}) {
        EXPECT_EQ(ann.layer().watch_presence("acme", user, world.now), Error::none);
        EXPECT_EQ(peer.layer().set_state(R"({"now":")" + std::string{user} + R"("})", world.now), Error::none);
        world.settle();
    }
    EXPECT_THAT(ann.take(), ElementsAre("gone other:bob:dddd {}", R"(changed acme:bob:bbbb {"now":""})",
                                        R"(changed acme:bob:bbbb {"now":"bob"})"));
    EXPECT_THAT(subscribed, IsEmpty());
}

TEST_P(Presence, IsNotToldAnyMoreWhenNobodyWatches) {
    (void)bob();
    auto& ann = watching();
    EXPECT_EQ(ann.layer().unwatch_presence(world.now), Error::none);
    EXPECT_TRUE(ann.layer().presences().empty());
    (void)world.joined("acme:cyd:cccc", GetParam());
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {}", "gone acme:bob:bbbb {}"));
    EXPECT_FALSE(world.broker.has_subscription(ann_uid, "ev/webapp/status/+"));
    EXPECT_TRUE(world.broker.has_subscription(ann_uid, "ev/webapp/status/acme:ann:aaaa"));
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {}", "appeared acme:cyd:cccc {}"));
}

TEST_P(Presence, PassesOverRecordsThatAreNotSound) {
    auto& ann = watching();
    for (const auto* record : {"x", "[]", "1", "{}", R"({"online":"true"})"}) {
        world.broker.publish({.topic = "ev/webapp/status/acme:bob:bbbb", .payload = record});
    }
    world.broker.publish({.topic = "ev/webapp/status/nobody", .payload = R"({"online":true})"});
    world.settle();
    EXPECT_THAT(ann.take(), IsEmpty());
}

TEST_P(Presence, TheSenderIsInTheTopicAndNotInThePayload) {
    auto& ann = watching();
    world.broker.publish(
        {.topic = "ev/webapp/status/acme:bob:bbbb", .payload = R"({"online":true,"uid":"acme:cyd:cccc"})"});
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb null"));
}

TEST_P(Presence, AfterARestartOfTheBrokerOnlyThoseWhoAreStillThereRemain) {
    auto& ann = watching();
    (void)bob();
    auto& cyd = world.joined("acme:cyd:cccc", GetParam());
    (void)ann.take();
    cyd.cut(true);
    world.broker.restart(false);
    world.advance(60s);
    auto lines = ann.take();
    std::erase(lines, "joined again");
    EXPECT_THAT(lines, ElementsAre("gone acme:cyd:cccc {}"));
    EXPECT_EQ(ann.layer().presences().size(), 1u);
}

TEST_P(Presence, NobodyFlickersWhoComesBackLaterThanWeDo) {
    auto& ann = watching();
    auto& b = bob();
    auto& cyd = world.joined("acme:cyd:cccc", GetParam());
    (void)ann.take();
    world.broker.restart(false);
    b.cut(true);
    cyd.cut(true);
    world.advance(4s);
    b.online();
    world.advance(4s);
    cyd.online();
    world.advance(60s);
    EXPECT_THAT(ann.take(), ElementsAre("joined again"));
    EXPECT_EQ(ann.layer().presences().size(), 2u);
}

TEST_P(Presence, WhoDoesNotComeBackIsGoneWithinTenSecondsHoweverBusyTheHouseIs) {
    auto& ann = watching();
    (void)bob();
    auto& cyd = world.joined("acme:cyd:cccc", GetParam());
    (void)ann.take();
    cyd.cut(true);
    world.broker.restart(false);
    world.advance(3s);  // everybody is back
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(ann.layer().set_state(std::to_string(i), world.now), Error::none);
        world.advance(1s);
    }
    EXPECT_EQ(ann.layer().presences().size(), 1u);
}

TEST_P(Presence, CallsNoRollWhereTheBrokerKeepsItsWord) {
    (void)watching();
    world.advance(10s);
    EXPECT_THAT(world.broker.payloads(rolls), IsEmpty());
}

class PresenceWithoutRetained : public testing::TestWithParam<Version> {
protected:
    World world{{.retains_for_wildcards = false}};
};
INSTANTIATE_TEST_SUITE_P(Versions, PresenceWithoutRetained, testing::Values(Version::v3_1_1, Version::v5));

TEST_P(PresenceWithoutRetained, CallsTheRollAndEverybodyAnswersWithinHalfASecond) {
    (void)world.joined(bob_uid, GetParam());
    (void)world.joined("acme:cyd:cccc", GetParam());
    auto& ann = world.joined(ann_uid, GetParam());
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    world.advance(999ms);
    EXPECT_THAT(ann.take(), IsEmpty());
    world.advance(1ms);
    EXPECT_EQ(world.broker.payloads(rolls).size(), 1u);
    world.advance(500ms);
    EXPECT_THAT(ann.take(), testing::UnorderedElementsAre("appeared acme:bob:bbbb {}", "appeared acme:cyd:cccc {}"));
}

TEST_P(PresenceWithoutRetained, NobodyFlickersWhoseAnswerIsPaced) {
    (void)world.joined(bob_uid, GetParam());
    auto& ann = world.joined(ann_uid, GetParam());
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    for (int i = 0; i < 10; ++i) {  // so that the next answer has to wait
        world.broker.publish("ev/webapp/room/_roll/acme:eve:eeee", "");
        world.advance(10s);
    }
    (void)ann.take();
    ann.cut();
    world.broker.forget(ann_uid);
    world.advance(120s);
    EXPECT_THAT(ann.take(), ElementsAre("joined again"));
}

TEST_P(PresenceWithoutRetained, WhoMissedTheCallAfterAReconnectionIsAskedAgain) {
    auto& bob = world.joined(bob_uid, GetParam());
    auto& ann = world.joined(ann_uid, GetParam());
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    world.advance(70s);
    (void)ann.take();
    ann.cut();
    world.broker.forget(ann_uid);
    // The node does not pass it on yet.
    world.broker.copies = [](const Broker::Published& message) {
        return message.topic.ends_with("_roll/acme:ann:aaaa") ? 0 : 1;
    };
    world.advance(10s);
    world.broker.copies = nullptr;
    world.advance(100s);
    EXPECT_THAT(ann.take(), ElementsAre("joined again"));
    bob.cut(true);
    world.broker.forget(bob_uid);
    ann.cut();
    world.broker.forget(ann_uid);
    world.advance(100s);
    EXPECT_THAT(ann.take(), ElementsAre("joined again", "gone acme:bob:bbbb {}")) << "who does not answer is gone";
}

TEST_P(PresenceWithoutRetained, DoesNotAskWhereTheOptionsForbidIt) {
    auto options = World::options(ann_uid);
    options.roll_call = Webapp::RollCall::never;
    ConnectOptions base;
    base.version = GetParam();
    auto& ann = world.webapp(options, base);
    ann.start();
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    world.advance(10s);
    EXPECT_THAT(world.broker.payloads(rolls), IsEmpty());
    EXPECT_FALSE(world.broker.has_subscription(ann_uid, rolls));
}

TEST(PresenceRoll, SeveralCallsWithinTheDelayAreAnsweredOnce) {
    World world;
    (void)world.joined(bob_uid);
    world.broker.publish("ev/webapp/room/_roll/acme:cyd:cccc", "");
    world.broker.publish("ev/webapp/room/_roll/acme:dan:dddd", "");
    world.advance(1s);
    EXPECT_EQ(world.broker.payloads("ev/webapp/status/acme:bob:bbbb").size(), 2u);
}

TEST(PresenceV5, ARecordThatIsNotRenewedExpires) {
    World world;
    auto& ann = world.joined(ann_uid);
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    PropertyWriter properties;
    properties.integer(PropertyId::message_expiry_interval, 30);
    world.broker.publish({.topic = "ev/webapp/status/acme:bob:bbbb",
                          .payload = R"({"online":true,"state":1})",
                          .properties = block_of(properties.bytes()),
                          .retain = true});
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb 1"));
    world.advance(29s);
    EXPECT_THAT(ann.take(), IsEmpty());
    world.advance(1s);
    EXPECT_THAT(ann.take(), ElementsAre("gone acme:bob:bbbb 1"));
}

TEST(PresenceV5, ARenewalIsNoChange) {
    World world;
    auto& ann = world.joined(ann_uid);
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    (void)world.joined(bob_uid);
    world.advance(2h);
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {}"));
}

}  // namespace
}  // namespace wsmq::test
