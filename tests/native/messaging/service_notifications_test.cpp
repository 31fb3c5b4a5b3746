// Notifications: they have the handlers and the bounds of requests, and no answer.
#include <utility>  // Boost 1.74 forgets it

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "messaging/native_service.hpp"

namespace wsmq::native::messaging_test {
namespace {

using boost::asio::awaitable;
using boost::asio::use_awaitable;

TEST_F(NativeService, TakesNotificationsAndUnknownMethods) {
    std::vector<std::string> taken;
    service->on("hint", [&](const Request& request) {
        EXPECT_TRUE(request.is_notification());
        taken.push_back(std::string{request.params_text()});
        request.respond("which nobody reads");
    });
    service->on_any([&](const Request& request) { return std::string{request.method()} + "!"; });
    set_up();
    EXPECT_FALSE(app->notify(Target::service("orders"), "hint", {1}));
    EXPECT_EQ(ask(*app, "anything").reply.value(), "anything!");
    loop.until([&] { return !taken.empty(); });
    EXPECT_THAT(taken, testing::ElementsAre("[1]"));
}

TEST_F(NativeService, SurvivesWhatHandlersOfNotificationsThrow) {
    service->on("own", [](const Request&) -> Response { throw RequestError{42, "no"}; });
    service->on("typed", [](const Request& request) { return request.params().at("count").get<int>(); });
    service->on("wrong", [](const Request&) -> Response { throw std::runtime_error{"told"}; });
    service->on("later", [](const Request& request) -> awaitable<void> {
        co_await boost::asio::post(request.get_executor(), use_awaitable);
        throw std::runtime_error{"told later"};
    });
    service->on("last", [](const Request&) { return 1; });
    std::vector<std::string> told;
    service->on_exception([&](const Request& request, const std::exception_ptr&) {
        EXPECT_TRUE(request.is_notification());
        told.push_back(std::string{request.method()});
    });
    set_up();
    for (const auto* method : {"own", "typed", "wrong", "later", "nosuch"}) {
        EXPECT_FALSE(app->notify(Target::service("orders"), method, {1}));
    }
    EXPECT_EQ(ask(*app, "last").reply.value(), 1);
    loop.until([&] { return told.size() == 2; });
    EXPECT_THAT(told, testing::ElementsAre("wrong", "later"));
}

TEST_F(NativeService, BoundsNotificationsAsItDoesRequests) {
    auto options = service_options();
    options.calls = {.concurrency = 4, .queue = 10};
    service = std::make_unique<Service>(loop.context, url(), options);
    std::vector<Request> open;
    std::size_t most = 0;
    std::size_t taken = 0;
    service->on("hint", [&](const Request& request) {
        ++taken;
        open.push_back(request);
        most = std::max(most, open.size());
    });
    set_up();
    constexpr std::size_t count = 1'000;
    for (std::size_t i = 0; i < count; ++i) EXPECT_FALSE(app->notify(Target::service("orders"), "hint", nullptr));
    const auto outcome = begin(*app, Target::service("orders"), "hint");
    loop.until([&] { return outcome->ended; });
    EXPECT_EQ(outcome->reply.code, code::overloaded);
    EXPECT_EQ(service->counts().dropped, count - 2 - 5) << "one account has its half of the places";
    while (taken < 7) {
        open.clear();  // answered, or forgotten: both end it
        loop.until([&] { return !open.empty(); });
    }
    EXPECT_EQ(most, 2u);
}

TEST_F(NativeService, EndsNotificationsThatWouldStream) {
    int begun = 0;
    int ended = 0;
    service->on("endless", [&](const Request& request) -> awaitable<void> {
        ++begun;
        const std::shared_ptr<void> end{nullptr, [&](void*) { ++ended; }};
        for (int i = 0;; ++i) co_await request.async_progress(i, use_awaitable);
    });
    service->on_exception([](const Request&, const std::exception_ptr&) { ADD_FAILURE() << "that is no surprise"; });
    set_up();
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(app->notify(Target::service("orders"), "endless", nullptr));
    loop.until([&] { return begun == 100 && ended == 100; });
    EXPECT_EQ(service->counts().dropped, 0u);
}

}  // namespace
}  // namespace wsmq::native::messaging_test
