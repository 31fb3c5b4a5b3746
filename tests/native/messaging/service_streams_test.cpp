// Streams with credit, and cancellation.
#include <utility>  // Boost 1.74 forgets it

#include <boost/asio/use_awaitable.hpp>

#include "messaging/native_service.hpp"

namespace wsmq::native::messaging_test {
namespace {

using boost::asio::awaitable;
using boost::asio::use_awaitable;
using messaging::Error;

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

}  // namespace
}  // namespace wsmq::native::messaging_test
