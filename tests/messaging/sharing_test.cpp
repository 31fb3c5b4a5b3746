// Whether a broker of MQTT 3.1.1 that grants a shared subscription shares is tried before the service is announced.
#include <gtest/gtest.h>

#include "support/services.hpp"

namespace wsmq::test {
namespace {

using testing::IsEmpty;

constexpr auto records = "ev/webapp/svc/orders/+";
constexpr auto trial_of_i1 = "$share/orders/ev/webapp/svc/orders/i1";

class Sharing : public testing::Test {
protected:
    explicit Sharing(BrokerTraits traits = {}) : world{traits} {}

    ServiceMember& start(const std::string& instance, Version version = Version::v3_1_1) {
        ConnectOptions base;
        base.version = version;
        auto& service = world.add<Service>(base, options_of(instance));
        service.start();
        world.settle();
        return service;
    }
    /// How many of 60 requests each of them was told.
    std::vector<std::size_t> share(const std::vector<ServiceMember*>& services) {
        std::vector<std::size_t> told;
        for (auto* service : services) (void)service->take();
        for (int id = 0; id < 60; ++id) {
            const auto request = R"({"jsonrpc":"2.0","method":"a","id":)" + std::to_string(id) + "}";
            world.broker.publish("ev/webapp/req/orders/acme:ann" + std::to_string(id) + ":aaaa", request);
            world.settle();
        }
        for (auto* service : services) told.push_back(service->take().size());
        return told;
    }

    World world;
};

class SharingInName : public Sharing {
protected:
    SharingInName() : Sharing{BrokerTraits{.takes_shares_for_filters = true}} {}
};

TEST_F(Sharing, IsProvenAtOnceWhereTheBrokerShares) {
    auto& service = start("i1");
    EXPECT_THAT(service.take(), ElementsAre("joined"));
    EXPECT_TRUE(service.layer().is_shared());
    EXPECT_FALSE(world.broker.has_subscription("orders-i1", trial_of_i1));
    EXPECT_THAT(world.broker.payloads(records), ElementsAre(testing::HasSubstr("false"), testing::HasSubstr("true")));
}

TEST_F(Sharing, IsNotTriedWithVersion5WhichSaysIt) {
    (void)start("i1", Version::v5);
    EXPECT_THAT(world.broker.payloads(records), ElementsAre(testing::HasSubstr("true")));
}

TEST_F(Sharing, IsBelievedWhereTheTrialIsNotAllowed) {
    world.broker.allows = [](const std::string&, const std::string& filter) { return filter != trial_of_i1; };
    auto& service = start("i1");
    EXPECT_THAT(service.take(), ElementsAre("joined"));
    EXPECT_TRUE(service.layer().is_shared());
}

TEST_F(SharingInName, IsGivenUpBeforeAnybodySeesTheService) {
    auto& one = start("i1");
    auto& two = start("i2");
    world.advance(1'999ms);
    EXPECT_THAT(one.take(), IsEmpty());
    world.advance(1s);
    for (auto* service : {&one, &two}) {
        EXPECT_THAT(service->take(), ElementsAre("joined"));
        EXPECT_FALSE(service->layer().is_shared());
    }
    const auto told = share({&one, &two});
    EXPECT_EQ(told[0] + told[1], 60u) << "each request is told once";
    for (const auto each : told) EXPECT_GT(each, 10u);
    for (const auto* filter : {trial_of_i1, "$share/orders/ev/webapp/req/orders/+"}) {
        EXPECT_FALSE(world.broker.has_subscription("orders-i1", filter)) << filter;
    }
}

TEST_F(SharingInName, IsTriedAgainWhenTheConnectionBreaksMeanwhile) {
    auto& service = start("i1");
    world.advance(1s);
    service.cut();
    world.advance(60s);
    EXPECT_THAT(service.take(), ElementsAre("joined"));
    EXPECT_FALSE(service.layer().is_shared());
    EXPECT_THAT(share({&service}), ElementsAre(60));
}

TEST_F(Sharing, IsTriedAgainWhenTheConnectionBreaksBeforeItIsProven) {
    world.broker.copies = [](const Broker::Published&) { return 0; };  // the record is lost on its way
    auto& service = start("i1");
    service.cut();
    world.broker.copies = nullptr;
    world.advance(60s);
    EXPECT_THAT(service.take(), ElementsAre("joined"));
    EXPECT_TRUE(service.layer().is_shared());
}

}  // namespace
}  // namespace wsmq::test
