// Services under test, and the page of one webapp that asks them.
#pragma once
#include <gtest/gtest.h>

#include "support/world.hpp"
#include "wsmq/messaging/service.hpp"

namespace wsmq::test {

using messaging::Service;
using ServiceMember = Member<Service>;

inline constexpr auto ann_uid = "acme:ann:aaaa";
inline constexpr auto requests_of_ann = "ev/webapp/req/orders/acme:ann:aaaa";
inline constexpr auto responses = "ev/webapp/res/acme:ann:aaaa";
inline constexpr auto record_of_i1 = "ev/webapp/svc/orders/i1";

inline Service::Options options_of(const std::string& instance) {
    Service::Options options;
    options.root = "ev/";
    options.service = "orders";
    options.instance = instance;
    options.statistics_interval = 0s;
    return options;
}

class Services : public testing::Test {
protected:
    explicit Services(BrokerTraits traits = {}) : world{traits} {}

    ServiceMember& add(const Service::Options& options, Version version = Version::v5) {
        ConnectOptions base;
        base.version = version;
        base.outgoing_topic_alias_maximum = 0;
        auto& service = world.add<Service>(base, options);
        service.start();
        world.settle();
        return service;
    }
    /// It has joined, and told nothing else.
    ServiceMember& serve(const Service::Options& options, Version version = Version::v5) {
        auto& service = add(options, version);
        EXPECT_THAT(service.take(), ElementsAre("joined"));
        return service;
    }
    ServiceMember& serve(const std::string& instance, Version version = Version::v5) {
        return serve(options_of(instance), version);
    }
    void respond(ServiceMember& service, std::string_view result) {
        EXPECT_EQ(service.layer().respond(service.last_call, result, world.now), Error::none);
        world.settle();
    }
    /// The test speaks as ann's page would, word for word.
    void say(const std::string& payload, const std::string& topic = requests_of_ann) {
        world.broker.publish(topic, payload);
        world.settle();
    }
    static std::string call(const std::string& id, const std::string& method = "a") {
        return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + "\"}";
    }
    std::vector<std::string> answers() { return world.broker.payloads(responses); }

    World world;
};

}  // namespace wsmq::test
