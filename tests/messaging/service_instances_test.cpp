// Services: sharing the work with other instances, and clearing up after webapps.
#include "support/services.hpp"

namespace wsmq::test {
namespace {

using testing::SizeIs;

class Instances : public Services {
protected:
    Instances() : Services{} {}
    explicit Instances(BrokerTraits traits) : Services{traits} {}

    /// Sends requests of ann, each answered at once; how many each instance took.
    std::vector<std::size_t> share(const std::vector<ServiceMember*>& services, int count) {
        std::vector<std::size_t> taken(services.size());
        for (int i = 0; i < count; ++i) {
            say(call(std::to_string(++last_id_)));
            for (std::size_t each = 0; each < services.size(); ++each) {
                if (services[each]->take().empty()) continue;
                ++taken[each];
                respond(*services[each], "1");
            }
        }
        return taken;
    }

private:
    int last_id_ = 0;
};

TEST_F(Instances, ShareTheWorkAndTakeOverFromTheDead) {
    auto& one = serve("i1");
    auto& two = serve("i2", Version::v3_1_1);
    EXPECT_TRUE(one.layer().is_shared());
    EXPECT_THAT(share({&one, &two}, 10), ElementsAre(5, 5));
    one.cut(true);
    world.settle();
    EXPECT_THAT(share({&one, &two}, 10), ElementsAre(0, 10));
}

/// Brokers without shared subscriptions; the second keeps retained messages from filters with wildcards as well.
class Unshared : public Instances, public testing::WithParamInterface<bool> {
protected:
    Unshared() : Instances{BrokerTraits{.shares = false, .retains_for_wildcards = GetParam()}} {}

    /// All of them know of each other.
    void get_acquainted() { world.advance(500ms); }
    static std::size_t total(const std::vector<std::size_t>& taken) {
        std::size_t sum = 0;
        for (const auto each : taken) sum += each;
        return sum;
    }
};
INSTANTIATE_TEST_SUITE_P(Brokers, Unshared, testing::Bool());

TEST_P(Unshared, AgreeWithoutTalkingWhoAnswers) {
    // With MQTT 5 the CONNACK says that there are none, below it the SUBACK.
    std::vector<ServiceMember*> services{&serve("i1"), &serve("i2", Version::v3_1_1), &serve("i3")};
    get_acquainted();
    const auto taken = share(services, 300);
    EXPECT_EQ(total(taken), 300u) << "each is answered once";
    for (const auto each : taken) EXPECT_GT(each, 50u) << "and everyone has a share";
    for (auto* service : services) EXPECT_FALSE(service->layer().is_shared());
    services[1]->cut(true);
    world.settle();
    EXPECT_EQ(total(share(services, 100)), 100u);
}

TEST_P(Unshared, AnswerWhatIsNoRequestOnce) {
    serve("i1");
    serve("i2");
    get_acquainted();
    say("{");
    say(R"({"jsonrpc":"2.0","id":1})");
    say(R"({"jsonrpc":"2.0","id":2,"method":"$/x"})");
    EXPECT_THAT(answers(), SizeIs(3));
}

TEST_P(Unshared, AgreeAgainWhenOneHasBeenAway) {
    std::vector<ServiceMember*> services{&serve("i1"), &serve("i2")};
    get_acquainted();
    services[0]->cut();
    world.advance(60s);
    EXPECT_THAT(services[0]->take(), ElementsAre("joined again"));
    const auto taken = share(services, 100);
    EXPECT_EQ(total(taken), 100u);
    EXPECT_GT(taken[0], 0u);
    EXPECT_GT(taken[1], 0u);
}

TEST_F(Instances, CanDoWithoutSharingByChoice) {
    auto options = options_of("i1");
    options.shares = false;
    auto& one = serve(options, Version::v3_1_1);
    EXPECT_TRUE(world.broker.has_subscription("orders-i1", "ev/webapp/req/orders/+"));
    EXPECT_THAT(share({&one}, 3), ElementsAre(3));
}

// --- Clearing up after webapps ---------------------------------------------------------------------

TEST_F(Services, ThatAreJanitorsClearTheRecordsOfWebappsThatHaveGone) {
    const auto record = [](const std::string& uid, bool online) {
        return Broker::Published{.topic = "ev/webapp/status/" + uid,
                                 .payload = online ? R"({"online":true})" : R"({"online":false})",
                                 .retain = true};
    };
    world.broker.publish(record("acme:old:0000", false));
    world.broker.publish(record("acme:ann:aaaa", true));
    auto options = options_of("i1");
    options.janitor_grace = 30s;
    serve(options);
    world.broker.publish(record("acme:bob:bbbb", false));
    world.broker.publish(record("acme:eve:eeee", false));
    world.advance(29s);
    EXPECT_NE(world.broker.retained("ev/webapp/status/acme:old:0000"), nullptr);
    world.broker.publish(record("acme:eve:eeee", true));
    world.advance(2s);
    EXPECT_EQ(world.broker.retained("ev/webapp/status/acme:old:0000"), nullptr);
    EXPECT_EQ(world.broker.retained("ev/webapp/status/acme:bob:bbbb"), nullptr);
    EXPECT_NE(world.broker.retained("ev/webapp/status/acme:ann:aaaa"), nullptr);
    EXPECT_NE(world.broker.retained("ev/webapp/status/acme:eve:eeee"), nullptr) << "it came back";
}

}  // namespace
}  // namespace wsmq::test
