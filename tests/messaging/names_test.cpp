// Names and topics: what the convention allows, and what never reaches a broker.
#include "wsmq/messaging/names.hpp"

#include <gtest/gtest.h>

#include <string>

#include "wsmq/topic.hpp"

namespace wsmq::messaging {
namespace {

TEST(Names, ARootIsEmptyOrEndsInASlash) {
    for (const auto* root : {"", "app/", "app/acme/", "/"}) EXPECT_TRUE(is_valid_root(root)) << root;
    for (const auto* root : {"app", "ev+/", "ev#/", "$SYS/", "a\n/", "a\xFF/", "a\xEF\xBF\xBE/"}) {
        EXPECT_FALSE(is_valid_root(root)) << root;
    }
    EXPECT_FALSE(is_valid_root(std::string(2'000, 'a') + "/"));
}

TEST(Names, AServiceOrAMethodHasTheConventionsCharactersAlone) {
    for (const auto* name : {"a", "orders", "devices.list", "A-Z_0.9", "_all"}) EXPECT_TRUE(is_valid_name(name));
    for (const auto* name : {"", "a/b", "a+", "#", "a b", "$/progress", "\xC3\xA4"}) {
        EXPECT_FALSE(is_valid_name(name)) << name;
    }
    EXPECT_TRUE(is_valid_name(std::string(64, 'a')));
    EXPECT_FALSE(is_valid_name(std::string(65, 'a')));
}

TEST(Names, AnInstanceIsNotOneOfTheConventionsOwn) {
    EXPECT_TRUE(is_valid_instance("host-1"));
    EXPECT_FALSE(is_valid_instance(all_instances));
}

TEST(Names, OrgAndUserMayBeInAnyScriptButHoldNoSeparator) {
    for (const auto* part : {"acme", "J\xC3\xBCrgen", "a b", "ann@acme.example"}) {
        EXPECT_TRUE(is_valid_account_part(part)) << part;
    }
    for (const auto* part : {"", "a/b", "a+b", "a#", "a:b", "a\tb", "a\x7F", "a\xC2\x85", "\xFF", "\xEF\xB7\x90"}) {
        EXPECT_FALSE(is_valid_account_part(part)) << part;
    }
    EXPECT_FALSE(is_valid_account_part(std::string_view{"a\0b", 3}));
}

TEST(Names, ASerialNumberMayHoldAColon) {
    EXPECT_TRUE(is_valid_level("00:11:22"));
    EXPECT_FALSE(is_valid_level("a/b"));
}

TEST(Names, HoldNoNoncharacterBecauseTheEngineWouldNotSendIt) {
    for (const auto* name : {"a\xEF\xB7\x90", "\xEF\xBF\xBF", "\xF0\x9F\xBF\xBE"}) {
        EXPECT_FALSE(is_valid_level(name));
        EXPECT_FALSE(is_valid_room(name));
        EXPECT_FALSE(is_valid_account_part(name));
    }
    EXPECT_TRUE(is_valid_level("\xEF\xBF\xBD")) << "U+FFFD is a character";
}

TEST(Names, AUidIsMadeOfItsPartsAndTakenApartAgain) {
    const auto uid = make_uid("acme", "ann", "x0z9");
    ASSERT_TRUE(uid);
    EXPECT_EQ(*uid, "acme:ann:x0z9");
    const auto parts = parse_uid(*uid);
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->org, "acme");
    EXPECT_EQ(parts->user, "ann");
    EXPECT_EQ(parts->rand, "x0z9");
}

TEST(Names, AUidWithAPartThatIsNotSoundIsRefused) {
    EXPECT_EQ(make_uid("a/b", "ann", "x0z9").error(), Error::invalid_name);
    EXPECT_EQ(make_uid("acme", "a:b", "x0z9").error(), Error::invalid_name);
    EXPECT_EQ(make_uid("acme", "ann", "X0Z9").error(), Error::invalid_name);
    for (const auto* uid : {"", "a", "a:b", "a:b:abc", "a:b:abcdefghij0123456", "a:b:c:abcd", ":b:abcd", "a::abcd"}) {
        EXPECT_FALSE(is_valid_uid(uid)) << uid;
    }
    for (const auto* uid : {"a:b:abcd", "a:b:abcde", "a:b:abcdefgh", "a:b:abcdefghij012345"}) {
        EXPECT_TRUE(is_valid_uid(uid)) << uid;
    }
}

TEST(Names, ChanceBecomesFourCharactersOrAsManyAsAreAskedForAndTheSameChanceTheSameOnes) {
    EXPECT_TRUE(is_valid_uid("a:b:" + make_rand(0)));
    EXPECT_TRUE(is_valid_uid("a:b:" + make_rand(UINT64_MAX)));
    EXPECT_EQ(make_rand(123'456'789).size(), 4u);
    EXPECT_EQ(make_rand(123'456'789, 8).size(), 8u);
    EXPECT_TRUE(is_valid_uid("a:b:" + make_rand(UINT64_MAX, 8)));
    EXPECT_EQ(make_rand(123'456'789), make_rand(123'456'789));
    EXPECT_NE(make_rand(1), make_rand(2));
}

TEST(Topics, AreThoseOfTheConvention) {
    const Topics topics{"ev/"};
    EXPECT_EQ(topics.status("a:b:abcd"), "ev/webapp/status/a:b:abcd");
    EXPECT_EQ(topics.device("SN-1"), "ev/device/status/SN-1");
    EXPECT_EQ(topics.request("orders", "u"), "ev/webapp/req/orders/u");
    EXPECT_EQ(topics.request("", "u"), "ev/webapp/req/u");
    EXPECT_EQ(topics.shared_requests("orders"), "$share/orders/ev/webapp/req/orders/+");
    EXPECT_EQ(topics.response("u"), "ev/webapp/res/u");
    EXPECT_EQ(topics.peer("to", "from"), "ev/webapp/peer/to/from");
    EXPECT_EQ(topics.room("lobby", "from"), "ev/webapp/room/lobby/from");
    EXPECT_EQ(topics.record("orders", "i1"), "ev/webapp/svc/orders/i1");
    EXPECT_EQ(topics.instance("orders", all_instances, "u"), "ev/webapp/svc/orders/_all/u");
    EXPECT_TRUE(is_valid_topic_filter(topics.shared_requests("orders")));
}

TEST(Topics, AreFoundBelowTheirRootAlone) {
    const Topics topics{"ev/"};
    EXPECT_EQ(topics.below_root("ev/webapp/res/u"), "webapp/res/u");
    EXPECT_FALSE(topics.below_root("other/webapp/res/u"));
    EXPECT_EQ(Topics{""}.below_root("webapp/res/u"), "webapp/res/u");
}

TEST(Topics, AreTakenApartIntoAsManyLevelsAsTheConventionHas) {
    const auto levels = Levels::of("webapp/svc/orders/i1/u");
    ASSERT_EQ(levels.count, 5u);
    EXPECT_EQ(levels.level[2], "orders");
    EXPECT_EQ(levels.level[4], "u");
    EXPECT_EQ(Levels::of("a/b/c/d/e/f").count, 0u);
    EXPECT_EQ(Levels::of("a//").count, 3u);
}

TEST(Errors, AllHaveASentence) {
    for (int i = 0; i <= static_cast<int>(Error::session_lost); ++i) {
        EXPECT_NE(describe(static_cast<Error>(i)), "Unknown error") << i;
    }
    EXPECT_EQ(describe(static_cast<Error>(250)), "Unknown error");
    EXPECT_EQ(error_of(Errc::packet_too_large), Error::payload_too_large);
    EXPECT_EQ(error_of(Errc::transport_closed), Error::not_connected);
}

}  // namespace
}  // namespace wsmq::messaging
