// Instances of services whose broker died with them, so that nobody published their last will: their records expire.
#include <gtest/gtest.h>

#include "support/world.hpp"
#include "wsmq/messaging/service.hpp"

namespace wsmq::test {
namespace {

using messaging::Service;
using ServiceMember = Member<Service>;

/// The record that a dead instance left behind.
Broker::Published ghost(std::uint32_t seconds) {
    PropertyWriter properties;
    properties.integer(PropertyId::message_expiry_interval, seconds);
    const auto block = properties.bytes();
    return {.topic = "ev/webapp/svc/orders/ghost",
            .payload = R"({"online":true,"service":"orders","instance":"ghost"})",
            .properties = {block.begin(), block.end()},
            .retain = true};
}

TEST(GhostsOfServices, AreToldGoneWhenTheirRecordExpires) {
    World world;
    auto& ann = world.joined("acme:ann:aaaa");
    EXPECT_EQ(ann.layer().discover("orders", world.now), Error::none);
    world.broker.publish(ghost(600));
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("service orders ghost online"));
    world.broker.publish(ghost(600));  // renewed
    world.advance(599s);
    EXPECT_THAT(ann.take(), ElementsAre("service orders ghost online"));
    world.advance(1s);
    EXPECT_THAT(ann.take(), ElementsAre("service orders ghost offline"));
    world.advance(3'600s);
    EXPECT_THAT(ann.take(), testing::IsEmpty());
}

TEST(GhostsOfServices, TakeNoShareOfTheWorkWhenTheirRecordHasExpired) {
    World world{BrokerTraits{.shares = false}};
    Service::Options options;
    options.root = "ev/";
    options.service = "orders";
    options.instance = "i1";
    options.statistics_interval = 0s;
    auto& service = world.add<Service>({}, options);
    service.start();
    world.broker.publish(ghost(600));
    world.settle();
    const auto answered = [&] {
        std::size_t count = 0;
        (void)service.take();
        for (int id = 0; id < 20; ++id) {
            world.broker.publish("ev/webapp/req/orders/acme:ann:aaaa",
                                 R"({"jsonrpc":"2.0","method":"a","id":)" + std::to_string(id) + "}");
            world.settle();
            if (service.take().empty()) continue;
            ++count;
            EXPECT_EQ(service.layer().respond(service.last_call, "1", world.now), Error::none);
        }
        return count;
    };
    EXPECT_THAT(answered(), testing::AllOf(testing::Gt(0u), testing::Lt(20u))) << "the ghost has its share";
    world.advance(600s);
    EXPECT_EQ(answered(), 20u);
}

}  // namespace
}  // namespace wsmq::test
