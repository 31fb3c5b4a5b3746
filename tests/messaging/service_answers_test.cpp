// Services: answering, and what they do with what is no request.
#include "support/services.hpp"

namespace wsmq::test {
namespace {

using testing::Contains;
using testing::SizeIs;
using testing::UnorderedElementsAre;

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

}  // namespace
}  // namespace wsmq::test
