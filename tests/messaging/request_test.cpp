// Requests to services and to the unnamed backend: answers, every way to fail, and how long one waits.
#include <gtest/gtest.h>

#include <bit>

#include "request/sip_hash.hpp"
#include "support/world.hpp"

namespace wsmq::test {
namespace {

using messaging::RequestId;
using messaging::RequestOptions;

constexpr auto ann_uid = "acme:ann:aaaa";
constexpr auto requests = "ev/webapp/req/orders/+";
constexpr auto responses = "ev/webapp/res/acme:ann:aaaa";

/// The id in the payload of the last message on the topic.
std::string id_in(const std::string& payload) {
    const auto begin = payload.find(R"("id":")") + 6;
    return payload.substr(begin, payload.find('"', begin) - begin);
}

std::string answer(const std::string& id, const std::string& rest) {
    return R"({"jsonrpc":"2.0","id":")" + id + R"(",)" + rest + "}";
}

struct Versions {
    Version caller;
    Version responder;
};

class Requests : public testing::TestWithParam<Versions> {
protected:
    Plain& serve(std::string_view filter = requests) { return world.plain("service", filter, GetParam().responder); }
    WebappMember& join() { return world.joined(ann_uid, GetParam().caller); }
    std::string last_id() { return id_in(world.broker.payloads("ev/webapp/req/#").back()); }

    World world;
};
INSTANTIATE_TEST_SUITE_P(Mixed, Requests,
                         testing::Values(Versions{Version::v5, Version::v5}, Versions{Version::v3_1_1, Version::v3_1_1},
                                         Versions{Version::v5, Version::v3_1_1},
                                         Versions{Version::v3_1_1, Version::v5}));

TEST_P(Requests, AreAnswered) {
    auto& service = serve();
    auto& ann = join();
    world.request(ann, Target::service("orders"), "sum", "[1,2]");
    const auto id = last_id();
    EXPECT_THAT(service.take(), ElementsAre("message ev/webapp/req/orders/acme:ann:aaaa "
                                            R"({"jsonrpc":"2.0","method":"sum","params":[1,2],"id":")" +
                                            id + "\"}"));
    service.publish(responses, answer(id, R"("result":3)"));
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("response 1 3"));
    world.advance(60s);
    EXPECT_THAT(ann.take(), IsEmpty());
}

TEST_P(Requests, GoToTheUnnamedBackendOnItsOwnTopic) {
    auto& backend = serve("ev/webapp/req/+");
    auto& ann = join();
    world.request(ann, Target::backend(), "sum");
    ASSERT_EQ(backend.take().size(), 1u);
    backend.publish(responses, answer(last_id(), R"("result":null)"));
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("response 1 null"));
}

TEST_P(Requests, FailWithTheCodeMessageAndDataOfTheOtherSide) {
    auto& service = serve();
    auto& ann = join();
    world.request(ann, Target::service("orders"), "sum");
    service.publish(responses, answer(last_id(), R"("error":{"code":42,"message":"no","data":[1]})"));
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 remote 42 no [1]"));
}

TEST_P(Requests, TimeOutAndAreCancelledAtTheOtherSide) {
    auto& service = serve();
    auto& ann = join();
    service.subscribe("ev/webapp/svc/orders/_all/+");
    world.request(ann, Target::service("orders"), "sum", {}, {.timeout = 2s});
    (void)service.take();
    world.advance(1999ms);
    EXPECT_THAT(ann.take(), IsEmpty());
    world.advance(1ms);
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 timed_out"));
    EXPECT_THAT(service.take(), ElementsAre("message ev/webapp/svc/orders/_all/acme:ann:aaaa "
                                            R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":")" +
                                            last_id() + "\"}}"));
}

TEST_P(Requests, ThatAreCancelledEndAtOnceAndOnce) {
    auto& service = serve();
    auto& ann = join();
    const auto id = world.request(ann, Target::service("orders"), "sum");
    EXPECT_TRUE(ann.layer().cancel(id, world.now));
    EXPECT_FALSE(ann.layer().cancel(id, world.now));
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 cancelled"));
    service.publish(responses, answer(last_id(), R"("result":3)"));
    world.settle();
    EXPECT_THAT(ann.take(), IsEmpty());
}

TEST_P(Requests, DoNotTakeTheAnswerOfAnother) {
    auto& service = serve();
    auto& ann = join();
    world.request(ann, Target::service("orders"), "a");
    const auto first = last_id();
    world.request(ann, Target::service("orders"), "b");
    const auto second = last_id();
    EXPECT_NE(first, second);
    service.publish(responses, answer(second, R"("result":"b")"));
    service.publish(responses, answer("someone's", R"("result":"c")"));
    service.publish(responses, answer(first, R"("result":"a")"));
    service.publish(responses, answer(first, R"("result":"again")"));
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("response 2 \"b\"", "response 1 \"a\""));
}

TEST_P(Requests, PassOverWhatIsNoAnswer) {
    auto& service = serve();
    auto& ann = join();
    world.request(ann, Target::service("orders"), "a");
    for (const std::string& garbage : {std::string{"x"}, std::string{}, std::string{"[]"},
                                       answer(last_id(), R"("result":1,"error":{})"), answer(last_id(), R"("x":1)"),
                                       std::string{R"({"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}})"}}) {
        service.publish(responses, garbage);
    }
    world.settle();
    EXPECT_THAT(ann.take(), IsEmpty());
    EXPECT_THAT(world.broker.payloads("ev/webapp/res/service"), IsEmpty());
}

TEST_P(Requests, WaitForTheConnectionWithinTheirTimeLimit) {
    auto& service = serve();
    auto& ann = join();
    ann.cut(true);
    world.settle();
    world.request(ann, Target::service("orders"), "a", {}, {.timeout = 20s});
    world.request(ann, Target::service("orders"), "b", {}, {.timeout = 1s});
    world.advance(2s);
    EXPECT_THAT(ann.take(), ElementsAre("failed 2 timed_out"));
    ann.online();
    world.advance(10s);
    const auto lines = service.take();
    ASSERT_EQ(lines.size(), 1u) << "what timed out while it waited is not sent";
    EXPECT_THAT(lines[0], HasSubstr(R"("method":"a")"));
    service.publish(responses, answer(last_id(), R"("result":1)"));
    world.settle();
    EXPECT_THAT(ann.take(), testing::Contains("response 1 1"));
}

TEST_P(Requests, ThatDoNotWaitFailWithoutAConnection) {
    auto& ann = join();
    ann.cut(true);
    world.settle();
    const auto refused =
        ann.layer().request(Target::service("orders"), "a", {}, {.waits_for_connection = false}, world.now);
    EXPECT_EQ(refused.error(), Error::not_connected);
}

TEST_P(Requests, BeforeTheStartAreRefused) {
    auto& ann = world.webapp(ann_uid, GetParam().caller);
    EXPECT_EQ(ann.layer().request(Target::service("orders"), "a", {}, {}, world.now).error(), Error::not_connected);
}

TEST_P(Requests, MadeBeforeTheFirstConnectionGoBehindTheSubscriptions) {
    auto& service = serve();
    auto& ann = world.webapp(ann_uid, GetParam().caller);
    ann.start();
    EXPECT_TRUE(ann.layer().request(Target::service("orders"), "a", {}, {}, world.now));
    world.settle();
    ASSERT_EQ(service.take().size(), 1u);
    service.publish(responses, answer(last_id(), R"("result":1)"));
    world.settle();
    EXPECT_THAT(ann.take(), testing::Contains("response 1 1"));
}

TEST_P(Requests, FailWhenWeLeave) {
    (void)serve();
    auto& ann = join();
    world.request(ann, Target::service("orders"), "a");
    ann.layer().leave(world.now);
    EXPECT_EQ(ann.layer().request(Target::service("orders"), "b", {}, {}, world.now).error(), Error::left);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 left", "left"));
}

TEST_P(Requests, FailWhenTheClientIsStopped) {
    (void)serve();
    auto& ann = join();
    world.request(ann, Target::service("orders"), "a");
    ann.node().stop(world.now);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 left"));
}

TEST_P(Requests, WithNamesOrJsonThatAreNotSoundAreRefused) {
    auto& ann = join();
    auto& layer = ann.layer();
    const auto error = [&](Target target, std::string_view method, std::string_view params) {
        return layer.request(target, method, params, {}, world.now).error();
    };
    EXPECT_EQ(error(Target::service("a/b"), "m", {}), Error::invalid_name);
    EXPECT_EQ(error(Target::service(""), "m", {}), Error::invalid_name);
    EXPECT_EQ(error(Target::service("a"), "$/m", {}), Error::invalid_name);
    EXPECT_EQ(error(Target::peer("bob"), "m", {}), Error::invalid_name);
    EXPECT_EQ(error(Target::service("a"), "m", "{"), Error::invalid_json);
    EXPECT_EQ(error(Target::service("a"), "m", "1"), Error::invalid_argument);
    EXPECT_EQ(layer.request(Target::backend(), "m", {}, {.timeout = 0ms}, world.now).error(), Error::invalid_argument);
    EXPECT_EQ(layer.notify(Target::service("a"), "m", "[", world.now), Error::invalid_json);
    world.settle();
    EXPECT_THAT(world.broker.payloads("ev/webapp/req/#"), IsEmpty());
}

TEST_P(Requests, AreBounded) {
    auto options = World::options(ann_uid);
    options.maximum_requests = 2;
    ConnectOptions base;
    base.version = GetParam().caller;
    auto& ann = world.webapp(options, base);
    (void)serve();
    ann.start();
    world.settle();
    world.request(ann, Target::service("orders"), "a");
    world.request(ann, Target::service("orders"), "b");
    EXPECT_EQ(ann.layer().request(Target::service("orders"), "c", {}, {}, world.now).error(), Error::too_many);
}

TEST_P(Requests, NotificationsHaveNoIdAndAServicesReachTheWebapp) {
    auto& service = serve();
    auto& ann = join();
    EXPECT_EQ(ann.layer().notify(Target::service("orders"), "hint", "[1]", world.now), Error::none);
    world.settle();
    EXPECT_THAT(service.take(), ElementsAre("message ev/webapp/req/orders/acme:ann:aaaa "
                                            R"({"jsonrpc":"2.0","method":"hint","params":[1]})"));
    service.publish(responses, R"({"jsonrpc":"2.0","method":"news","params":{"a":1}})");
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre(R"(notification from a service news {"a":1})"));
}

TEST(RequestsV5, CarryWhatTheConventionSays) {
    World world;
    auto& service = world.plain("service", requests);
    auto& ann = world.joined(ann_uid);
    world.request(ann, Target::service("orders"), "a", {}, {.timeout = 2500ms, .traceparent = "00-ab"});
    const PropertyView properties{service.last_properties};
    EXPECT_EQ(properties.text(PropertyId::response_topic), responses);
    EXPECT_EQ(properties.integer(PropertyId::message_expiry_interval), 3u);
    EXPECT_EQ(properties.text(PropertyId::content_type), "application/json");
    EXPECT_EQ(text_of(*properties.binary(PropertyId::correlation_data)), id_in(world.broker.payloads(requests).back()));
    bool has_trace = false;
    for (const auto& property : properties) {
        const auto* pair = std::get_if<UserProperty>(&property.value);
        has_trace |= pair != nullptr && pair->name == "traceparent" && pair->value == "00-ab";
    }
    EXPECT_TRUE(has_trace);
}

TEST(RequestsV5, FailAtOnceWhereNobodyListens) {
    World world;
    auto& ann = world.joined(ann_uid);
    world.request(ann, Target::service("orders"), "a");
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 no_responder"));
}

TEST(RequestsV5, FailWhereTheBrokerRefusesThem) {
    World world;
    auto& ann = world.joined(ann_uid);
    world.broker.allows = [](const auto&, const auto& topic) { return topic.find("/req/") == std::string::npos; };
    world.request(ann, Target::service("orders"), "a");
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 refused"));
}

TEST(RequestsV5, OverTheMaximumPacketSizeFailAtTheSender) {
    World world{{.maximum_packet_size = 4'096}};
    auto& ann = world.joined(ann_uid);
    const std::string large = "[\"" + std::string(5'000, 'x') + "\"]";
    EXPECT_EQ(ann.layer().request(Target::service("orders"), "a", large, {}, world.now).error(),
              Error::payload_too_large);
}

TEST(RequestsV5, OverTheMaximumPacketSizeThatWasUnknownFailWhenItIsKnown) {
    World world{{.maximum_packet_size = 4'096}};
    auto& ann = world.webapp(ann_uid);
    ann.start();
    const std::string large = "[\"" + std::string(5'000, 'x') + "\"]";
    EXPECT_TRUE(ann.layer().request(Target::service("orders"), "a", large, {}, world.now));
    world.settle();
    EXPECT_THAT(ann.take(), testing::Contains("failed 1 payload_too_large"));
}

TEST(RequestIds, DifferWhenAPageIsLoadedAnew) {
    World world;
    auto& service = world.plain("service", requests);
    auto& first = world.joined(ann_uid);
    world.request(first, Target::service("orders"), "a");
    auto options = World::options(ann_uid);
    options.id_key = {1, 2};
    auto& second = world.webapp(options, {});
    first.node().stop(world.now);
    second.start();
    world.settle();
    world.request(second, Target::service("orders"), "a");
    const auto payloads = world.broker.payloads(requests);
    ASSERT_EQ(payloads.size(), 2u);
    EXPECT_NE(id_in(payloads[0]), id_in(payloads[1]));
    (void)service;
}

TEST(RequestIds, CannotBeForeseenByWhoHasSeenSomeOfThem) {
    World world;
    auto& service = world.plain("service", requests);
    auto& ann = world.joined(ann_uid);
    const auto ask = [&] {
        world.request(ann, Target::service("orders"), "a");
        return id_in(world.broker.payloads(requests).back());
    };
    const std::string first = ask();
    const std::string second = ask();
    (void)ask();
    ASSERT_EQ(first.size(), second.size());
    const auto tag_of = [](const std::string& id) { return id.substr(id.find('.') + 1); };
    EXPECT_EQ(tag_of(first).size(), 16u) << "64 bits";
    // The number alone, and the number with what was seen of another, are nobody's.
    for (const std::string& forged :
         {std::string{"3"}, "3." + tag_of(second), "3." + tag_of(first), std::string{"3."}, "2." + tag_of(first),
          "1" + second.substr(1), " " + second, "0" + second, second + "0", second.substr(0, second.size() - 1)}) {
        service.publish(responses, answer(forged, R"("result":"forged")"));
        service.publish(responses, R"({"jsonrpc":"2.0","method":"$/progress","params":{"id":")" + forged +
                                       R"(","seq":0,"value":"forged","at":"i1"}})");
    }
    world.settle();
    EXPECT_THAT(ann.take(), IsEmpty());
    service.publish(responses, answer(second, R"("result":2)"));
    service.publish(responses, answer(first, R"("result":1)"));
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("response 2 2", "response 1 1"));
}

TEST(RequestIds, OfManyRequestsDifferInHalfOfTheirBits) {
    // Of a counter, without a key, or with too short a tag, this would not be so.
    const messaging::SipKey key{0x0706'0504'0302'0100, 0x0F0E'0D0C'0B0A'0908};
    std::uint64_t former = 0;
    std::uint64_t differing = 0;
    constexpr std::uint64_t count = 100'000;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto hash = messaging::sip_hash(key, std::to_string(i));
        differing += static_cast<std::uint64_t>(std::popcount(hash ^ std::exchange(former, hash)));
    }
    EXPECT_NEAR(static_cast<double>(differing) / count, 32.0, 0.1);
}

TEST(RequestsByDiscovery, FailWhenEveryInstanceIsOffline) {
    World world;
    world.broker.publish({.topic = "ev/webapp/svc/orders/i1", .payload = R"({"online":false})", .retain = true});
    auto& ann = world.joined(ann_uid, Version::v3_1_1);
    world.request(ann, Target::service("orders"), "a");
    EXPECT_THAT(ann.take(), IsEmpty());
    world.advance(500ms);
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 no_responder"));
    world.request(ann, Target::service("orders"), "b");
    EXPECT_THAT(ann.take(), ElementsAre("failed 2 no_responder"));
    EXPECT_EQ(world.broker.payloads(requests).size(), 1u);
    world.broker.publish({.topic = "ev/webapp/svc/orders/i2", .payload = R"({"online":true})", .retain = true});
    world.settle();
    world.request(ann, Target::service("orders"), "c");
    EXPECT_EQ(world.broker.payloads(requests).size(), 2u);
}

TEST(RequestsByDiscovery, WithoutAnyRecordWaitForTheTimeLimit) {
    World world;
    auto& ann = world.joined(ann_uid, Version::v3_1_1);
    world.request(ann, Target::service("orders"), "a");
    world.advance(9s);
    EXPECT_THAT(ann.take(), IsEmpty());
    world.advance(1s);
    EXPECT_THAT(ann.take(), ElementsAre("failed 1 timed_out"));
}

TEST(RawBodies, GoToAServiceThatAnnouncesThem) {
    World world;
    auto& service = world.plain("service", requests);
    auto& ann = world.joined(ann_uid);
    const RequestOptions raw{.content_type = "image/png"};
    EXPECT_EQ(ann.layer().request(Target::service("orders"), "scan", "\x89PNG", raw, world.now).error(),
              Error::not_supported);
    EXPECT_EQ(ann.layer().discover("orders", world.now), Error::none);
    service.publish("ev/webapp/svc/orders/i1", R"({"online":true,"raw":true})", true);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("service orders i1 online"));
    world.request(ann, Target::service("orders"), "scan", "\x89PNG", raw);
    EXPECT_THAT(service.take(), ElementsAre("message ev/webapp/req/orders/acme:ann:aaaa \x89PNG"));
    const PropertyView properties{service.last_properties};
    EXPECT_EQ(properties.text(PropertyId::content_type), "image/png");
    PropertyWriter answer;
    answer.text(PropertyId::content_type, "text/plain");
    answer.binary(PropertyId::correlation_data, *properties.binary(PropertyId::correlation_data));
    service.publish(responses, "read", false, answer.bytes());
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre("response 1 read text/plain"));
}

TEST(RawBodies, AreRefusedBelowVersion5) {
    World world;
    auto& ann = world.joined(ann_uid, Version::v3_1_1);
    EXPECT_EQ(ann.layer().discover("orders", world.now), Error::none);
    world.broker.publish({.topic = "ev/webapp/svc/orders/i1", .payload = R"({"online":true,"raw":true})"});
    world.settle();
    EXPECT_EQ(ann.layer().request(Target::service("orders"), "m", "x", {.content_type = "a/b"}, world.now).error(),
              Error::not_supported);
}

}  // namespace
}  // namespace wsmq::test
