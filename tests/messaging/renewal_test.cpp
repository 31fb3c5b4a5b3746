// Presence records are renewed the more rarely the more webapps there are.
#include <gtest/gtest.h>

#include "support/world.hpp"

namespace wsmq::test {
namespace {

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto anns_record = "ev/webapp/status/acme:ann:aaaa";
constexpr int many = 5'000;
constexpr int some = 1'000;

class Renewals : public testing::Test {
protected:
    WebappMember& watching(std::string_view org = {}, std::string_view user = {}) {
        return joined(World::options(ann_uid), org, user);
    }
    WebappMember& joined(const Webapp::Options& options, std::string_view org, std::string_view user) {
        auto& ann = world.webapp(options, {});
        EXPECT_EQ(ann.layer().watch_presence(org, user, world.now), Error::none);
        ann.start();
        world.settle();
        EXPECT_THAT(ann.take(), ElementsAre("joined"));
        return ann;
    }
    void say_of(int count, const std::string& record) {
        for (int i = 0; i < count; ++i) {
            world.broker.publish(
                {.topic = "ev/webapp/status/acme:u" + std::to_string(i) + ":aaaa", .payload = record, .retain = true});
            if (i % 100 == 0) world.settle();
        }
        world.settle();
    }
    void appear(int count) { say_of(count, R"({"online":true})"); }
    [[nodiscard]] int announcements() const { return static_cast<int>(world.broker.payloads(anns_record).size()); }
    [[nodiscard]] std::uint32_t expiry() const {
        const PropertyView properties{world.broker.retained(anns_record)->properties};
        return properties.integer(PropertyId::message_expiry_interval).value_or(0);
    }

    World world;
};

TEST_F(Renewals, AreOneASecondHoweverManyThereAre) {
    auto& ann = watching();
    appear(many);
    world.advance(301s);
    EXPECT_EQ(announcements(), 2) << "the first record knew of nobody";
    EXPECT_NEAR(expiry(), 2 * many, 2);
    const auto before = announcements();
    constexpr int seconds = 50'000;
    world.advance(std::chrono::seconds{seconds});
    EXPECT_GT(announcements(), before);
    EXPECT_LE((announcements() - before) * many, seconds + many);
    EXPECT_NE(world.broker.retained(anns_record), nullptr);
    EXPECT_EQ(ann.layer().presences().size(), static_cast<std::size_t>(many));
}

TEST_F(Renewals, CountThoseWhoAreNotWatchedAsWell) {
    auto& ann = watching("acme", "u7");
    appear(some);
    world.advance(301s);
    EXPECT_NEAR(expiry(), 2 * some, 2 * some * 0.05);
    EXPECT_EQ(ann.layer().presences().size(), 1u);
    appear(some);
    world.broker.restart(true);
    world.advance(20'000s);
    EXPECT_NEAR(expiry(), 2 * some, 2 * some * 0.05) << "each of them once";
    say_of(some, R"({"online":false})");
    world.advance(20'000s);
    EXPECT_EQ(expiry(), 600u);
}

TEST_F(Renewals, CountNobodyTwiceWhenTheWatchChanges) {
    auto& ann = watching("other");
    appear(some);
    EXPECT_EQ(ann.layer().watch_presence("acme", {}, world.now), Error::none);
    world.advance(301s);
    EXPECT_NEAR(expiry(), 2 * some, 2);
    world.broker.restart(false);
    world.advance(20'000s);
    EXPECT_EQ(expiry(), 600u);
}

TEST_F(Renewals, OfWhoWatchesNobodyAreOneAnHour) {
    (void)world.joined(ann_uid);
    EXPECT_EQ(expiry(), 7'200u);
    world.advance(3'599s);
    EXPECT_EQ(announcements(), 1);
    world.advance(1s);
    EXPECT_EQ(announcements(), 2);
}

TEST_F(Renewals, AreAsTheOptionsSayWhereTheyDo) {
    auto options = World::options(ann_uid);
    options.presence_expiry = 100s;
    (void)joined(options, {}, {});
    appear(some);
    world.advance(51s);
    EXPECT_EQ(announcements(), 2);
    EXPECT_EQ(expiry(), 100u);
}

TEST_F(Renewals, DoNotMakeOfflineRecordsLastLonger) {
    auto& ann = watching();
    appear(some);
    world.advance(301s);
    ann.layer().leave(world.now);
    world.settle();
    EXPECT_EQ(expiry(), 600u);
}

}  // namespace
}  // namespace wsmq::test
