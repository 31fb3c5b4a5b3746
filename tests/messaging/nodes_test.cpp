// A cluster whose nodes keep their retained messages to themselves: who is there is found out all the same.
#include <gtest/gtest.h>

#include "support/world.hpp"

namespace wsmq::test {
namespace {

using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

constexpr auto rolls = "ev/webapp/room/_roll/+";
constexpr auto greetings = "ev/webapp/peer/+/+";

class Nodes : public testing::TestWithParam<Version> {
protected:
    /// Joined and watching, with everything settled.
    WebappMember& page(const std::string& uid) {
        auto& member = world.joined(uid, GetParam());
        EXPECT_EQ(member.layer().watch_presence({}, {}, world.now), Error::none);
        world.advance(5s);
        return member;
    }
    /// By the user: ann, cyd, eve, ... at one node, bob and dan at the other.
    static int node(const std::string& client) { return client.starts_with("acme:b") || client.starts_with("acme:d"); }

    World world;
};
INSTANTIATE_TEST_SUITE_P(Versions, Nodes, testing::Values(Version::v3_1_1, Version::v5));

TEST_P(Nodes, WhoComesSeesEverybodyAtTheOtherNode) {
    world.broker.node_of = node;
    std::vector<WebappMember*> pages;
    for (const auto* uid : {"acme:ann:aaaa", "acme:bob:bbbb", "acme:cyd:cccc", "acme:dan:dddd"}) {
        pages.push_back(&page(uid));
        for (auto* each : pages) EXPECT_THAT(each->layer().presences(), SizeIs(pages.size() - 1));
    }
}

TEST_P(Nodes, WhoMovesToAnotherNodeSeesNobodyGo) {
    auto at_the_other = [](const std::string& client) { return node(client) != 0; };
    world.broker.node_of = at_the_other;
    auto& ann = page("acme:ann:aaaa");
    (void)page("acme:bob:bbbb");
    (void)page("acme:cyd:cccc");
    (void)ann.take();
    world.broker.node_of = [](const std::string& client) { return client != "acme:cyd:cccc"; };
    world.broker.restart(true);
    world.advance(30s);
    EXPECT_THAT(ann.take(), testing::ElementsAre("joined again"));
    EXPECT_THAT(ann.layer().presences(), SizeIs(2));
}

TEST_P(Nodes, AnAloneBrokerCostsAFewGreetingsForEachWhoComes) {
    constexpr std::size_t count = 30;
    for (std::size_t i = 0; i < count; ++i) (void)page("acme:u" + std::to_string(i) + ":aaaa");
    EXPECT_THAT(world.broker.payloads(rolls), IsEmpty());
    EXPECT_THAT(world.broker.payloads(greetings), SizeIs(Le(count * 4)));
}

TEST_P(Nodes, GreetingsOfWhoIsKnownOrNotWantedOrHostileCostNothing) {
    auto& ann = page("acme:ann:aaaa");
    (void)page("acme:bob:bbbb");
    (void)ann.take();
    const auto greet = [&](const std::string& from) {
        world.broker.publish("ev/webapp/peer/acme:ann:aaaa/" + from, R"({"jsonrpc":"2.0","method":"$/here"})");
    };
    for (int i = 0; i < 50; ++i) greet("acme:bob:bbbb");
    world.advance(5s);
    EXPECT_THAT(world.broker.payloads(rolls), IsEmpty());
    for (int i = 0; i < 50; ++i) greet("acme:eve:e" + std::to_string(100 + i));
    world.advance(60s);
    EXPECT_THAT(world.broker.payloads(rolls), SizeIs(1)) << "one call at most, however many lie";
    EXPECT_THAT(ann.take(), IsEmpty()) << "nobody is told of it";
}

}  // namespace
}  // namespace wsmq::test
