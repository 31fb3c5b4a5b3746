// A call that the engine refuses has changed nothing: what was watched still is, and the call can be repeated.
#include <gtest/gtest.h>

#include "support/world.hpp"
#include "wsmq/limits.hpp"
#include "wsmq/messaging/device.hpp"

namespace wsmq::test {
namespace {

using testing::Contains;

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr std::size_t full_backlog = 1u << 30;

class RefusedCalls : public testing::TestWithParam<Version> {
protected:
    WebappMember& join() {
        ConnectOptions base;
        base.version = GetParam();
        base.subscribe_batch = 1;
        auto& member = world.webapp(World::options(ann_uid), base);
        member.start();
        world.settle();
        (void)member.take();
        return member;
    }
    /// Away from the broker, with as many packets in the queue as there are packet identifiers.
    void fill() {
        ann.cut(true);
        world.settle();
        fill_connected();
    }
    /// The same on a connection on which nothing arrives.
    void fill_connected() {
        const std::vector<Subscription> subscriptions(limits::packet_identifiers, {.topic_filter = "own"});
        const auto id = ann.node().client().subscribe(subscriptions, {}, world.now);
        ASSERT_TRUE(id);
        filling = *id;
    }
    /// Back, without those.
    void empty() {
        ann.node().client().cancel(filling);
        ann.online();
        world.advance(60s);
        (void)ann.take();
    }
    void device(const std::string& serial_number) {
        world.broker.publish({.topic = "ev/device/status/" + serial_number, .payload = "{}"});
        world.settle();
    }
    Error watch(std::string_view serial_number) {
        const auto error = ann.layer().watch_devices({&serial_number, 1}, world.now);
        world.settle();
        return error;
    }

    World world;
    WebappMember& ann = join();
    OperationId filling{};
};
INSTANTIATE_TEST_SUITE_P(Versions, RefusedCalls, testing::Values(Version::v3_1_1, Version::v5));

TEST_P(RefusedCalls, ToJoinARoomCanBeRepeated) {
    fill();
    EXPECT_EQ(ann.layer().join_room("lobby", world.now), Error::queue_full);
    EXPECT_EQ(ann.layer().join_room("lobby", world.now), Error::queue_full) << "it has not joined";
    empty();
    EXPECT_EQ(ann.layer().join_room("lobby", world.now), Error::none);
    world.settle();
    world.broker.publish("ev/webapp/room/lobby/acme:bob:bbbb", "hello");
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("in lobby from acme:bob:bbbb hello"));
}

TEST_P(RefusedCalls, ToLeaveARoomStayInIt) {
    EXPECT_EQ(ann.layer().join_room("lobby", world.now), Error::none);
    world.settle();
    fill();
    EXPECT_EQ(ann.layer().leave_room("lobby", world.now), Error::queue_full);
    empty();
    world.broker.publish("ev/webapp/room/lobby/acme:bob:bbbb", "hello");
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("in lobby from acme:bob:bbbb hello"));
}

TEST_P(RefusedCalls, ToWatchOtherDevicesKeepTheOldOnes) {
    EXPECT_EQ(watch("SN-1"), Error::none);
    fill();
    EXPECT_EQ(watch("SN-2"), Error::queue_full);
    empty();
    device("SN-1");
    EXPECT_THAT(ann.take(), ElementsAre("device SN-1 offline {}"));
    EXPECT_EQ(watch("SN-2"), Error::none);
    device("SN-1");
    device("SN-2");
    EXPECT_THAT(ann.take(), ElementsAre("device SN-2 offline {}"));
}

TEST_P(RefusedCalls, ToWatchNoDevicesKeepThem) {
    EXPECT_EQ(watch("SN-1"), Error::none);
    fill();
    EXPECT_EQ(ann.layer().unwatch_devices(world.now), Error::queue_full);
    empty();
    device("SN-1");
    EXPECT_THAT(ann.take(), ElementsAre("device SN-1 offline {}"));
}

TEST_P(RefusedCalls, ToWatchNobodyGoOnWatching) {
    auto& bob = world.joined("acme:bob:bbbb", GetParam());
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    world.advance(30s);
    EXPECT_THAT(ann.take(), ElementsAre("appeared acme:bob:bbbb {}"));
    fill();
    EXPECT_EQ(ann.layer().unwatch_presence(world.now), Error::queue_full);
    EXPECT_EQ(ann.layer().presences().size(), 1u);
    empty();
    EXPECT_EQ(bob.layer().set_state(R"("busy")", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre(R"(changed acme:bob:bbbb "busy")"));
    EXPECT_EQ(ann.layer().unwatch_presence(world.now), Error::none);
    EXPECT_THAT(ann.layer().presences(), IsEmpty());
}

TEST_P(RefusedCalls, ToWatchOthersKeepThoseThatWereWatched) {
    world.joined("acme:bob:bbbb", GetParam());
    auto& cas = world.joined("other:cas:cccc", GetParam());
    EXPECT_EQ(ann.layer().watch_presence("other", {}, world.now), Error::none);
    world.advance(30s);
    EXPECT_THAT(ann.take(), ElementsAre("appeared other:cas:cccc {}"));
    fill_connected();
    EXPECT_EQ(ann.layer().watch_presence("acme", {}, world.now), Error::queue_full);
    EXPECT_TRUE(ann.layer().presences().contains("other:cas:cccc"));
    ann.cut(true);
    empty();
    EXPECT_EQ(cas.layer().set_state(R"("busy")", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre(R"(changed other:cas:cccc "busy")"));
    EXPECT_EQ(ann.layer().watch_presence("acme", {}, world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre(R"(gone other:cas:cccc "busy")", "appeared acme:bob:bbbb {}"));
}

TEST_P(RefusedCalls, ToSetAStateKeepTheOldOneAndItsRenewal) {
    ConnectOptions base;
    base.version = GetParam();
    base.queue_maximum_messages = 1;
    auto options = World::options("acme:bob:bbbb");
    options.presence_expiry = 600s;
    auto& bob = world.webapp(options, base);
    bob.start();
    world.settle();
    world.advance(299s);
    const auto published = world.broker.payloads("ev/webapp/status/acme:bob:bbbb").size();
    bob.node().client().transport_backlog(full_backlog, world.now);
    EXPECT_TRUE(bob.node().client().publish("own", {}, {.qos = Qos::at_least_once}, world.now)) << "fills the queue";
    EXPECT_EQ(bob.layer().set_state(R"("busy")", world.now), Error::queue_full);
    bob.node().client().transport_backlog(0, world.now);
    world.advance(2s);
    const bool is_renewed = GetParam() == Version::v5;
    EXPECT_EQ(world.broker.payloads("ev/webapp/status/acme:bob:bbbb").size(), published + is_renewed);
    bob.cut();
    world.advance(60s);
    EXPECT_THAT(world.broker.retained("ev/webapp/status/acme:bob:bbbb")->payload, HasSubstr(R"("state":{})"));
}

TEST_P(RefusedCalls, ToDiscoverServicesCanBeRepeated) {
    world.broker.publish({.topic = "ev/webapp/svc/orders/i1", .payload = R"({"online":true})", .retain = true});
    fill();
    EXPECT_EQ(ann.layer().discover("orders", world.now), Error::queue_full);
    empty();
    EXPECT_EQ(ann.layer().discover("orders", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("service orders i1 online"));
}

TEST_P(RefusedCalls, OfAServiceDoNotReadItsRecords) {
    ann.cut(true);
    world.settle();
    const auto request =
        ann.layer().request(Target::service("orders"), "a", {}, {.waits_for_connection = false}, world.now);
    EXPECT_EQ(request.error(), Error::not_connected);
    ann.online();
    world.advance(60s);
    EXPECT_FALSE(world.broker.has_subscription(ann_uid, "ev/webapp/svc/orders/+"));
    EXPECT_FALSE(world.broker.has_subscription(ann_uid, "ev/webapp/svc/+/+"));
}

TEST_P(RefusedCalls, OfADeviceKeepItsStatus) {
    messaging::Device::Options options;
    options.root = "ev/";
    options.serial_number = "SN-1";
    ConnectOptions base;
    base.version = GetParam();
    auto& device = world.add<messaging::Device>(base, options);
    device.start();
    world.settle();
    device.node().client().transport_backlog(full_backlog, world.now);
    EXPECT_EQ(device.layer().set_status(R"({"battery":80})", world.now), Error::queue_full);
    device.cut();
    world.advance(60s);
    EXPECT_THAT(device.take(), ElementsAre("joined", "joined again"));
    EXPECT_EQ(world.broker.retained("ev/device/status/SN-1")->payload.find("battery"), std::string::npos);
}

TEST(RefusedCredit, IsGrantedWithTheNextItem) {
    World world;
    auto& service = world.plain("service", "ev/webapp/req/orders/+");
    ConnectOptions base;
    base.queue_maximum_messages = 1;
    auto& ann = world.webapp(World::options(ann_uid), base);
    ann.start();
    world.settle();
    const auto id = world.request(ann, Target::service("orders"), "a", {}, {.grants_credit = false});
    const auto text = service.take().back();
    const auto begin = text.find(R"("id":")") + 6;
    const auto item = [&, request = text.substr(begin, text.find('"', begin) - begin)](int seq) {
        service.publish("ev/webapp/res/acme:ann:aaaa", R"({"jsonrpc":"2.0","method":"$/progress","params":{"id":")" +
                                                           request + R"(","seq":)" + std::to_string(seq) +
                                                           R"(,"value":0,"at":"i1"}})");
        world.settle();
    };
    item(0);
    ann.node().client().transport_backlog(full_backlog, world.now);
    EXPECT_TRUE(ann.node().client().publish("own", {}, {.qos = Qos::at_least_once}, world.now)) << "fills the queue";
    EXPECT_TRUE(ann.layer().grant(id, 10, world.now));
    ann.node().client().transport_backlog(0, world.now);
    world.settle();
    EXPECT_THAT(world.broker.payloads("ev/webapp/svc/orders/i1/+"), IsEmpty());
    item(1);
    EXPECT_THAT(world.broker.payloads("ev/webapp/svc/orders/i1/+"), Contains(HasSubstr(R"("n":10)")));
}

}  // namespace
}  // namespace wsmq::test
