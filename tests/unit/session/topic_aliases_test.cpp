#include "session/topic_aliases.hpp"

#include "gtest/gtest.h"

namespace wsmq::session {
namespace {

TEST(IncomingTopicAliases, AreWithinTheMaximum) {
    IncomingTopicAliases aliases;
    EXPECT_FALSE(aliases.assign(1, "a")) << "none before a connection";
    aliases.reset(2);
    EXPECT_FALSE(aliases.assign(0, "a"));
    EXPECT_TRUE(aliases.assign(2, "a"));
    EXPECT_FALSE(aliases.assign(3, "a"));
    EXPECT_EQ(aliases.find(0), std::nullopt);
    EXPECT_EQ(aliases.find(1), std::nullopt);
    EXPECT_EQ(aliases.find(2), "a");
    EXPECT_EQ(aliases.find(3), std::nullopt);
}

TEST(IncomingTopicAliases, AnOldTopicIsReadableUntilItIsForgotten) {
    IncomingTopicAliases aliases;
    aliases.reset(3);
    aliases.assign(1, "first");
    const auto first = *aliases.find(1);
    aliases.assign(1, "second");
    aliases.assign(1, "second");
    aliases.assign(3, "third");
    const auto second = *aliases.find(1);
    aliases.reset(3);
    EXPECT_EQ(first, "first");
    EXPECT_EQ(second, "second");
    EXPECT_EQ(aliases.find(1), std::nullopt);
    aliases.forget_retired();
    EXPECT_TRUE(aliases.assign(1, "new"));
    EXPECT_EQ(aliases.find(1), "new");
}

TEST(OutgoingTopicAliases, GoToTheFirstTopics) {
    OutgoingTopicAliases aliases;
    EXPECT_EQ(aliases.find_or_assign("a").alias, 0);
    aliases.reset(2);
    const auto first = aliases.find_or_assign("a");
    EXPECT_EQ(first.alias, 1);
    EXPECT_TRUE(first.is_new);
    EXPECT_EQ(aliases.find_or_assign("b").alias, 2);
    EXPECT_EQ(aliases.find_or_assign("c").alias, 0);
    const auto again = aliases.find_or_assign("a");
    EXPECT_EQ(again.alias, 1);
    EXPECT_FALSE(again.is_new);
    aliases.reset(1);
    EXPECT_EQ(aliases.find_or_assign("c").alias, 1);
    EXPECT_EQ(aliases.find_or_assign("a").alias, 0);
}

}  // namespace
}  // namespace wsmq::session
