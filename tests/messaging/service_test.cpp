// Services: joining, answering, sharing the work with other instances, and leaving.
#include <gtest/gtest.h>

#include "support/world.hpp"
#include "wsmq/messaging/service.hpp"

namespace wsmq::test {
namespace {

using messaging::Service;
using testing::Contains;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using ServiceMember = Member<Service>;

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto requests_of_ann = "ev/webapp/req/orders/acme:ann:aaaa";
constexpr auto responses = "ev/webapp/res/acme:ann:aaaa";
constexpr auto record_of_i1 = "ev/webapp/svc/orders/i1";

Service::Options options_of(const std::string& instance) {
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

// --- Joining ---------------------------------------------------------------------------------------

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

// --- Answering -------------------------------------------------------------------------------------

struct Ends {
    Version caller;
    Version service;
};

class Conversations : public Services, public testing::WithParamInterface<Ends> {};
INSTANTIATE_TEST_SUITE_P(Mixed, Conversations,
                         testing::Values(Ends{Version::v5, Version::v5}, Ends{Version::v3_1_1, Version::v3_1_1},
                                         Ends{Version::v5, Version::v3_1_1}, Ends{Version::v3_1_1, Version::v5}));

TEST_P(Conversations, OfRequestAndResponse) {
    auto& service = serve("i1", GetParam().service);
    auto& ann = world.joined(ann_uid, GetParam().caller);
    world.request(ann, Target::service("orders"), "sum", "[1,2]");
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa sum [1,2]"));
    respond(service, "3");
    EXPECT_THAT(ann.take(), ElementsAre("response 1 3"));
    EXPECT_EQ(service.layer().respond(service.last_call, "4", world.now), Error::unknown_call);
}

TEST_P(Conversations, ThatFail) {
    auto& service = serve("i1", GetParam().service);
    auto& ann = world.joined(ann_uid, GetParam().caller);
    world.request(ann, Target::service("orders"), "sum");
    EXPECT_EQ(service.layer().fail(service.last_call, 7, "no", "[1]", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 remote 7 no [1]"));
}

TEST_P(Conversations, OfALongStreamGoAsFarAsTheCallerTakesIt) {
    auto& service = serve("i1", GetParam().service);
    auto& ann = world.joined(ann_uid, GetParam().caller);
    world.request(ann, Target::service("orders"), "list", {}, {.grants_credit = false});
    int sent = 0;
    const auto send_all = [&] {
        while (service.layer().progress(service.last_call, std::to_string(sent), world.now) == Error::none) ++sent;
        world.settle();
    };
    send_all();
    EXPECT_EQ(sent, 64);
    EXPECT_THAT(ann.take(), SizeIs(64));
    (void)service.take();
    EXPECT_TRUE(ann.layer().grant(messaging::RequestId{1}, 10, world.now));
    world.settle();
    EXPECT_THAT(service.take(), ElementsAre("credit 10"));
    send_all();
    EXPECT_EQ(sent, 74);
    respond(service, "null");
    EXPECT_THAT(ann.take(), Contains("response 1 null of 74"));
}

TEST_P(Conversations, ThatAreCancelledStopTheWork) {
    auto& service = serve("i1", GetParam().service);
    auto& ann = world.joined(ann_uid, GetParam().caller);
    const auto first = world.request(ann, Target::service("orders"), "a");
    EXPECT_TRUE(ann.layer().cancel(first, world.now));
    world.settle();
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa a", "ended cancelled"));
    // Once the instance is known by its progress, it alone is told.
    const auto second = world.request(ann, Target::service("orders"), "b");
    EXPECT_EQ(service.layer().progress(service.last_call, "1", world.now), Error::none);
    world.settle();
    EXPECT_TRUE(ann.layer().cancel(second, world.now));
    world.settle();
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa b", "ended cancelled"));
    EXPECT_THAT(world.broker.payloads("ev/webapp/svc/orders/i1/acme:ann:aaaa"), SizeIs(1));
    EXPECT_EQ(service.layer().counts().cancelled, 2u);
}

TEST_P(Conversations, WithTheUnnamedBackend) {
    Service::Options options;
    options.root = "ev/";
    auto& backend = serve(options, GetParam().service);
    auto& ann = world.joined(ann_uid, GetParam().caller);
    world.request(ann, Target::backend(), "a");
    respond(backend, "1");
    EXPECT_THAT(ann.take(), ElementsAre("response 1 1"));
    const auto second = world.request(ann, Target::backend(), "b");
    EXPECT_TRUE(ann.layer().cancel(second, world.now));
    world.settle();
    EXPECT_THAT(backend.take(),
                ElementsAre("request from acme:ann:aaaa a", "request from acme:ann:aaaa b", "ended cancelled"));
    EXPECT_THAT(world.broker.payloads("ev/webapp/svc/#"), IsEmpty());
}

TEST_F(Services, TakeNotificationsAndSendThem) {
    auto& service = serve("i1");
    auto& ann = world.joined(ann_uid);
    EXPECT_EQ(ann.layer().notify(Target::service("orders"), "hint", "[1]", world.now), Error::none);
    say(R"({"jsonrpc":"2.0","method":"all"})", "ev/webapp/svc/orders/_all/acme:ann:aaaa");
    EXPECT_THAT(service.take(), UnorderedElementsAre("notification from acme:ann:aaaa hint [1]",
                                                     "notification from acme:ann:aaaa all"));
    EXPECT_EQ(service.layer().notify(ann_uid, "news", R"({"a":1})", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre(R"(notification from a service news {"a":1})"));
    EXPECT_EQ(service.layer().notify("ann", "news", {}, world.now), Error::invalid_name);
    EXPECT_EQ(service.layer().notify(ann_uid, "$/news", {}, world.now), Error::invalid_name);
    EXPECT_EQ(service.layer().notify(ann_uid, "news", "1", world.now), Error::invalid_argument);
}

TEST_F(Services, AnswerWhatIsNoRequestWithItsCode) {
    auto options = options_of("i1");
    options.methods = {"a"};
    auto& service = serve(options);
    say("{");
    say(R"({"jsonrpc":"2.0","id":1})");
    say(call("2", "other"));
    say(call("3", "$/own"));
    say(R"({"jsonrpc":"2.0","id":4,"result":1})");
    say(R"({"jsonrpc":"2.0","method":"$/progress","params":{"id":1,"seq":0}})");
    say(call("5"), "ev/webapp/req/orders/nobody");
    EXPECT_THAT(
        answers(),
        ElementsAre(HasSubstr(R"("id":null,"error":{"code":-32700)"), HasSubstr(R"("id":1,"error":{"code":-32600)"),
                    HasSubstr(R"("id":2,"error":{"code":-32601)"), HasSubstr(R"("id":3,"error":{"code":-32601)")));
    EXPECT_THAT(service.take(), IsEmpty());
    EXPECT_THAT(world.broker.payloads("ev/webapp/res/nobody"), IsEmpty());
}

TEST_F(Services, AnswerDuplicatesFromMemory) {
    auto& service = serve("i1");
    say(call("1"));
    say(call("1"));
    EXPECT_THAT(answers(), IsEmpty()) << "its answer is still to come";
    respond(service, "[1]");
    say(call("1"));
    EXPECT_THAT(answers(), ElementsAre(HasSubstr("[1]"), HasSubstr("[1]")));
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa a"));
    EXPECT_EQ(service.layer().counts().duplicates, 1u);
    say(call("1"), "ev/webapp/req/orders/acme:bob:bbbb");
    EXPECT_THAT(service.take(), ElementsAre("request from acme:bob:bbbb a")) << "the id of another is another";
}

TEST_F(Services, TakeSoManyAtOnceAndRefuseMore) {
    auto options = options_of("i1");
    options.calls.concurrency = 1;
    options.calls.queue = 1;
    auto& service = serve(options);
    say(call("1", "a"));
    say(call("2", "b"));
    say(call("3", "c"));
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa a"));
    EXPECT_THAT(answers(), ElementsAre(HasSubstr(R"("id":3,"error":{"code":-32004)")));
    respond(service, "1");
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa b"));
}

TEST_F(Services, DropWhatHasExpired) {
    auto& service = serve("i1");
    auto& ann = world.joined(ann_uid);
    world.request(ann, Target::service("orders"), "a", {}, {.timeout = 1500ms});
    world.advance(2s);
    // The caller gives up and says so, before the call expires by itself.
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa a", "ended cancelled"));
    say(call("1"));
    (void)service.take();
    world.advance(60s);
    EXPECT_THAT(service.take(), ElementsAre("ended timed_out"));
    EXPECT_EQ(service.layer().respond(service.last_call, "1", world.now), Error::unknown_call);
}

TEST_F(Services, TakeRawBodiesWhereTheyAnnounceThem) {
    auto options = options_of("i1");
    options.raw = true;
    options.methods = {"scan"};
    auto& service = serve(options);
    auto& ann = world.joined(ann_uid);
    EXPECT_EQ(ann.layer().discover("orders", world.now), Error::none);
    world.settle();
    (void)ann.take();
    world.request(ann, Target::service("orders"), "scan", "\x89PNG", {.content_type = "image/png"});
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa scan \x89PNG image/png"));
    EXPECT_EQ(service.layer().respond_raw(service.last_call, "read", "text/plain", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("response 1 read text/plain"));
    world.request(ann, Target::service("orders"), "other", "x", {.content_type = "image/png"});
    EXPECT_THAT(ann.take(), ElementsAre(HasSubstr("failed 2 remote -32601")));
}

// --- What is retained where nothing should be -----------------------------------------------------

/// Left behind by somebody before the service began; named and unnamed, shared and not.
class Leftovers : public Services, public testing::WithParamInterface<Version> {};
INSTANTIATE_TEST_SUITE_P(Versions, Leftovers, testing::Values(Version::v5, Version::v3_1_1));

TEST_P(Leftovers, RunNothingWhenAServiceBegins) {
    const auto leave_behind = [this](const std::string& topic, const std::string& payload) {
        world.broker.publish({.topic = topic, .payload = payload, .retain = true});
    };
    leave_behind(requests_of_ann, call("1"));
    leave_behind("ev/webapp/req/acme:ann:aaaa", call("1"));
    leave_behind("ev/webapp/svc/orders/i1/acme:ann:aaaa", R"({"jsonrpc":"2.0","method":"all"})");
    leave_behind("ev/webapp/svc/orders/_all/acme:ann:aaaa", R"({"jsonrpc":"2.0","method":"all"})");
    auto unshared = options_of("i1");
    unshared.shares = false;
    auto& service = serve(unshared, GetParam());
    Service::Options unnamed;
    unnamed.root = "ev/";
    auto& backend = serve(unnamed, GetParam());
    service.cut();
    backend.cut();
    world.advance(60s);
    EXPECT_THAT(service.take(), ElementsAre("joined again"));
    EXPECT_THAT(backend.take(), ElementsAre("joined again"));
    EXPECT_THAT(answers(), IsEmpty());
    say(call("2"));
    EXPECT_THAT(service.take(), ElementsAre("request from acme:ann:aaaa a")) << "what is not retained";
}

TEST_P(Leftovers, AreNotEvenSentToAServiceWithMqtt5) {
    auto options = options_of("i1");
    options.shares = false;
    serve(options, GetParam());
    const bool asks = GetParam() == Version::v5;
    const auto never = asks ? RetainHandling::do_not_send : RetainHandling::send;
    EXPECT_EQ(world.broker.retain_handling("orders-i1", "ev/webapp/req/orders/+"), never);
    EXPECT_EQ(world.broker.retain_handling("orders-i1", "ev/webapp/svc/orders/i1/+"), never);
    EXPECT_EQ(world.broker.retain_handling("orders-i1", "ev/webapp/svc/orders/_all/+"), never);
    EXPECT_EQ(world.broker.retain_handling("orders-i1", "ev/webapp/svc/orders/+"), RetainHandling::send) << "records";
}

// --- Several instances -----------------------------------------------------------------------------

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
