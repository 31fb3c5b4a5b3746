// Rooms, the status of devices, and the records of services.
#include <gtest/gtest.h>

#include <array>

#include "support/world.hpp"

namespace wsmq::test {
namespace {

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto bob_uid = "acme:bob:bbbb";

class Rooms : public testing::TestWithParam<Version> {
protected:
    void device(const std::string& serial_number, const std::string& status) {
        world.broker.publish({.topic = "ev/device/status/" + serial_number, .payload = status, .retain = true});
        world.settle();
    }
    Error watch(std::initializer_list<std::string_view> serial_numbers) {
        const auto error = ann.layer().watch_devices({serial_numbers.begin(), serial_numbers.size()}, world.now);
        world.settle();
        return error;
    }

    World world;
    WebappMember& ann = world.joined(ann_uid, GetParam());
};
INSTANTIATE_TEST_SUITE_P(Versions, Rooms, testing::Values(Version::v3_1_1, Version::v5));
using Devices = Rooms;
INSTANTIATE_TEST_SUITE_P(Versions, Devices, testing::Values(Version::v3_1_1, Version::v5));
using ServiceRecords = Rooms;
INSTANTIATE_TEST_SUITE_P(Versions, ServiceRecords, testing::Values(Version::v3_1_1, Version::v5));

TEST_P(Rooms, BringAMessageToEverybodyElseInThem) {
    auto& bob = world.joined(bob_uid, GetParam());
    auto& cyd = world.joined("acme:cyd:cccc", GetParam());
    EXPECT_EQ(ann.layer().join_room("lobby", world.now), Error::none);
    EXPECT_EQ(bob.layer().join_room("lobby", world.now), Error::none);
    world.settle();
    EXPECT_EQ(ann.layer().send_room("lobby", "hello", {}, world.now), Error::none);
    EXPECT_EQ(cyd.layer().send_room("lobby", "from outside", {}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(bob.take(), testing::UnorderedElementsAre("in lobby from acme:ann:aaaa hello",
                                                          "in lobby from acme:cyd:cccc from outside"));
    EXPECT_THAT(ann.take(), ElementsAre("in lobby from acme:cyd:cccc from outside"));
    EXPECT_THAT(cyd.take(), IsEmpty());
}

TEST_P(Rooms, AreSilentOnceTheyWereLeft) {
    auto& bob = world.joined(bob_uid, GetParam());
    EXPECT_EQ(ann.layer().join_room("lobby", world.now), Error::none);
    EXPECT_EQ(ann.layer().leave_room("lobby", world.now), Error::none);
    EXPECT_EQ(ann.layer().leave_room("lobby", world.now), Error::none) << "twice does no harm";
    EXPECT_EQ(bob.layer().send_room("lobby", "hello", {}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), IsEmpty());
}

TEST_P(Rooms, WithNamesThatAreNotSoundAreRefused) {
    for (const auto* room : {"", "a/b", "+", "_roll"}) {
        EXPECT_EQ(ann.layer().join_room(room, world.now), Error::invalid_name) << room;
        EXPECT_EQ(ann.layer().leave_room(room, world.now), Error::invalid_name) << room;
        EXPECT_EQ(ann.layer().send_room(room, "x", {}, world.now), Error::invalid_name) << room;
    }
}

TEST_P(Rooms, MayBeJoinedBeforeTheConnection) {
    auto& bob = world.webapp(bob_uid, GetParam());
    EXPECT_EQ(bob.layer().join_room("lobby", world.now), Error::none);
    bob.start();
    world.settle();
    EXPECT_EQ(ann.layer().send_room("lobby", "hello", {}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(bob.take(), ElementsAre("joined", "in lobby from acme:ann:aaaa hello"));
}

TEST_P(Devices, TellTheirStatusThenEachChange) {
    device("SN-1", R"({"online":true,"recording":false})");
    EXPECT_EQ(watch({}), Error::none);
    EXPECT_THAT(ann.take(), ElementsAre(R"(device SN-1 online {"online":true,"recording":false})"));
    device("SN-1", R"({"online":false})");
    device("SN-2", R"({"online":true})");
    EXPECT_THAT(ann.take(),
                ElementsAre(R"(device SN-1 offline {"online":false})", R"(device SN-2 online {"online":true})"));
    device("SN-2", "");
    EXPECT_THAT(ann.take(), ElementsAre("device SN-2 offline"));
    device("SN-2", "x");
    EXPECT_THAT(ann.take(), IsEmpty());
}

TEST_P(Devices, AreThoseThatWereAskedForAlone) {
    EXPECT_EQ(watch({"SN-1", "SN-2"}), Error::none);
    device("SN-1", "{}");
    device("SN-3", "{}");
    EXPECT_THAT(ann.take(), ElementsAre("device SN-1 offline {}"));
    EXPECT_EQ(watch({"SN-3"}), Error::none);
    device("SN-1", "{}");
    EXPECT_THAT(ann.take(), ElementsAre("device SN-3 offline {}"));
    EXPECT_EQ(ann.layer().unwatch_devices(world.now), Error::none);
    world.settle();
    device("SN-3", "{}");
    EXPECT_THAT(ann.take(), IsEmpty());
    EXPECT_EQ(watch({"a/b"}), Error::invalid_name);
}

TEST_P(Devices, ThatTheLayerDoesNotWatchAreTheUsersOwn) {
    const Subscription subscription{.topic_filter = "ev/device/status/+"};
    EXPECT_TRUE(ann.node().client().subscribe({&subscription, 1}, {}, world.now));
    world.settle();
    device("SN-1", "{}");
    EXPECT_THAT(ann.take(), ElementsAre("message ev/device/status/SN-1 {}"));
}

TEST_P(ServiceRecords, AreToldByTheirRecords) {
    world.broker.publish({.topic = "ev/webapp/svc/orders/i1", .payload = R"({"online":true})", .retain = true});
    EXPECT_EQ(ann.layer().discover({}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("service orders i1 online"));
    world.broker.publish({.topic = "ev/webapp/svc/orders/i1", .payload = R"({"online":false})", .retain = true});
    world.broker.publish({.topic = "ev/webapp/svc/bills/i2", .payload = R"({"online":true})", .retain = true});
    world.broker.publish({.topic = "ev/webapp/svc/bills/_all", .payload = R"({"online":true})"});
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("service orders i1 offline", "service bills i2 online"));
    world.broker.publish({.topic = "ev/webapp/svc/bills/i2", .payload = "", .retain = true});
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("service bills i2 offline"));
}

TEST_P(ServiceRecords, ThatWereConsultedAreToldWhenTheyAreAskedFor) {
    world.broker.publish({.topic = "ev/webapp/svc/orders/i1", .payload = R"({"online":true})", .retain = true});
    world.request(ann, Target::service("orders"), "a");
    (void)ann.take();
    EXPECT_EQ(ann.layer().discover("orders", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("service orders i1 online"));
    EXPECT_EQ(ann.layer().discover("a/b", world.now), Error::invalid_name);
}

}  // namespace
}  // namespace wsmq::test
