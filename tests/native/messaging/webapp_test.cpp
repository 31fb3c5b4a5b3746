// Webapps that are programs, and devices: peers, rooms, presence, status, discovery.
#include "wsmq/native/webapp.hpp"

#include "messaging/messaging_bench.hpp"
#include "wsmq/native/device.hpp"

namespace wsmq::native::messaging_test {
namespace {

using messaging::Error;
using Change = messaging::PresenceChanged::Change;

class NativeWebapp : public MessagingBench {
protected:
    std::unique_ptr<Webapp> ann = make_webapp("ann");
    std::unique_ptr<Webapp> bob = make_webapp("bob");
};

TEST_F(NativeWebapp, AnswersItsPeers) {
    bob->expose("sum", [](const Request& request) {
        return request.params().at(0).get<int>() + request.params().at(1).get<int>();
    });
    join(*ann);
    join(*bob);
    EXPECT_EQ(ask(*ann, Target::peer(bob->uid()), "sum", {1, 2}).reply.value(), 3);
    EXPECT_EQ(ask(*ann, Target::peer(bob->uid()), "other").reply.code, code::method_not_found);
    EXPECT_EQ(ask(*bob, Target::peer(ann->uid()), "sum").reply.code, code::method_not_found);
    EXPECT_EQ(ask(*ann, Target::peer("acme:eve:0000"), "sum").error, Error::no_responder);
    ann->expose("late", [](const Request&) { return "after joining"; });
    EXPECT_EQ(ask(*bob, Target::peer(ann->uid()), "late").reply.value(), "after joining");
}

TEST_F(NativeWebapp, MakesNoValueOfWhatIsNestedTooDeep) {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    bob->expose("deep", [&](const Request&) { return Response::json_text(deep); });
    join(*ann);
    join(*bob);
    const auto outcome = ask(*ann, Target::peer(bob->uid()), "deep");
    EXPECT_FALSE(outcome.error);
    EXPECT_EQ(outcome.reply.result, deep);
    const auto value = outcome.reply.value();
    EXPECT_TRUE(value.is_discarded());
    EXPECT_THROW((void)value.at(0), json::exception);
}

TEST_F(NativeWebapp, PassesJsonTextOnAsItIs) {
    constexpr auto params = R"({"z":1.0,"a":123456789012345678901234567890})";
    std::string told;
    bob->expose("echo", [&told](const Request& request) {
        told = request.params_text();
        if (request.is_notification()) return;
        request.async_progress_text(told, [request](ErrorCode) { request.respond(Response::json_text("0")); });
    });
    join(*ann);
    join(*bob);
    std::string item;
    std::optional<Reply> reply;
    ann->async_request_text(
        Target::peer(bob->uid()), "echo", params, {}, [&](std::string_view value) { item = value; },
        [&](ErrorCode, Reply with) { reply = std::move(with); });
    loop.until([&] { return reply.has_value(); });
    EXPECT_EQ(told, params);
    EXPECT_EQ(item, params);
    EXPECT_EQ(reply->count, 1u);

    told.clear();
    EXPECT_FALSE(ann->notify_text(Target::peer(bob->uid()), "echo", "[1.0]"));
    loop.until([&] { return told == "[1.0]"; });

    ErrorCode error;
    ann->async_request_text(Target::peer(bob->uid()), "echo", "{", {}, {}, [&](ErrorCode e, Reply) { error = e; });
    loop.until([&] { return error == Error::invalid_json; });
}

TEST_F(NativeWebapp, MakesIdsThatOneWhoKnowsTheUidCannotForesee) {
    std::vector<std::string> ids;
    native::Client service{loop.context.get_executor(), url()};
    bool subscribed = false;
    service.async_connect(boost::asio::detached);
    service.async_subscribe(
        {root_ + "webapp/req/orders/+"},
        [&](const wsmq::Message& message) { ids.push_back(json::parse(as_text(message.payload)).at("id")); },
        [&](ErrorCode error, const auto&) { subscribed = !error; });
    loop.until([&] { return subscribed; });
    const auto options = webapp_options();
    for (int load = 0; load < 2; ++load) {
        auto app = std::make_unique<Webapp>(loop.context.get_executor(), url(), options);
        join(*app);
        (void)begin(*app, Target::service("orders"), "a");
        loop.until([&] { return ids.size() == static_cast<std::size_t>(load) + 1; });
        leave(*app);
    }
    for (const auto& id : ids) EXPECT_THAT(id, testing::MatchesRegex("1[.][0-9a-f]{16}"));
    EXPECT_NE(ids[0], ids[1]);
}

TEST_F(NativeWebapp, HearsNotificationsOfServicesApartFromItsMethods) {
    std::vector<std::string> heard;
    ann->on_notification([&](const Notification& told) {
        heard.push_back(std::string{told.from} + ":" + std::string{told.method} + std::string{told.params});
    });
    ann->expose("hint", [&](const Request& request) { heard.push_back("exposed " + std::string{request.method()}); });
    auto service = make_service();
    join(*service);
    join(*ann);
    join(*bob);
    for (int i = 0; i < 200; ++i) EXPECT_FALSE(service->notify(ann->uid(), "hint", {i}));
    loop.until([&] { return heard.size() == 200; });
    EXPECT_EQ(heard.front(), ":hint[0]");
    EXPECT_EQ(heard.back(), ":hint[199]");
    heard.clear();
    EXPECT_FALSE(bob->notify(Target::peer(ann->uid()), "hint", nullptr));
    EXPECT_FALSE(bob->notify(Target::peer(ann->uid()), "other", nullptr));
    loop.until([&] { return heard.size() == 2; });
    EXPECT_THAT(heard, testing::ElementsAre("exposed hint", std::string{bob->uid()} + ":other"));
}

TEST_F(NativeWebapp, SendsMessagesToPeersAndRooms) {
    std::vector<std::string> heard;
    bob->on_peer_message([&](const auto& message) { heard.push_back("peer " + std::string{message.body}); });
    bob->on_room_message(
        [&](const auto& message) { heard.push_back(std::string{message.room} + " " + std::string{message.body}); });
    bob->on_notification([&](const auto& told) { heard.push_back("told " + std::string{told.method}); });
    EXPECT_FALSE(bob->join_room("hall"));
    join(*ann);
    join(*bob);
    EXPECT_FALSE(ann->send(bob->uid(), "hello"));
    EXPECT_FALSE(ann->send_room("hall", "everyone"));
    EXPECT_FALSE(ann->notify(Target::peer(bob->uid()), "hint", nullptr));
    loop.until([&] { return heard.size() == 3; });
    EXPECT_THAT(heard, testing::UnorderedElementsAre("peer hello", "hall everyone", "told hint"));
    EXPECT_EQ(ann->send("bob", "hello"), Error::invalid_name);
    EXPECT_EQ(ann->send_room("_roll", "x"), Error::invalid_name);
}

TEST_F(NativeWebapp, SeesWhoIsThere) {
    std::vector<std::string> seen;
    ann->on_presence([&](const messaging::PresenceChanged& changed) {
        if (changed.uid != bob->uid()) return;
        const auto* what = changed.change == Change::appeared ? "appeared "
                           : changed.change == Change::gone   ? "gone "
                                                              : "changed ";
        seen.push_back(what + std::string{changed.state} + std::string{changed.tabs});
    });
    EXPECT_FALSE(ann->watch_presence());
    join(*ann);
    join(*bob);
    loop.until([&] { return seen.size() == 1; });
    EXPECT_FALSE(bob->set_state({{"away", true}}));
    loop.until([&] { return seen.size() == 2; });
    leave(*bob);
    loop.until([&] { return seen.size() == 3; });
    EXPECT_THAT(seen, testing::ElementsAre("appeared {}", R"(changed {"away":true})", R"(gone {"away":true})"));
    // A webapp of two tabs.
    const auto topic = root_ + "webapp/status/" + std::string{bob->uid()};
    const auto record = R"({"online":true,"state":1,"tabs":[{"id":"k3x9"},{"id":"p0q1"}]})";
    EXPECT_TRUE(ann->client().publish(topic, record));
    loop.until([&] { return seen.size() == 4; });
    EXPECT_EQ(seen.back(), R"(appeared 1[{"id":"k3x9"},{"id":"p0q1"}])");
    EXPECT_FALSE(ann->unwatch_presence());
    loop.until([&] { return seen.size() == 5; });
    EXPECT_EQ(seen.back(), R"(gone 1[{"id":"k3x9"},{"id":"p0q1"}])");
}

TEST_F(NativeWebapp, OfAnEmptyListOfDevicesItWatchesNone) {
    std::vector<std::string> seen;
    ann->on_device([&](const auto& status) { seen.emplace_back(status.serial_number); });
    join(*ann);
    constexpr std::string_view second = "SN-2";
    EXPECT_FALSE(ann->watch_devices(std::span<const std::string_view>{}));
    EXPECT_FALSE(ann->watch_devices({&second, 1}));
    for (const auto* serial_number : {"SN-1", "SN-2"}) {
        Device::Options options;
        options.root = root_;
        options.serial_number = serial_number;
        Device device{loop.context.get_executor(), url(), options};
        join(device);
        leave(device);
    }
    loop.until([&] { return seen.size() == 2; });
    EXPECT_THAT(seen, testing::Each("SN-2"));
}

TEST_F(NativeWebapp, SeesDevicesAndServices) {
    std::vector<std::string> seen;
    ann->on_device([&](const auto& status) { seen.push_back(std::string{status.status}); });
    ann->on_service([&](const auto& changed) { seen.push_back(std::string{changed.service}); });
    join(*ann);
    EXPECT_FALSE(ann->watch_devices());
    EXPECT_FALSE(ann->discover());
    Device::Options options;
    options.root = root_;
    options.serial_number = "SN-1";
    auto device = std::make_unique<Device>(loop.context.get_executor(), url(), options);
    EXPECT_FALSE(device->set_status({{"battery", 90}})) << "before it joins: with the connection";
    join(*device);
    loop.until([&] { return seen.size() == 1; });
    EXPECT_FALSE(device->set_status({{"battery", 80}}));
    loop.until([&] { return seen.size() == 2; });
    EXPECT_EQ(device->set_status({{"online", true}}), Error::invalid_json);
    EXPECT_EQ(device->set_status(1), Error::invalid_json);
    EXPECT_EQ(device->set_status({{"log", std::string(5'000, 'x')}}), Error::payload_too_large);
    device.reset();  // dropped as it is: the last will says so
    loop.until([&] { return seen.size() == 3; });
    Service service{loop.context, url(), service_options()};
    join(service);
    loop.until([&] { return seen.size() == 4; });
    EXPECT_THAT(seen,
                testing::ElementsAre(R"({"online":true,"battery":90})", R"({"online":true,"battery":80})",
                                     R"({"online":false,"recording":false,"broadcasting":false,"motionEnabled":false})",
                                     "orders"));
}

TEST_F(NativeWebapp, FailsRequestsWithAReason) {
    Webapp::Options nameless;
    nameless.uid = make_uid("acme", "a:b");
    EXPECT_EQ(nameless.uid, "");
    Webapp broken{loop.context.get_executor(), url(), nameless};
    EXPECT_EQ(fail_to_join(broken).first, Error::invalid_name);
    EXPECT_EQ(ask(broken, "a").error, Error::invalid_name);
    EXPECT_EQ(broken.notify(Target::service("a"), "b", nullptr), Error::invalid_name);
    EXPECT_EQ(ask(*ann, "a").error, Error::not_connected) << "it was not told to join";
    join(*ann);
    EXPECT_EQ(ask(*ann, "a").error, Error::no_responder);
    EXPECT_EQ(ask(*ann, Target::service("a/b"), "a").error, Error::invalid_name);
    EXPECT_EQ(ask(*ann, "a", 7).error, Error::invalid_argument);
    // Somebody listens who never answers.
    native::Client mute{loop.context.get_executor(), url()};
    bool listens = false;
    mute.async_connect(boost::asio::detached);
    mute.async_subscribe({root_ + "webapp/req/orders/+"}, [&](ErrorCode, const Answer&) { listens = true; });
    loop.until([&] { return listens; });
    const auto late = ask(*ann, Target::service("orders"), "a", nullptr, {.timeout = 50ms});
    EXPECT_EQ(late.error, Error::timed_out);
    EXPECT_EQ(late.reply.code, code::timed_out);
    const auto open = begin(*ann, Target::service("orders"), "a");
    leave(*ann);
    EXPECT_TRUE(open->ended);
    EXPECT_EQ(open->error, Error::left);
}

TEST_F(NativeWebapp, TakesAnotherNameWhereAnotherConnectionHasItsOwn) {
    ClientOptions options;
    options.connect.reconnect.backoff_min = options.connect.reconnect.backoff_max = 20ms;
    std::vector<std::string> asked_for;
    options.credentials = [&](const CredentialsAnswer& answer) {
        asked_for.emplace_back(ann->uid());
        answer(Credentials{});
    };
    auto account = webapp_options();
    account.uid = "acme:ann";
    account.since = 1'000;
    ann = std::make_unique<Webapp>(loop.context.get_executor(), url(), account, options);
    const std::string former{ann->uid()};
    EXPECT_THAT(former, testing::MatchesRegex("acme:ann:[a-z0-9]{4}"));
    std::vector<std::string> told;
    ann->on_renamed([&](const auto& renamed) { told.push_back("renamed " + std::string{renamed.uid}); });
    ann->on_joined([&](bool again) { told.emplace_back(again ? "joined again" : "joined"); });
    ann->expose("ping", [](const Request&) { return true; });
    join(*ann);
    join(*bob);
    native::Client mute{loop.context.get_executor(), url()};
    bool listens = false;
    mute.async_connect(boost::asio::detached);
    mute.async_subscribe({root_ + "webapp/req/orders/+"}, [&](ErrorCode, const Answer&) { listens = true; });
    loop.until([&] { return listens; });
    const auto open = begin(*ann, Target::service("orders"), "a", nullptr, {.timeout = 1h});

    auto fixed = webapp_options();
    fixed.uid = former;
    fixed.since = 2'000;
    Webapp twin{loop.context.get_executor(), url(), fixed};
    join(twin);
    // This broker does not tell whom it displaces: they do so in turns until one of them knows.
    loop.until([&] { return ann->uid() != former && ann->is_joined() && twin.is_joined(); });
    const std::string uid{ann->uid()};
    EXPECT_THAT(uid, testing::MatchesRegex("acme:ann:[a-z0-9]{8}"));
    EXPECT_THAT(told, testing::Contains("renamed " + uid));
    EXPECT_EQ(told.back(), "joined again");
    EXPECT_EQ(asked_for.front(), former);
    EXPECT_EQ(asked_for.back(), uid);
    EXPECT_TRUE(open->ended);
    EXPECT_EQ(open->error, Error::session_lost);
    EXPECT_EQ(ask(*bob, Target::peer(uid), "ping").reply.value(), true);
    EXPECT_EQ(twin.uid(), former) << "whose application chose it";
}

TEST_F(NativeWebapp, HasARecordOfABoundedSize) {
    join(*ann);
    EXPECT_EQ(ann->set_state(std::string(5'000, 'x')), Error::payload_too_large);
    auto options = webapp_options();
    options.state = '"' + std::string(5'000, 'x') + '"';
    Webapp large{loop.context.get_executor(), url(), options};
    EXPECT_EQ(fail_to_join(large).first, Error::payload_too_large);
}

TEST_F(NativeWebapp, MayBeDestroyedByAnyHandlerOfItsOwn) {
    join(*ann);
    join(*bob);
    ErrorCode ended;
    ann->async_request(Target::peer(bob->uid()), "a", nullptr, {}, [&](ErrorCode error, const Reply&) {
        ended = error;
        ann.reset();
    });
    loop.until([&] { return !ann; });
    EXPECT_EQ(ended, Error::remote);
    bob->async_request(Target::service("orders"), "a", nullptr, {.timeout = 1h},
                       [&](ErrorCode error, const Reply&) { ended = error; });
    bob.reset();
    loop.until([&] { return ended != Error::remote; });
    EXPECT_EQ(ended, boost::asio::error::operation_aborted);
}

TEST_F(NativeWebapp, ComesBackAfterTheBrokerWasAway) {
    std::vector<bool> joined;
    ClientOptions options;
    options.connect.reconnect.backoff_min = options.connect.reconnect.backoff_max = 20ms;
    ann = std::make_unique<Webapp>(loop.context.get_executor(), url(), webapp_options(), options);
    ann->on_joined([&](bool again) { joined.push_back(again); });
    int lost = 0;
    ann->on_disconnected([&](const Disconnection& end) { lost += end.was_connected ? 1 : 0; });
    join(*ann);
    mosquitto->restart();
    loop.until([&] { return joined.size() == 2; });
    EXPECT_THAT(joined, testing::ElementsAre(false, true));
    EXPECT_EQ(lost, 1);
}

}  // namespace
}  // namespace wsmq::native::messaging_test
