// Two webapps that chose the same uid: whoever is displaced takes another one, and goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/world.hpp"

namespace wsmq::test {
namespace {

using testing::Contains;
using testing::MatchesRegex;
using testing::Not;

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto bob_uid = "acme:bob:bbbb";
constexpr auto renamed = "renamed acme:ann:[a-z0-9]{8}";

/// What a broker says to whom it displaces.
struct Broken {
    Version version;
    bool is_told;
};

class Displaced : public testing::TestWithParam<Broken> {
protected:
    /// A webapp of ann's account that any other may displace, the later one the earlier.
    WebappMember& ann(std::uint64_t seed) {
        auto options = World::options(ann_uid);
        options.random_seed = seed;
        options.since = static_cast<std::int64_t>(1'000 + seed);
        options.renames = true;
        return world.webapp(options, base());
    }
    static ConnectOptions base() {
        ConnectOptions options;
        options.version = GetParam().version;
        return options;
    }
    void begin(WebappMember& member) {
        member.start();
        world.settle();
    }
    /// Another webapp takes the name of this one, which has another then.
    WebappMember& displace(WebappMember& member) {
        auto& other = ann(99);
        begin(other);
        world.advance(1min);
        EXPECT_THAT(other.take(), Contains("joined"));
        EXPECT_NE(member.layer().uid(), ann_uid);
        return other;
    }
    [[nodiscard]] std::string online(std::string_view uid) const {
        const auto* record = world.broker.retained("ev/webapp/status/" + std::string{uid});
        return record == nullptr ? "" : record->payload;
    }

    World world{{.tells_of_takeover = GetParam().is_told}};
    WebappMember& first = ann(1);
};
INSTANTIATE_TEST_SUITE_P(Brokers, Displaced,
                         testing::Values(Broken{Version::v5, true}, Broken{Version::v5, false},
                                         Broken{Version::v3_1_1, false}));

TEST_P(Displaced, TakesAnotherNameAndBothStay) {
    begin(first);
    auto& second = ann(2);
    begin(second);
    world.advance(1min);
    auto lines = first.take();
    EXPECT_EQ(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("renamed"); }), 1);
    EXPECT_THAT(lines, testing::IsSupersetOf({testing::Matcher<std::string>{"joined"},
                                              testing::Matcher<std::string>{MatchesRegex(renamed)},
                                              testing::Matcher<std::string>{"joined again"}}));
    EXPECT_THAT(second.take(), Not(Contains(HasSubstr("renamed"))));
    world.advance(1h);
    EXPECT_THAT(first.take(), IsEmpty()) << "it is settled";
    EXPECT_THAT(second.take(), IsEmpty());
    EXPECT_EQ(second.layer().uid(), ann_uid);
    EXPECT_TRUE(first.layer().is_joined());
    for (auto* member : {&first, &second}) {
        EXPECT_THAT(online(member->layer().uid()), HasSubstr(R"("online":true)"));
    }
}

TEST_P(Displaced, SettleHoweverManyTheyAre) {
    std::vector<WebappMember*> all{&first};
    for (std::uint64_t seed = 2; seed <= 5; ++seed) all.push_back(&ann(seed));
    for (auto* each : all) each->start();
    world.advance(10min);
    for (auto* each : all) (void)each->take();
    world.advance(1h);
    std::set<std::string> uids;
    for (auto* each : all) {
        EXPECT_TRUE(each->layer().is_joined());
        EXPECT_THAT(each->take(), IsEmpty()) << "it is settled";
        uids.emplace(each->layer().uid());
    }
    EXPECT_EQ(uids.size(), all.size());
}

TEST_P(Displaced, KeepsWhatTheApplicationAskedFor) {
    auto& bob = world.joined(bob_uid, GetParam().version);
    EXPECT_EQ(first.layer().watch_presence({}, {}, world.now), Error::none);
    EXPECT_EQ(first.layer().join_room("lobby", world.now), Error::none);
    EXPECT_EQ(first.layer().watch_devices({}, world.now), Error::none);
    EXPECT_EQ(first.layer().discover({}, world.now), Error::none);
    first.layer().expose(true);
    begin(first);
    EXPECT_EQ(first.layer().set_state(R"({"page":1})", world.now), Error::none);
    world.settle();
    displace(first);
    (void)first.take();
    const std::string uid{first.layer().uid()};
    EXPECT_THAT(online(uid), HasSubstr(R"("state":{"page":1})"));

    EXPECT_EQ(bob.layer().send_room("lobby", "hello", {}, world.now), Error::none);
    world.broker.publish({.topic = "ev/device/status/SN-1", .payload = R"({"online":true})"});
    world.broker.publish({.topic = "ev/webapp/svc/orders/i1", .payload = R"({"online":true})"});
    EXPECT_EQ(bob.layer().send(uid, "1", {}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(first.take(), testing::UnorderedElementsAre("in lobby from acme:bob:bbbb hello",
                                                            R"(device SN-1 online {"online":true})",
                                                            "service orders i1 online", "message from acme:bob:bbbb 1"))
        << "each once";
    world.request(bob, Target::peer(uid), "ping");
    EXPECT_EQ(first.layer().respond(first.last_call, "true", world.now), Error::none);
    world.settle();
    EXPECT_THAT(bob.take(), Contains("response 1 true"));
}

TEST_P(Displaced, SeesTheOtherOneAsAnyOther) {
    EXPECT_EQ(first.layer().watch_presence({}, {}, world.now), Error::none);
    begin(first);
    displace(first);
    EXPECT_THAT(first.take(), Contains("appeared acme:ann:aaaa {}"));
    first.cut(true);
    world.advance(10s);
    EXPECT_THAT(online(first.layer().uid()), HasSubstr(R"("online":false)")) << "its last will has its name";
    EXPECT_THAT(online(ann_uid), HasSubstr(R"("online":true)"));
}

TEST_P(Displaced, FailsWhatIsOpenAndAsksAnew) {
    world.plain("service", "ev/webapp/req/orders/+");
    auto& bob = world.joined(bob_uid, GetParam().version);
    begin(first);
    first.layer().expose(true);
    world.request(first, Target::service("orders"), "a");
    world.request(bob, Target::peer(ann_uid), "b");
    (void)first.take();
    displace(first);
    const auto lines = first.take();
    for (const auto* line : {"failed 1 session_lost", "ended left", "joined again"}) EXPECT_THAT(lines, Contains(line));
    EXPECT_EQ(first.layer().respond(first.last_call, "1", world.now), Error::unknown_call);
    world.request(first, Target::service("orders"), "c");
    EXPECT_EQ(world.broker.log().back().topic, "ev/webapp/req/orders/" + std::string{first.layer().uid()});
}

TEST_P(Displaced, SaysNothingInTheNameOfTheOtherAnyMore) {
    std::vector<std::string> trespasses;
    world.broker.allows = [&](const std::string& client, const std::string& topic) {
        const auto at = topic.rfind("acme:");
        const bool is_own = at == std::string::npos || topic.substr(at, client.size()) == client;
        if (!is_own) trespasses.push_back(client + " " + topic);
        return is_own;
    };
    begin(first);
    // What is on its way when the session is taken over is not acknowledged.
    auto& second = ann(2);
    second.start();
    EXPECT_EQ(first.layer().set_state("1", world.now), Error::none);
    EXPECT_EQ(first.layer().send_room("lobby", "x", {}, world.now), Error::none);
    world.request(first, Target::service("orders"), "a");
    world.advance(1min);
    EXPECT_THAT(first.take(), Contains(MatchesRegex(renamed)));
    EXPECT_THAT(trespasses, IsEmpty());
    EXPECT_THAT(online(first.layer().uid()), HasSubstr(R"("state":1)"));
}

TEST_P(Displaced, EndsWhereTheApplicationChoseTheNameAndTheBrokerSaysIt) {
    auto& own = world.joined(bob_uid, GetParam().version);
    auto options = World::options(bob_uid);
    options.random_seed = 2;
    options.since = 2'000;
    auto& other = world.webapp(options, base());
    begin(other);
    world.advance(1min);
    EXPECT_EQ(own.layer().uid(), bob_uid);
    EXPECT_EQ(other.layer().uid(), bob_uid);
    EXPECT_EQ(own.node().client().is_started(), !GetParam().is_told);
}

TEST_P(Displaced, LeavesRatherThanJoinAgain) {
    begin(first);
    (void)first.take();
    auto& second = ann(2);
    second.start();
    first.layer().leave(world.now);
    world.advance(1min);
    EXPECT_THAT(first.take(), ElementsAre("left"));
    EXPECT_FALSE(first.node().client().is_started());
}

TEST_P(Displaced, IsNotWhoComesBackToItsOwnRecordOrToAnOlderOne) {
    begin(first);
    const std::string topic = "ev/webapp/status/" + std::string{ann_uid};
    first.cut();
    world.advance(1min);
    first.cut(true);
    world.broker.publish({.topic = topic, .payload = R"({"online":true,"since":1000})", .retain = true});
    first.online();
    world.advance(1min);
    for (const auto* record : {R"({"online":false})", R"({"online":true,"since":"9000"})", "x"}) {
        world.broker.publish({.topic = topic, .payload = record, .retain = true});
        first.cut();
        world.advance(1min);
    }
    EXPECT_EQ(first.layer().uid(), ann_uid);
    EXPECT_THAT(online(ann_uid), HasSubstr(R"("since":1001)"));
}

TEST_P(Displaced, LeavesNoGhostWhereTheOtherOneHasGone) {
    begin(first);
    const std::string topic = "ev/webapp/status/" + std::string{ann_uid};
    first.cut(true);
    world.broker.publish({.topic = topic, .payload = R"({"online":true,"since":9000})", .retain = true});
    first.online();
    world.advance(1min);
    EXPECT_NE(first.layer().uid(), ann_uid);
    EXPECT_THAT(online(ann_uid), HasSubstr(R"("online":false)"));
    EXPECT_THAT(online(first.layer().uid()), HasSubstr(R"("online":true)"));
}

TEST_P(Displaced, HasARecordThatFitsUnderItsNextNameAsWell) {
    auto options = World::options(ann_uid);
    options.renames = true;
    std::size_t size = messaging::maximum_record_size - 100;
    const auto fits = [&] {
        options.state = '"' + std::string(size, 'x') + '"';
        return Webapp::connect_options({}, options).error() == Error::none;
    };
    while (fits()) ++size;
    --size;
    ASSERT_TRUE(fits());
    auto& member = world.webapp(options, base());
    begin(member);
    displace(member);
    EXPECT_EQ(online(member.layer().uid()).size(), messaging::maximum_record_size);
}

}  // namespace
}  // namespace wsmq::test
