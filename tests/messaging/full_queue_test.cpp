// A queue without room: the layer's own records wait until there is some, and nobody stays in presence who has left.
#include <gtest/gtest.h>

#include "support/world.hpp"
#include "wsmq/messaging/device.hpp"
#include "wsmq/messaging/service.hpp"

namespace wsmq::test {
namespace {

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr std::size_t room = 2'000;
constexpr std::size_t full_backlog = 1u << 30;

ConnectOptions with_small_queue(Version version) {
    ConnectOptions base;
    base.version = version;
    base.queue_maximum_bytes = room;
    return base;
}

class AFullQueue : public testing::TestWithParam<Version> {
protected:
    /// Goes offline, comes back with as many bytes in flight as may be, and hears after a while that they arrived.
    template <class Member> void come_back_with_full_queue(Member& member) {
        (void)member.take();
        member.cut(true);
        world.settle();
        Client& client = member.node().client();
        const std::vector<std::uint8_t> payload(room - 100);
        ASSERT_TRUE(client.publish("own", payload, {.qos = Qos::at_least_once}, world.now));
        member.online();
        world.advance(60s);
    }
    World world;
};
INSTANTIATE_TEST_SUITE_P(Versions, AFullQueue, testing::Values(Version::v3_1_1, Version::v5));

TEST_P(AFullQueue, OfAWebappDoesNotKeepItAway) {
    auto& ann = world.webapp(World::options(ann_uid), with_small_queue(GetParam()));
    ann.start();
    world.settle();
    come_back_with_full_queue(ann);
    EXPECT_THAT(ann.take(), ElementsAre("joined again"));
    EXPECT_THAT(world.broker.retained("ev/webapp/status/acme:ann:aaaa")->payload, HasSubstr(R"("online":true)"));
}

TEST_P(AFullQueue, OfAServiceDoesNotKeepItAway) {
    messaging::Service::Options options;
    options.root = "ev/";
    options.service = "orders";
    options.instance = "i1";
    auto& orders = world.add<messaging::Service>(with_small_queue(GetParam()), options);
    orders.start();
    world.advance(5s);
    come_back_with_full_queue(orders);
    EXPECT_THAT(orders.take(), ElementsAre("joined again"));
    EXPECT_THAT(world.broker.retained("ev/webapp/svc/orders/i1")->payload, HasSubstr(R"("online":true)"));
}

TEST_P(AFullQueue, OfADeviceDoesNotKeepItAway) {
    messaging::Device::Options options;
    options.root = "ev/";
    options.serial_number = "SN-1";
    auto& device = world.add<messaging::Device>(with_small_queue(GetParam()), options);
    device.start();
    world.settle();
    come_back_with_full_queue(device);
    EXPECT_THAT(device.take(), ElementsAre("joined again"));
    EXPECT_THAT(world.broker.retained("ev/device/status/SN-1")->payload, HasSubstr(R"("online":true)"));
}

TEST_P(AFullQueue, OfWhoLeavesDoesNotKeepItInPresence) {
    auto& ann = world.joined(ann_uid, GetParam());
    ann.node().client().transport_backlog(full_backlog, world.now);
    ann.layer().leave(world.now);
    world.advance(1s);
    ann.node().client().transport_backlog(0, world.now);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("left"));
    EXPECT_THAT(world.broker.retained("ev/webapp/status/acme:ann:aaaa")->payload, HasSubstr(R"("online":false)"));
}

TEST(AFullQueueFor, AMinuteDoesNotEndTheRenewalOfARecord) {
    World world;
    auto options = World::options(ann_uid);
    options.presence_expiry = 600s;
    ConnectOptions base;
    base.queue_maximum_messages = 1;
    auto& ann = world.webapp(options, base);
    ann.start();
    world.advance(290s);
    ann.node().client().transport_backlog(full_backlog, world.now);
    ASSERT_TRUE(ann.node().client().publish("own", {}, {.qos = Qos::at_least_once}, world.now));
    const auto published = world.broker.payloads("ev/webapp/status/acme:ann:aaaa").size();
    world.advance(20s);
    ann.node().client().transport_backlog(0, world.now);
    world.advance(2s);
    EXPECT_EQ(world.broker.payloads("ev/webapp/status/acme:ann:aaaa").size(), published + 1);
}

TEST(AFullQueueFor, AMinuteDoesNotKeepAJanitorFromItsWork) {
    World world;
    world.broker.publish({.topic = "ev/webapp/status/acme:ann:aaaa", .payload = R"({"online":false})", .retain = true});
    messaging::Service::Options options;
    options.root = "ev/";
    options.janitor_grace = 10s;
    ConnectOptions base;
    base.client_id = "janitor";
    base.queue_maximum_messages = 1;
    auto& janitor = world.add<messaging::Service>(base, options);
    janitor.start();
    world.settle();
    janitor.node().client().transport_backlog(full_backlog, world.now);
    ASSERT_TRUE(janitor.node().client().publish("own", {}, {.qos = Qos::at_least_once}, world.now));
    world.advance(15s);
    janitor.node().client().transport_backlog(0, world.now);
    EXPECT_NE(world.broker.retained("ev/webapp/status/acme:ann:aaaa"), nullptr);
    world.advance(15s);
    EXPECT_EQ(world.broker.retained("ev/webapp/status/acme:ann:aaaa"), nullptr);
}

TEST(AQueueThatStaysFull, LeavesTheGoodbyeToTheWill) {
    World world;
    auto& ann = world.joined(ann_uid);
    ann.node().client().transport_backlog(full_backlog, world.now);
    ann.layer().leave(world.now);
    world.advance(30s);
    EXPECT_THAT(ann.take(), ElementsAre("left"));
    EXPECT_THAT(world.broker.retained("ev/webapp/status/acme:ann:aaaa")->payload, HasSubstr(R"("online":false)"));
}

}  // namespace
}  // namespace wsmq::test
