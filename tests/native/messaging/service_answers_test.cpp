// Handlers in every shape: what they return and throw, from coroutines and threads.
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <stdexcept>
#include <thread>

#include "messaging/native_service.hpp"

namespace wsmq::native::messaging_test {
namespace {

using boost::asio::awaitable;
using boost::asio::use_awaitable;
using messaging::Error;

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

}  // namespace
}  // namespace wsmq::native::messaging_test
