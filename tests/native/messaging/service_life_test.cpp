// How a service comes and goes.
#include <boost/asio/post.hpp>
#include <csignal>

#include "messaging/native_service.hpp"

namespace wsmq::native::messaging_test {
namespace {

using messaging::Error;

TEST_F(NativeService, SaysWhyItCannotJoin) {
    Service nameless{loop.context, url(), service_options("a/b")};
    EXPECT_EQ(fail_to_join(nameless).first, Error::invalid_name);
    Service misled{loop.context, "mqtt//x", service_options()};
    EXPECT_THAT(fail_to_join(misled).second.detail, testing::HasSubstr("URL 1"));
    EXPECT_EQ(misled.run(), Errc::invalid_argument);
    const auto closed_port = "mqtt://127.0.0.1:1";
    Service lonely{loop.context, closed_port, service_options()};
    EXPECT_EQ(fail_to_join(lonely).first, TransportError::connect_failed);
    EXPECT_EQ(lonely.run(), TransportError::connect_failed);
}

TEST_F(NativeService, LeavesAndJoinsAgain) {
    service->on("a", [](const Request&) { return 1; });
    std::vector<bool> joined;
    service->on_joined([&](bool again) { joined.push_back(again); });
    set_up();
    leave(*service);
    EXPECT_FALSE(service->is_joined());
    EXPECT_EQ(ask(*app, "a").error, Error::no_responder);
    join(*service);
    EXPECT_EQ(ask(*app, "a").reply.value(), 1);
    EXPECT_THAT(joined, testing::ElementsAre(false, false));
    leave(*service);
    leave(*service);
}

TEST_F(NativeService, AnswersWhatIsOpenBeforeItLeaves) {
    std::optional<Request> open;
    service->on("a", [&](const Request& request) { open = request; });
    set_up();
    const auto outcome = begin(*app, Target::service("orders"), "a");
    loop.until([&] { return open.has_value(); });
    bool left = false;
    service->async_leave(30s, [&](ErrorCode) { left = true; });
    boost::asio::post(loop.context, [&] { open->respond(1); });
    loop.until([&] { return left && outcome->ended; });
    EXPECT_EQ(outcome->reply.value(), 1);
}

TEST_F(NativeService, RunsUntilItIsTold) {
    service->on("stop", [](const Request&) {
        std::raise(SIGTERM);
        return "stopping";
    });
    join(*app);
    const auto outcome = std::make_shared<Outcome>();
    service->on_joined([&](bool) {
        app->async_request(Target::service("orders"), "stop", nullptr, {}, [outcome](ErrorCode error, Reply reply) {
            *outcome = {true, error, std::move(reply), {}};
        });
    });
    EXPECT_FALSE(service->run());
    loop.until([&] { return outcome->ended; });
    EXPECT_EQ(outcome->reply.value(), "stopping");
    EXPECT_FALSE(service->is_joined());
}

TEST_F(NativeService, MayBeDestroyedByItsHandlerWhileOthersHoldItsRequests) {
    std::optional<Request> open;
    Error end{};
    service->on("keep", [&](const Request& request) {
        open = request;
        request.on_end([&](Error why) { end = why; });
    });
    service->on("destroy", [&](const Request&) {
        service.reset();
        return 1;
    });
    set_up();
    (void)begin(*app, Target::service("orders"), "keep");
    loop.until([&] { return open.has_value(); });
    (void)begin(*app, Target::service("orders"), "destroy");
    loop.until([&] { return !service; });
    EXPECT_EQ(end, Error::left);
    open->respond("nobody");
    ErrorCode progress;
    open->async_progress(1, [&](ErrorCode error) { progress = error; });
    loop.until([&] { return bool{progress}; });
    EXPECT_EQ(progress, Error::left);
}

TEST_F(NativeService, AsksForItsCredentials) {
    int asked = 0;
    ClientOptions options;
    options.credentials = [&](const CredentialsAnswer& answer) {
        ++asked;
        answer(Credentials{"ann", std::nullopt});
    };
    service = std::make_unique<Service>(loop.context, url(), service_options(), options);
    join(*service);
    EXPECT_EQ(asked, 1);
    options.credentials = [](const CredentialsAnswer& answer) { answer(std::nullopt); };
    Service poor{loop.context, url(), service_options(), options};
    EXPECT_EQ(fail_to_join(poor).first, Errc::credentials_failed);
}

}  // namespace
}  // namespace wsmq::native::messaging_test
