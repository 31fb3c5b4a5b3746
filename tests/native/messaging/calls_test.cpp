// What becomes of answers that the layer cannot send.
#include "calls/calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace wsmq::native::messaging_test {
namespace {

using messaging::CallId;
using messaging::Error;

/// Writes down what it is asked to send, and refuses what the test says.
class Refusing final : public Calls::Answers {
public:
    Error respond(CallId, std::string_view result) override { return say("result " + std::string{result}, refuses); }
    Error respond_raw(CallId, std::string_view body, std::string_view) override {
        return say("raw " + std::string{body}, refuses);
    }
    Error fail(CallId, std::int64_t code, std::string_view message, std::string_view) override {
        return say("error " + std::to_string(code) + " " + std::string{message}, Error::none);
    }
    Error progress(CallId, std::string_view value) override { return say("item " + std::string{value}, refuses_items); }

    Error refuses = Error::none;
    Error refuses_items = Error::none;
    std::vector<std::string> said;

private:
    Error say(const std::string& what, Error error) {
        said.push_back(what);
        return error;
    }
};

class CallsTest : public testing::Test {
protected:
    ~CallsTest() override { calls->shut_down(); }

    void request(const char* method) {
        calls->handle(messaging::Request{CallId{++last}, "acme:ann:aaaa", method, {}, {}, {}, Duration{1'000}});
        io.restart();
        io.run();
    }

    boost::asio::io_context io;
    Refusing answers;
    std::shared_ptr<Calls> calls = std::make_shared<Calls>(io.get_executor(), answers);
    std::uint64_t last = 0;
};

TEST_F(CallsTest, TellTheCallerWhyThereIsNoAnswer) {
    calls->add("a", make_request_handler([](const Request&) { return 1; }));
    answers.refuses = Error::payload_too_large;
    request("a");
    EXPECT_THAT(answers.said,
                testing::ElementsAre("result 1", "error -32603 " + std::string{describe(Error::payload_too_large)}));
}

TEST_F(CallsTest, SayNothingMoreWhereTheCallHasEnded) {
    calls->add("a", make_request_handler([](const Request&) { return Response::raw("x", "a/b"); }));
    answers.refuses = Error::unknown_call;
    request("a");
    EXPECT_THAT(answers.said, testing::ElementsAre("raw x"));
}

TEST_F(CallsTest, EndANotificationByTheFirstItemThatItWouldStream) {
    std::vector<boost::system::error_code> told;
    Error end{};
    bool has_ended = false;
    calls->add("a", make_request_handler([&](const Request& request) {
                   request.on_end([&](Error why) { end = why; });
                   for (int i = 0; i < 3; ++i) {
                       request.async_progress(i, [&, request](boost::system::error_code error) {
                           told.push_back(error);
                           has_ended = request.has_ended();
                       });
                   }
               }));
    answers.refuses_items = Error::unwanted;
    request("a");
    EXPECT_THAT(told, testing::ElementsAre(Error::unwanted, Error::unwanted, Error::unwanted));
    EXPECT_EQ(end, Error::unwanted);
    EXPECT_TRUE(has_ended);
    EXPECT_THAT(answers.said, testing::ElementsAre("item 0", "result null")) << "which gives the place back";
}

TEST_F(CallsTest, TellAHandlerWhyItsItemWasNotSent) {
    boost::system::error_code told;
    calls->add("a", make_request_handler([&](const Request& request) {
                   request.async_progress(1, [&](boost::system::error_code error) { told = error; });
                   request.respond(2);
               }));
    answers.refuses_items = Error::payload_too_large;
    request("a");
    EXPECT_EQ(told, Error::payload_too_large);
    EXPECT_THAT(answers.said, testing::ElementsAre("item 1", "result 2"));
}

}  // namespace
}  // namespace wsmq::native::messaging_test
