// For which handlers retained messages are: a broker sends them again for each SUBSCRIBE of a filter (MQTT 5.0, 3.8.4).
#include "client/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsmq::native::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct RouterTest : testing::Test {
    Router router;
    std::vector<std::string> heard;

    std::shared_ptr<Router::Route> add(const char* filter, const std::string& name, bool wanted = true,
                                       bool as_published = false) {
        auto route = router.add(filter, [this, name](const wsmq::Message&) { heard.push_back(name); });
        router.set_retained(*route, wanted, as_published);
        return route;
    }
    std::shared_ptr<Router::Route> subscribe(const char* filter, const std::string& name) {
        auto route = add(filter, name);
        router.granted(*route);
        return route;
    }
    std::vector<std::string> arrive(std::string_view topic, bool retain = true) {
        heard.clear();
        wsmq::Message message;
        message.topic = topic;
        message.retain = retain;
        EXPECT_TRUE(router.dispatch(message));
        return heard;
    }
};

TEST_F(RouterTest, RetainedMessagesAreForWhomTheyWereAskedBy) {
    for (const char* filter : {"a/+", "a/1"}) {
        Router fresh;
        std::swap(router, fresh);
        (void)subscribe(filter, "first");
        EXPECT_THAT(arrive("a/1"), ElementsAre("first"));
        (void)subscribe(filter, "second");
        EXPECT_THAT(arrive("a/1"), ElementsAre("second"));
        EXPECT_THAT(arrive("a/1", false), ElementsAre("first", "second"));
    }
}

TEST_F(RouterTest, WhatWasPublishedAfterTheFirstSubscribedIsNotItsToHearAgain) {
    (void)subscribe("a", "first");
    EXPECT_THAT(arrive("a", false), ElementsAre("first"));
    (void)subscribe("a", "second");
    EXPECT_THAT(arrive("a"), ElementsAre("second"));
}

TEST_F(RouterTest, OfTwoThatSubscribeAtOnceEachHearsItOnce) {
    const auto first = add("a", "first");
    const auto second = add("a", "second");
    EXPECT_THAT(arrive("a"), ElementsAre("first", "second"));
    router.granted(*first);
    router.granted(*second);
    EXPECT_THAT(arrive("a"), IsEmpty()) << "the copy of the second SUBSCRIBE";
}

TEST_F(RouterTest, NoneIsLostWhereTheCopiesOfTheFirstComeAfterTheSecondSubscribed) {
    (void)subscribe("#", "first");  // its messages wait behind the broker's window
    (void)subscribe("#", "second");
    EXPECT_THAT(arrive("a"), ElementsAre("second"));
    EXPECT_THAT(arrive("a"), ElementsAre("first"));
}

TEST_F(RouterTest, OneThatNobodySubscribedForIsForAll) {
    (void)subscribe("a", "first");
    (void)arrive("a");
    EXPECT_THAT(arrive("a"), ElementsAre("first"));
}

TEST_F(RouterTest, WhereTheFlagIsAsPublishedItSaysNothing) {
    const auto route = add("a", "first", true, true);
    router.granted(*route);
    for (int i = 0; i < 3; ++i) EXPECT_THAT(arrive("a"), ElementsAre("first"));
    // The last SUBSCRIBE says what holds for the filter [MQTT-3.8.4-3].
    (void)subscribe("a", "second");
    EXPECT_THAT(arrive("a"), ElementsAre("second"));
}

TEST_F(RouterTest, WhoWantsNoneHearsNoneOfThem) {
    (void)subscribe("a", "first");
    EXPECT_THAT(arrive("a"), ElementsAre("first"));
    const auto route = add("a", "second", false);
    router.granted(*route);
    (void)subscribe("a", "third");
    EXPECT_THAT(arrive("a"), ElementsAre("third"));
}

TEST_F(RouterTest, ANewSessionBringsThemToEverybody) {
    (void)subscribe("a", "first");
    (void)arrive("a");
    (void)subscribe("a", "second");
    (void)arrive("a");
    router.handle_new_session();
    EXPECT_THAT(arrive("a"), ElementsAre("first", "second"));
}

}  // namespace
}  // namespace wsmq::native::test
