// Services: joining, their record, and leaving.
#include "support/services.hpp"

namespace wsmq::test {
namespace {

using testing::Contains;
using testing::Not;
using testing::SizeIs;

TEST_F(Services, AnnounceThemselvesOnceTheyCanBeReached) {
    auto options = options_of("i1");
    options.version = "1.2";
    options.methods = {"sum", "echo"};
    options.since = 77;
    options.raw = true;
    options.statistics_interval = 60s;
    serve(options);
    const auto* record = world.broker.retained(record_of_i1);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(
        record->payload,
        R"({"online":true,"service":"orders","instance":"i1","version":"1.2","methods":["sum","echo"],"raw":true,)"
        R"("since":77,"stats":{"requests":0,"errors":0,"duplicates":0,"cancelled":0,"expired":0,"dropped":0}})");
    EXPECT_EQ(PropertyView{record->properties}.integer(PropertyId::message_expiry_interval), 600u);
    for (const auto* filter :
         {"$share/orders/ev/webapp/req/orders/+", "ev/webapp/svc/orders/i1/+", "ev/webapp/svc/orders/_all/+"}) {
        EXPECT_TRUE(world.broker.has_subscription("orders-i1", filter)) << filter;
    }
}

TEST_F(Services, ThatDieAreOfflineByTheirLastWill) {
    auto& service = serve("i1");
    service.cut(true);
    world.settle();
    EXPECT_EQ(world.broker.retained(record_of_i1)->payload, R"({"online":false,"service":"orders","instance":"i1"})");
    service.online();
    world.advance(60s);
    EXPECT_THAT(service.take(), ElementsAre("joined again"));
    EXPECT_THAT(world.broker.retained(record_of_i1)->payload, HasSubstr(R"({"online":true,)"));
    say(call("1"));
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa a"));
}

TEST_F(Services, RenewTheirRecordBeforeItExpires) {
    serve("i1");
    world.advance(24h);
    EXPECT_NE(world.broker.retained(record_of_i1), nullptr);
}

TEST_F(Services, BringTheStatisticsInTheirRecordUpToDateWhereTheyChanged) {
    auto options = options_of("i1");
    options.statistics_interval = 10s;
    options.record_expiry = 0s;
    auto& service = serve(options);
    world.advance(60s);
    EXPECT_THAT(world.broker.payloads(record_of_i1), SizeIs(1));
    say(call("1"));
    respond(service, "1");
    world.advance(60s);
    EXPECT_THAT(world.broker.payloads(record_of_i1),
                ElementsAre(HasSubstr(R"("requests":0)"), HasSubstr(R"("requests":1)")));
}

TEST_F(Services, SayWhenTheBrokerRefusesWhatTheyNeed) {
    world.broker.allows = [](const auto&, const auto& topic) { return topic.find("_all") == std::string::npos; };
    EXPECT_THAT(add(options_of("i1")).take(), ElementsAre("join failed refused Not authorized"));
    EXPECT_EQ(world.broker.retained(record_of_i1), nullptr);
}

TEST_F(Services, SayWhenTheBrokerRefusesTheirRecord) {
    world.broker.allows = [](const auto& client, const auto& topic) { return client.empty() || topic != record_of_i1; };
    EXPECT_THAT(add(options_of("i1")).take(), ElementsAre("join failed refused Not authorized"));
}

TEST(ServiceOptions, ThatAreNotSoundAreRefused) {
    const auto error_of = [](auto&& change) {
        auto options = options_of("i1");
        change(options);
        return Service::connect_options({}, options).error();
    };
    EXPECT_EQ(error_of([](auto&) {}), Error::none);
    EXPECT_EQ(error_of([](auto& o) { o.root = "ev"; }), Error::invalid_root);
    EXPECT_EQ(error_of([](auto& o) { o.service = "a/b"; }), Error::invalid_name);
    EXPECT_EQ(error_of([](auto& o) { o.instance = ""; }), Error::invalid_name);
    EXPECT_EQ(error_of([](auto& o) { o.instance = "_all"; }), Error::invalid_name);
    EXPECT_EQ(error_of([](auto& o) { o.methods = {"$/more"}; }), Error::invalid_name);
    EXPECT_EQ(error_of([](auto& o) { o.record_expiry = -1s; }), Error::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.service = o.instance = ""; }), Error::none) << "the unnamed backend";
}

// --- Leaving ---------------------------------------------------------------------------------------

TEST_F(Services, LeaveWhenTheirWorkIsDone) {
    auto& service = serve("i1");
    say(call("1"));
    (void)service.take();
    service.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(world.broker.retained(record_of_i1)->payload, HasSubstr(R"("online":false)"));
    EXPECT_FALSE(world.broker.has_subscription("orders-i1", "$share/orders/ev/webapp/req/orders/+"));
    EXPECT_THAT(service.take(), IsEmpty());
    respond(service, "1");
    EXPECT_THAT(answers(), SizeIs(1));
    EXPECT_THAT(service.take(), ElementsAre("left"));
}

TEST_F(Services, LeaveAtTheLatestWhenTheirPatienceEnds) {
    auto& service = serve("i1");
    say(call("1"));
    service.layer().leave(world.now, 3s);
    world.advance(2999ms);
    EXPECT_THAT(service.take(), Not(Contains("left")));
    world.advance(1ms);
    EXPECT_THAT(service.take(), ElementsAre("ended left", "left"));
    EXPECT_THAT(answers(), ElementsAre(HasSubstr("-32003")));
}

TEST_F(Services, AnswerWhatReachesThemWhileTheyLeave) {
    auto& service = serve("i1");
    service.layer().leave(world.now);
    // It is on the wire before the broker hears of our leaving.
    world.broker.publish(requests_of_ann, call("1"));
    world.settle();
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa a"));
    respond(service, "1");
    EXPECT_THAT(service.take(), ElementsAre("left"));
    EXPECT_THAT(answers(), SizeIs(1));
}

TEST_F(Services, LeaveAtOnceWithoutAConnection) {
    auto& service = serve("i1");
    service.cut(true);
    world.settle();
    service.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(service.take(), ElementsAre("left"));
    service.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(service.take(), ElementsAre("left")) << "there is nothing to leave";
}

TEST_F(Services, CanStartAgainAfterLeaving) {
    auto& service = serve("i1");
    service.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(service.take(), ElementsAre("left"));
    service.start();
    world.settle();
    EXPECT_THAT(service.take(), ElementsAre("joined"));
    say(call("1"));
    EXPECT_THAT(service.take(), SizeIs(1));
}

}  // namespace
}  // namespace wsmq::test
