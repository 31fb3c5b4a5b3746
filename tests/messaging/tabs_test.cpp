// A webapp that is several tabs, and whose record tells of each.
#include <gtest/gtest.h>

#include "support/world.hpp"

namespace wsmq::test {
namespace {

using messaging::maximum_record_size;

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto bob_uid = "acme:bob:bbbb";
constexpr auto bobs_record = "ev/webapp/status/acme:bob:bbbb";
constexpr auto one_tab = R"([{"id":"k3x9","since":1,"state":1}])";
constexpr auto two_tabs = R"([{"id":"k3x9","since":1,"state":1},{"id":"p0q1","since":2,"state":{"page":2}}])";

class Tabs : public testing::TestWithParam<Version> {
protected:
    Tabs() : ann{world.joined(ann_uid, GetParam())} {
        EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
        world.settle();
    }
    /// A webapp of one tab, which has just begun to connect.
    WebappMember& started_bob() {
        auto options = World::options(bob_uid);
        options.tabs = one_tab;
        ConnectOptions base;
        base.version = GetParam();
        auto& member = world.webapp(options, base);
        member.start();
        return member;
    }
    /// It has joined.
    WebappMember& bob() {
        auto& member = started_bob();
        world.settle();
        return member;
    }
    std::string record() { return world.broker.retained(bobs_record)->payload; }

    World world;
    WebappMember& ann;
};
INSTANTIATE_TEST_SUITE_P(Versions, Tabs, testing::Values(Version::v3_1_1, Version::v5));

TEST_P(Tabs, AreInTheRecordAndToldToWhoWatches) {
    auto& member = bob();
    EXPECT_EQ(record(),
              R"({"online":true,"uid":"acme:bob:bbbb","since":1000,"state":{},"tabs":)" + std::string{one_tab} + "}");
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {} " + std::string{one_tab}));
    EXPECT_EQ(member.layer().set_state("2", two_tabs, world.now), Error::none);
    EXPECT_EQ(member.layer().set_state("2", two_tabs, world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("changed acme:bob:bbbb 2 " + std::string{two_tabs})) << "both in one record";
    EXPECT_EQ(ann.layer().presences().find(bob_uid)->second.tabs, two_tabs);
    EXPECT_EQ(member.layer().set_state("2", one_tab, world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("changed acme:bob:bbbb 2 " + std::string{one_tab})) << "the state is the same";
    EXPECT_EQ(member.layer().set_state("2", {}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("changed acme:bob:bbbb 2")) << "one webapp";
}

TEST_P(Tabs, StayWhereOnlyTheStateIsSet) {
    auto& member = bob();
    EXPECT_EQ(member.layer().set_state("3", world.now), Error::none);
    world.settle();
    EXPECT_THAT(record(), HasSubstr(R"("state":3,"tabs":)" + std::string{one_tab}));
}

TEST_P(Tabs, OfBeforeTheConnectionAreInTheFirstRecord) {
    auto& member = started_bob();
    EXPECT_EQ(member.layer().set_state("2", two_tabs, world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb 2 " + std::string{two_tabs}));
}

TEST_P(Tabs, CountForTheBoundOfTheRecord) {
    auto& member = bob();
    const auto room = maximum_record_size - record().size();
    const auto tabs_of_size = [](std::size_t size) { return "[\"" + std::string(size - 4, 'x') + "\"]"; };
    const auto longest = std::string{one_tab}.size() + room;
    EXPECT_EQ(member.layer().set_state("{}", tabs_of_size(longest), world.now), Error::none);
    world.settle();
    EXPECT_EQ(record().size(), maximum_record_size);
    EXPECT_EQ(member.layer().set_state("{}", tabs_of_size(longest + 1), world.now), Error::payload_too_large);
    EXPECT_EQ(member.layer().set_state("{ }", world.now), Error::payload_too_large);
    world.settle();
    EXPECT_THAT(record(), HasSubstr(tabs_of_size(longest))) << "what was said before holds";

    auto options = World::options(bob_uid);
    options.tabs = tabs_of_size(longest + 1);
    EXPECT_EQ(Webapp::connect_options({}, options).error(), Error::payload_too_large);
}

TEST_P(Tabs, AreJsonOfAnArray) {
    auto& member = bob();
    auto options = World::options(bob_uid);
    for (const auto* tabs : {"{}", "1", "[", "[],[]", "x"}) {
        options.tabs = tabs;
        EXPECT_EQ(Webapp::connect_options({}, options).error(), Error::invalid_json) << tabs;
        EXPECT_EQ(member.layer().set_state("{}", tabs, world.now), Error::invalid_json) << tabs;
    }
    EXPECT_THAT(record(), HasSubstr(one_tab));
}

TEST_P(Tabs, OfAnotherKindAreNone) {
    for (const auto* tabs : {"{}", "1", "null", "\"k3x9\""}) {
        world.broker.publish(
            {.topic = bobs_record, .payload = R"({"online":true,"state":1,"tabs":)" + std::string{tabs} + "}"});
    }
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb 1"));
    world.broker.publish({.topic = bobs_record, .payload = R"({"tabs": [ 1 ],"online":true,"state":1})"});
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("changed acme:bob:bbbb 1 [ 1 ]")) << "what is in it is for who reads it";
}

TEST_P(Tabs, AreGoneWithTheConnection) {
    bob().cut(true);
    world.advance(6s);
    const std::string of_bob = "acme:bob:bbbb {} " + std::string{one_tab};
    EXPECT_THAT(ann.take(), ElementsAre("appeared " + of_bob, "gone " + of_bob));
}

}  // namespace
}  // namespace wsmq::test
