#include "wsmq/topic.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace wsmq::test {
namespace {

using namespace std::string_view_literals;

TEST(TopicName, HasAtLeastOneCharacterAndNoWildcards) {
    for (const auto name : {"a"sv, "/"sv, "a/b"sv, "a//b"sv, "$SYS/x"sv, " "sv, "größe/€"sv}) {
        EXPECT_TRUE(is_valid_topic_name(name)) << name;
    }
    for (const auto name : {""sv, "+"sv, "#"sv, "a/+"sv, "a+b"sv, "a\0b"sv, "\xFF"sv}) {
        EXPECT_FALSE(is_valid_topic_name(name)) << name;
    }
}

TEST(TopicName, HasAtMost65535Bytes) {
    EXPECT_TRUE(is_valid_topic_name(std::string(65'535, 'a')));
    EXPECT_FALSE(is_valid_topic_name(std::string(65'536, 'a')));
    EXPECT_TRUE(is_valid_topic_filter(std::string(65'535, 'a')));
    EXPECT_FALSE(is_valid_topic_filter(std::string(65'536, 'a')));
}

TEST(TopicFilter, HasWildcardsThatStandAlone) {
    for (const auto filter : {"#"sv, "+"sv, "a/#"sv, "/#"sv, "+/+"sv, "a/+/b"sv, "+/#"sv, "/+"sv, "a"sv, "a/b/"sv}) {
        EXPECT_TRUE(is_valid_topic_filter(filter)) << filter;
    }
    for (const auto filter : {""sv, "a#"sv, "#/a"sv, "##"sv, "a/#/b"sv, "a+"sv, "+a"sv, "a/+b/c"sv, "++"sv, "+#"sv,
                              "#+"sv, "a\0b"sv, "\xC0\xAF"sv, "#a"sv}) {
        EXPECT_FALSE(is_valid_topic_filter(filter)) << filter;
    }
}

TEST(TopicFilter, OfASharedSubscriptionHasANameAndAFilter) {
    for (const auto filter :
         {"$share/g/t"sv, "$share/g/#"sv, "$share/g/+/x"sv, "$share/g//"sv, "$share"sv, "$shared/x"sv}) {
        EXPECT_TRUE(is_valid_topic_filter(filter)) << filter;
    }
    for (const auto filter :
         {"$share/"sv, "$share//t"sv, "$share/g"sv, "$share/g/"sv, "$share/g+/t"sv, "$share/#/t"sv, "$share/g/#/t"sv}) {
        EXPECT_FALSE(is_valid_topic_filter(filter)) << filter;
    }
}

TEST(Utf8Text, IsJudgedByThePublicFunctionToo) {
    EXPECT_TRUE(is_valid_utf8("größe +#"));
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));
    EXPECT_FALSE(is_valid_utf8("a\0b"sv));
}

TEST(TopicMatch, FollowsTheExamplesOfTheSpecification) {
    const struct {
        std::string_view filter;
        std::string_view name;
        bool matches;
    } rows[] = {
        {"sport/tennis/player1/#", "sport/tennis/player1", true},
        {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
        {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
        {"sport/#", "sport", true},
        {"sport/#", "sports", false},
        {"#", "a", true},
        {"#", "/a/b", true},
        {"sport/tennis/+", "sport/tennis/player1", true},
        {"sport/tennis/+", "sport/tennis/player1/ranking", false},
        {"sport/+", "sport", false},
        {"sport/+", "sport/", true},
        {"+/+", "/finance", true},
        {"/+", "/finance", true},
        {"+", "/finance", false},
        {"#", "$SYS/broker", false},
        {"+/monitor/Clients", "$SYS/monitor/Clients", false},
        {"$SYS/#", "$SYS/monitor", true},
        {"$SYS/#", "$SYS", true},
        {"$SYS/monitor/+", "$SYS/monitor/Clients", true},
    };
    for (const auto& row : rows) EXPECT_EQ(topic_matches(row.filter, row.name), row.matches) << row.filter << row.name;
}

TEST(TopicMatch, TellsLevelsApart) {
    EXPECT_TRUE(topic_matches("a/b", "a/b"));
    EXPECT_FALSE(topic_matches("a/b", "a/B"));
    EXPECT_FALSE(topic_matches("a/b", "a/b/"));
    EXPECT_FALSE(topic_matches("a/b/", "a/b"));
    EXPECT_FALSE(topic_matches("a/b", "a"));
    EXPECT_FALSE(topic_matches("a", "a/b"));
    EXPECT_FALSE(topic_matches("a", "ab"));
    EXPECT_TRUE(topic_matches("a/+/c", "a//c"));
    EXPECT_FALSE(topic_matches("a/+/c", "a/b/d/c"));
    EXPECT_TRUE(topic_matches("+/#", "a"));
    EXPECT_FALSE(topic_matches("+/+/#", "a"));
    EXPECT_FALSE(topic_matches("a/b/#", "a/"));
    EXPECT_FALSE(topic_matches("", "a"));
    EXPECT_FALSE(topic_matches("a", ""));
}

TEST(TopicMatch, LooksThroughAShare) {
    EXPECT_TRUE(topic_matches("$share/g/a/+", "a/b"));
    // EMQX's; and as they stand, for brokers that do not know them.
    for (const std::string filter : {"$queue/a/+", "$exclusive/a/+"}) {
        EXPECT_TRUE(topic_matches(filter, "a/b"));
        EXPECT_FALSE(topic_matches(filter, "b/b"));
        EXPECT_TRUE(topic_matches(filter, filter.substr(0, filter.size() - 1) + "b"));
    }
    EXPECT_FALSE(topic_matches("$queue/#", "$SYS/x"));
    EXPECT_FALSE(topic_matches("$share/g/a/+", "b/b"));
    EXPECT_FALSE(topic_matches("$share/g/#", "$SYS/x"));
    EXPECT_FALSE(topic_matches("$share/g", "$share/g"));
}

/// What the specification says, level by level.
bool matches_by_levels(const std::vector<std::string>& filter, const std::vector<std::string>& name) {
    for (std::size_t i = 0; i < filter.size(); ++i) {
        if (filter[i] == "#") return true;
        if (i >= name.size() || (filter[i] != "+" && filter[i] != name[i])) return false;
    }
    return filter.size() == name.size();
}

std::string joined(const std::vector<std::string>& levels) {
    std::string text = levels[0];
    for (std::size_t i = 1; i < levels.size(); ++i) text += "/" + levels[i];
    return text;
}

TEST(TopicMatch, AgreesWithAComparisonLevelByLevel) {
    std::mt19937 random{2};  // NOLINT(cert-msc51-cpp): the same topics every time
    const char* words[] = {"", "a", "b", "ab"};
    for (int round = 0; round < 50'000; ++round) {
        std::vector<std::string> name(1 + random() % 4);
        for (std::string& level : name) level = words[random() % 4];
        std::vector<std::string> filter(1 + random() % 4);
        for (std::string& level : filter) level = random() % 3 == 0 ? "+" : words[random() % 4];
        if (random() % 3 == 0) filter.back() = "#";
        if (joined(name).empty() || joined(filter).empty()) continue;
        ASSERT_EQ(topic_matches(joined(filter), joined(name)), matches_by_levels(filter, name))
            << joined(filter) << " against " << joined(name);
    }
}

}  // namespace
}  // namespace wsmq::test
