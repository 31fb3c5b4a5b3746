// Records have a bound in bytes: our own fail where they are made, those of others are passed over.
#include <gtest/gtest.h>

#include "support/world.hpp"
#include "wsmq/messaging/device.hpp"
#include "wsmq/messaging/service.hpp"

namespace wsmq::test {
namespace {

using messaging::Device;
using messaging::maximum_record_size;
using messaging::Service;

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto anns_record = "ev/webapp/status/acme:ann:aaaa";
constexpr auto bobs_record = "ev/webapp/status/acme:bob:bbbb";

/// JSON of a string, of so many bytes.
std::string text_of_size(std::size_t size) { return '"' + std::string(size - 2, 'x') + '"'; }

/// The longest text that fits where an empty one makes a record of `empty` bytes.
std::string longest_beside(std::size_t empty) { return text_of_size(maximum_record_size - empty + 2); }

Broker::Published retained(const std::string& topic, const std::string& payload) {
    return {.topic = topic, .payload = payload, .retain = true};
}

class Records : public testing::TestWithParam<Version> {
protected:
    void publish(const std::string& topic, const std::string& payload) {
        world.broker.publish(retained(topic, payload));
        world.settle();
    }
    template <class Layer> Member<Layer>& add(const typename Layer::Options& options) {
        ConnectOptions base;
        base.version = GetParam();
        auto& member = world.add<Layer>(base, options);
        member.start();
        world.settle();
        return member;
    }
    static Service::Options service_options() {
        Service::Options options;
        options.root = "ev/";
        options.service = "orders";
        options.instance = "i1";
        return options;
    }

    World world;
};
INSTANTIATE_TEST_SUITE_P(Versions, Records, testing::Values(Version::v3_1_1, Version::v5));

TEST_P(Records, OfAWebappHaveABound) {
    auto& ann = world.joined(ann_uid, GetParam());
    const auto empty = world.broker.retained(anns_record)->payload.size();  // {} is as long as ""
    const auto longest = longest_beside(empty);
    EXPECT_EQ(ann.layer().set_state(longest, world.now), Error::none);
    world.settle();
    EXPECT_EQ(world.broker.retained(anns_record)->payload.size(), maximum_record_size);
    EXPECT_EQ(ann.layer().set_state(text_of_size(longest.size() + 1), world.now), Error::payload_too_large);
    world.settle();
    EXPECT_THAT(world.broker.retained(anns_record)->payload, HasSubstr(longest)) << "what was said before holds";

    auto options = World::options(ann_uid);
    options.state = longest;
    EXPECT_TRUE(Webapp::connect_options({}, options));
    options.trusts_json = true;
    options.state = text_of_size(longest.size() + 1);
    EXPECT_EQ(Webapp::connect_options({}, options).error(), Error::payload_too_large);
    options.appears = false;
    EXPECT_TRUE(Webapp::connect_options({}, options)) << "it has no record";
    options.uid = "acme:cyd:cccc";
    EXPECT_EQ(world.webapp(options, {}).layer().set_state(options.state, world.now), Error::none);
}

TEST_P(Records, OfADeviceHaveABound) {
    Device::Options options;
    options.root = "ev/";
    options.serial_number = "SN-1";
    const auto status_of_size = [](std::size_t size) {
        return R"({"a":)" + text_of_size(size - std::string{R"({"online":true,"a":})"}.size()) + "}";
    };
    options.status = status_of_size(maximum_record_size);
    auto& device = add<Device>(options);
    EXPECT_EQ(world.broker.retained("ev/device/status/SN-1")->payload.size(), maximum_record_size);
    EXPECT_EQ(device.layer().set_status(status_of_size(maximum_record_size + 1), world.now), Error::payload_too_large);
    options.status = status_of_size(maximum_record_size + 1);
    EXPECT_EQ(Device::connect_options({}, options).error(), Error::payload_too_large);
    options.last_status = std::exchange(options.status, "{}");
    EXPECT_EQ(Device::connect_options({}, options).error(), Error::payload_too_large) << "the last will as well";
}

TEST_P(Records, OfAServiceHaveABoundThatItsStatisticsNeverReach) {
    auto options = service_options();
    const auto size_with = [&](std::size_t version) {
        options.version = std::string(version, '1');
        return Service::connect_options({}, options).error();
    };
    std::size_t longest = maximum_record_size - 400;
    while (size_with(longest + 1) == Error::none) ++longest;
    EXPECT_EQ(size_with(longest + 1), Error::payload_too_large);
    EXPECT_EQ(size_with(longest), Error::none);
    add<Service>(options);
    const auto size = world.broker.retained("ev/webapp/svc/orders/i1")->payload.size();
    EXPECT_LT(size, maximum_record_size) << "room for counters that grow";
    EXPECT_GT(size, maximum_record_size - 150);
    options.version = "1";
    options.methods.assign(100, std::string(60, 'm'));
    EXPECT_EQ(Service::connect_options({}, options).error(), Error::payload_too_large);
}

TEST_P(Records, OfOtherWebappsThatAreLargerAreAsIfTheyHadNotCome) {
    auto& ann = world.joined(ann_uid, GetParam());
    EXPECT_EQ(ann.layer().watch_presence({}, {}, world.now), Error::none);
    const auto record = [](std::size_t size) {
        return R"({"online":true,"state":)" + text_of_size(size - std::string{R"({"online":true,"state":})"}.size()) +
               "}";
    };
    publish(bobs_record, record(maximum_record_size + 1));
    EXPECT_THAT(ann.take(), IsEmpty());
    publish(bobs_record, record(maximum_record_size));
    EXPECT_THAT(ann.take(), ElementsAre(HasSubstr("appeared acme:bob:bbbb")));
    publish(bobs_record, record(1'000'000));
    publish(bobs_record, R"({"online":false,"x":)" + text_of_size(5'000) + "}");
    EXPECT_THAT(ann.take(), IsEmpty());
    EXPECT_EQ(ann.layer().presences().size(), 1u);
}

TEST_P(Records, ThatSomebodyPutInThePlaceOfOursAreReplaced) {
    (void)world.joined(ann_uid, GetParam());
    publish(anns_record, R"({"online":true,"state":)" + text_of_size(5'000) + "}");
    EXPECT_THAT(world.broker.retained(anns_record)->payload, HasSubstr(R"("state":{})"));
}

TEST_P(Records, OfDevicesAndServicesThatAreLargerAreAsIfTheyHadNotCome) {
    auto& ann = world.joined(ann_uid, GetParam());
    EXPECT_EQ(ann.layer().watch_devices({}, world.now), Error::none);
    EXPECT_EQ(ann.layer().discover({}, world.now), Error::none);
    const auto large = R"({"online":false,"x":)" + text_of_size(5'000) + "}";
    publish("ev/device/status/SN-1", large);
    publish("ev/webapp/svc/orders/i1", R"({"online":true})");
    publish("ev/webapp/svc/orders/i1", large);
    EXPECT_THAT(ann.take(), ElementsAre("service orders i1 online"));
}

TEST_P(Records, OfOtherInstancesThatAreLargerTakeNoShareOfTheWork) {
    auto options = service_options();
    options.shares = false;
    auto& service = add<Service>(options);
    (void)service.take();
    publish("ev/webapp/svc/orders/i2", R"({"online":true,"x":)" + text_of_size(5'000) + "}");
    for (int i = 0; i < 20; ++i) {
        world.broker.publish("ev/webapp/req/orders/acme:ann:aaaa",
                             R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"a"})");
    }
    world.settle();
    EXPECT_EQ(service.take().size(), 20u);
}

TEST_P(Records, OfWebappsThatAreLargerAreClearedByAJanitor) {
    auto options = service_options();
    options.janitor_grace = 30s;
    add<Service>(options);
    publish(bobs_record, R"({"online":true,"state":)" + text_of_size(5'000) + "}");
    world.advance(32s);
    EXPECT_EQ(world.broker.retained(bobs_record), nullptr);
}

TEST_P(Records, OfServicesAreToldUpToABound) {
    constexpr std::size_t most = 10'000;
    auto& ann = world.joined(ann_uid, GetParam());
    EXPECT_EQ(ann.layer().discover({}, world.now), Error::none);
    world.settle();
    for (std::size_t i = 0; i < most + 10; ++i) {
        world.broker.publish("ev/webapp/svc/orders/i" + std::to_string(i), R"({"online":true})");
        if (i % 100 == 0) world.settle();
    }
    world.settle();
    EXPECT_EQ(ann.take().size(), most);
    world.broker.publish("ev/webapp/svc/orders/i0", R"({"online":false})");
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("service orders i0 offline")) << "those that are known are told on";
}

}  // namespace
}  // namespace wsmq::test
