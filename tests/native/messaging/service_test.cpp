// Services: handlers in every shape, streams, cancellation, and how they come and go.
#include "wsmq/native/service.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "messaging/messaging_bench.hpp"

namespace wsmq::native::messaging_test {
namespace {

using boost::asio::awaitable;
using boost::asio::use_awaitable;
using messaging::Error;

class NativeService : public MessagingBench {
protected:
    /// Both have joined.
    void set_up() {
        join(*service);
        join(*app);
    }

    std::unique_ptr<Service> service = make_service();
    std::unique_ptr<Webapp> app = make_webapp();
};

// --- Handlers --------------------------------------------------------------------------------------

TEST_F(NativeService, AnswersWithWhatAHandlerReturns) {
    service->on("number", [](const Request&) { return 7; });
    service->on("list", [](const Request& request) { return std::vector{request.params().at("a").get<int>(), 2}; });
    service->on("nothing", [](const Request&) { return Response{nullptr}; });
    service->on("text", [](const Request& request) { return Response::json_text(std::string{request.params_text()}); });
    service->on("who", [](const Request& request) { return json{request.from(), request.user(), request.method()}; });
    set_up();
    EXPECT_EQ(ask(*app, "number").reply.value(), 7);
    EXPECT_EQ(ask(*app, "list", {{"a", 1}}).reply.value(), json({1, 2}));
    EXPECT_EQ(ask(*app, "nothing").reply.result, "null");
    EXPECT_EQ(ask(*app, "text", json::array({1.50})).reply.result, "[1.5]");
    EXPECT_EQ(ask(*app, "who").reply.value(), json({app->uid(), "acme:ann", "who"}));
    EXPECT_EQ(service->counts().requests, 5u);
}

TEST_F(NativeService, AnswersWithWhatAHandlerThrows) {
    service->on("own", [](const Request&) -> Response { throw RequestError{42, "no", {{"a", 1}}}; });
    service->on("typed", [](const Request& request) { return request.params().at("count").get<int>(); });
    service->on("wrong", [](const Request&) -> Response { throw std::runtime_error{"a secret"}; });
    service->on("value", [](const Request&) { return Response::error(43, "no"); });
    std::string told;
    service->on_exception([&](const Request& request, const std::exception_ptr& thrown) {
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& error) {
            told = std::string{request.method()} + ": " + error.what();
        }
    });
    set_up();
    const auto own = ask(*app, "own");
    EXPECT_EQ(own.error, Error::remote);
    EXPECT_EQ(own.reply.code, 42);
    EXPECT_EQ(own.reply.message, "no");
    EXPECT_EQ(own.reply.data, R"({"a":1})");
    EXPECT_EQ(ask(*app, "typed", {{"count", "x"}}).reply.code, code::invalid_params);
    const auto wrong = ask(*app, "wrong");
    EXPECT_EQ(wrong.reply.code, code::internal_error);
    EXPECT_THAT(wrong.reply.message + wrong.reply.data, testing::Not(testing::HasSubstr("secret")));
    EXPECT_EQ(told, "wrong: a secret");
    EXPECT_EQ(ask(*app, "value").reply.code, 43);
}

TEST_F(NativeService, AnswersFromCoroutines) {
    service->on("later", [](const Request& request) -> awaitable<json> {
        boost::asio::steady_timer timer{request.get_executor(), 1ms};
        co_await timer.async_wait(use_awaitable);
        co_return request.params();
    });
    service->on("itself", [](const Request& request) -> awaitable<void> {
        request.respond("by itself");
        co_return;
    });
    service->on("throws", [](const Request&) -> awaitable<json> {
        throw RequestError{42, "no"};
        co_return nullptr;
    });
    set_up();
    EXPECT_EQ(ask(*app, "later", {1, 2}).reply.value(), json({1, 2}));
    EXPECT_EQ(ask(*app, "itself").reply.value(), "by itself");
    EXPECT_EQ(ask(*app, "throws").reply.code, 42);
}

TEST_F(NativeService, AnswersLaterAndFromOtherThreads) {
    std::vector<std::jthread> threads;
    service->on("thread", [&](const Request& request) {
        threads.emplace_back([request] { request.respond(request.params().at(0)); });
    });
    set_up();
    std::vector<std::shared_ptr<Outcome>> outcomes;
    for (int i = 0; i < 20; ++i) outcomes.push_back(begin(*app, Target::service("orders"), "thread", {i}));
    loop.until([&] { return std::ranges::all_of(outcomes, [](const auto& each) { return each->ended; }); });
    for (int i = 0; i < 20; ++i) EXPECT_EQ(outcomes[static_cast<std::size_t>(i)]->reply.value(), i);
}

awaitable<Reply> ask_number(Webapp& caller, int number) {
    const json params = json::array({number});
    const messaging::RequestOptions options;
    co_return co_await caller.async_request(Target::service("orders"), number % 2 ? "echo" : "pool", params, options,
                                            use_awaitable);
}

TEST_F(NativeService, WorksOnAStrandOfSeveralThreads) {
    using boost::asio::use_future;
    boost::asio::thread_pool pool{3};
    auto strand = boost::asio::make_strand(pool.get_executor());
    auto other_strand = boost::asio::make_strand(pool.get_executor());
    auto threaded = std::make_unique<Service>(strand, std::vector{url()}, service_options());
    auto caller = std::make_unique<Webapp>(other_strand, url(), webapp_options());
    threaded->on("echo", [](const Request& request) -> awaitable<json> { co_return request.params(); });
    threaded->on("pool", [&](const Request& request) {
        boost::asio::post(pool, [request] { request.respond(request.params().at(0)); });
    });
    boost::asio::co_spawn(
        strand, [&] { return threaded->async_join(use_awaitable); }, use_future)
        .get();
    boost::asio::co_spawn(
        other_strand, [&] { return caller->async_join(use_awaitable); }, use_future)
        .get();
    std::vector<std::future<Reply>> replies;
    for (int i = 0; i < 100; ++i) {
        replies.push_back(boost::asio::co_spawn(other_strand, ask_number(*caller, i), use_future));
    }
    for (int i = 0; i < 100; ++i) {
        const auto value = replies[static_cast<std::size_t>(i)].get().value();
        EXPECT_EQ(value, i % 2 ? json::array({i}) : json(i));
    }
    boost::asio::dispatch(strand, [&] { threaded.reset(); });
    boost::asio::dispatch(other_strand, [&] { caller.reset(); });
    pool.join();
}

TEST_F(NativeService, AnswersOnceAndNoRequestIsForgotten) {
    service->on("twice", [](const Request& request) {
        request.respond(1);
        request.respond(2);
    });
    service->on("forgotten", [](const Request&) {});
    set_up();
    EXPECT_EQ(ask(*app, "twice").reply.value(), 1);
    EXPECT_EQ(ask(*app, "forgotten").reply.code, code::internal_error);
}

TEST_F(NativeService, DoesNotRecurseIntoWhatIsNestedTooDeeply) {
    service->on("echo", [](const Request& request) { return request.params(); });
    service->on("text", [](const Request& request) { return Response::json_text(std::string{request.params_text()}); });
    set_up();
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    const auto ask_deep = [&](const char* method) {
        // Not as a value, for the same reason.
        native::Client client{loop.context.get_executor(), url()};
        std::optional<std::string> answer;
        client.async_connect(boost::asio::detached);
        client.async_subscribe(
            {root_ + "webapp/res/acme:eve:0000"},
            [&](const wsmq::Message& message) { answer = as_text(message.payload); }, boost::asio::detached);
        (void)client.publish(root_ + "webapp/req/orders/acme:eve:0000",
                             R"({"jsonrpc":"2.0","id":")" + std::string{method} + R"(","method":")" + method +
                                 R"(","params":)" + deep + "}",
                             {.qos = Qos::at_least_once});
        loop.until([&] { return answer.has_value(); });
        return *answer;
    };
    EXPECT_THAT(ask_deep("echo"), testing::HasSubstr("-32602"));
    EXPECT_TRUE(ask_deep("text").find(deep) != std::string::npos);
    EXPECT_EQ(ask(*app, "echo", {"[[[[\"", 1}).reply.value(), json({"[[[[\"", 1})) << "brackets in strings are text";
}

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

TEST_F(NativeService, RefusesMethodsThatThereAreNot) {
    service->on("a", [](const Request&) { return 1; });
    set_up();
    EXPECT_EQ(ask(*app, "b").reply.code, code::method_not_found);
}

TEST_F(NativeService, TakesRawBodies) {
    auto options = service_options();
    options.raw = true;
    service = std::make_unique<Service>(loop.context, url(), options);
    service->on("scan", [](const Request& request) {
        EXPECT_TRUE(request.params().is_null());
        return Response::raw(std::string{request.params_text()} + "!", std::string{request.content_type()});
    });
    bool discovered = false;
    app->on_service([&](const messaging::ServiceChanged& changed) { discovered = changed.online; });
    set_up();
    EXPECT_FALSE(app->discover("orders"));
    loop.until([&] { return discovered; });
    const auto outcome = ask(*app, Target::service("orders"), "scan", "\x01\x02", {.content_type = "a/b"});
    EXPECT_EQ(outcome.reply.result, "\x01\x02!");
    EXPECT_EQ(outcome.reply.content_type, "a/b");
    EXPECT_EQ(ask(*app, Target::service("orders"), "scan", 1, {.content_type = "a/b"}).error, Error::invalid_argument);
}

// --- Streams and cancellation ----------------------------------------------------------------------

TEST_F(NativeService, StreamsAsFastAsItsCallerTakes) {
    static constexpr int count = 1'000;
    service->on("stream", [](const Request& request) -> awaitable<int> {
        for (int i = 0; i < count; ++i) co_await request.async_progress(i, use_awaitable);
        co_return count;
    });
    service->on("pile", [](const Request& request) {
        // Without waiting: the items wait for credit, and the answer for them.
        for (int i = 0; i < count; ++i) request.async_progress(i, boost::asio::detached);
        request.respond(count);
        request.async_progress("too late", [](ErrorCode error) { EXPECT_EQ(error, Error::unknown_call); });
    });
    set_up();
    for (const auto* method : {"stream", "pile"}) {
        const auto outcome = ask(*app, method);
        EXPECT_EQ(outcome.reply.value(), count) << method;
        EXPECT_EQ(outcome.reply.count, count);
        ASSERT_EQ(outcome.items.size(), count);
        for (int i = 0; i < count; ++i) EXPECT_EQ(outcome.items[static_cast<std::size_t>(i)], std::to_string(i));
    }
}

TEST_F(NativeService, BoundsWhatWaitsForCredit) {
    ErrorCode last;
    service->on("flood", [&](const Request& request) {
        for (int i = 0; i < 10'100; ++i) {
            request.async_progress(i, [&](ErrorCode error) {
                if (error) last = error;
            });
        }
        request.respond(nullptr);
    });
    set_up();
    EXPECT_EQ(ask(*app, "flood").items.size(), 10'064u);
    EXPECT_EQ(last, Errc::queue_full);
}

TEST_F(NativeService, HearsThatARequestIsCancelled) {
    std::vector<Error> ends;
    std::optional<Request> open;
    service->on("wait", [&](const Request& request) {
        open = request;
        request.on_end([&](Error why) { ends.push_back(why); });
    });
    set_up();
    CancelSource source;
    Outcome outcome;
    app->async_request(Target::service("orders"), "wait", nullptr, {}, cancel_with(source, [&](ErrorCode error, Reply) {
                           outcome = {true, error, {}, {}};
                       }));
    loop.until([&] { return open.has_value(); });
    EXPECT_FALSE(open->has_ended());
    source.cancel();
    loop.until([&] { return outcome.ended && !ends.empty(); });
    EXPECT_EQ(outcome.error, Error::cancelled);
    EXPECT_THAT(ends, testing::ElementsAre(Error::cancelled));
    EXPECT_TRUE(open->has_ended());
    open->on_end([&](Error why) { ends.push_back(why); });
    EXPECT_EQ(ends.size(), 2u) << "it has ended already";
    ErrorCode progress;
    open->async_progress(1, [&](ErrorCode error) { progress = error; });
    loop.until([&] { return bool{progress}; });
    EXPECT_EQ(progress, Error::cancelled);
}

// --- Coming and going ------------------------------------------------------------------------------

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
