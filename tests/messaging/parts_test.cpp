// The small parts of a layer, by themselves.
#include <gtest/gtest.h>

#include "layer/deadline_queue.hpp"
#include "layer/event_queue.hpp"
#include "layer/rendezvous.hpp"
#include "request/sip_hash.hpp"
#include "wsmq/messaging/json.hpp"

namespace wsmq::messaging {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint start{};

TEST(DeadlineQueue, AreTakenInTheirOrderAndNotBeforeTheirTime) {
    DeadlineQueue deadlines;
    deadlines.set(1, start + 3s);
    deadlines.set(2, start + 1s);
    EXPECT_EQ(deadlines.next(), start + 1s);
    EXPECT_FALSE(deadlines.take(start + 999ms));
    EXPECT_EQ(deadlines.take(start + 5s), 2u);
    EXPECT_EQ(deadlines.take(start + 5s), 1u);
    EXPECT_FALSE(deadlines.next());
}

TEST(DeadlineQueue, CanBePutOffBroughtForwardAndTakenBack) {
    DeadlineQueue deadlines;
    deadlines.set(1, start + 1s);
    deadlines.set(1, start + 3s);
    EXPECT_EQ(deadlines.next(), start + 3s);
    deadlines.set(1, start + 2s);
    EXPECT_EQ(deadlines.next(), start + 2s);
    deadlines.erase(1);
    deadlines.erase(7);
    EXPECT_FALSE(deadlines.next());
    EXPECT_EQ(deadlines.size(), 0u);
}

TEST(DeadlineQueue, OfAMillionThingsThatEndEarlyTakeNoMemory) {
    DeadlineQueue deadlines;
    deadlines.set(0, start + 1h);
    for (std::uint64_t key = 1; key < 1'000'000; ++key) {
        deadlines.set(key, start + 2h + Duration{key});
        deadlines.erase(key);
        ASSERT_LE(deadlines.held(), 128u);
    }
    EXPECT_EQ(deadlines.next(), start + 1h);
}

TEST(EventQueue, KeepsWhatItHandedOutUntilTheNextOne) {
    EventQueue events;
    EXPECT_TRUE(std::holds_alternative<NeedInput>(events.next()));
    {
        const std::string from = "acme:ann:aaaa", body = "hello";
        events.push(PeerMessage{from, body, "text/plain"},
                    {&PeerMessage::from, &PeerMessage::body, &PeerMessage::content_type});
    }
    const auto event = events.next();
    EXPECT_TRUE(events.empty());
    for (int i = 0; i < 1'000; ++i) events.push(Left{});
    const auto& told = std::get<PeerMessage>(event);
    EXPECT_EQ(told.from, "acme:ann:aaaa");
    EXPECT_EQ(told.body, "hello");
    EXPECT_EQ(told.content_type, "text/plain");
    EXPECT_FALSE(events.empty());
}

TEST(SipHash, GivesThePublishedVectors) {
    // Of the bytes 0, 1, 2 and so on, with the key 0 to 15: appendix A of the paper, and its reference implementation.
    constexpr SipKey key{0x0706'0504'0302'0100, 0x0F0E'0D0C'0B0A'0908};
    std::string text;
    std::map<std::size_t, std::uint64_t> hashes;
    for (std::size_t size = 0; size < 64; ++size) {
        hashes[size] = sip_hash(key, text);
        text += static_cast<char>(size);
    }
    EXPECT_EQ(hashes[0], 0x726F'DB47'DD0E'0E31);
    EXPECT_EQ(hashes[7], 0xAB02'00F5'8B01'D137);
    EXPECT_EQ(hashes[8], 0x93F5'F579'9A93'2462);
    EXPECT_EQ(hashes[15], 0xA129'CA61'49BE'45E5);
    EXPECT_EQ(hashes[63], 0x958A'324C'EB06'4572);
    static_assert(sip_hash({1, 2}, "\xFF") != sip_hash({1, 3}, "\xFF"));
}

TEST(Rendezvous, IsTheHashThatThePageSays) {
    // Reckoned apart, in Python, as docs/protocol.md describes it.
    static_assert(rendezvous_weight("i1", "acme:ann:aaaa", "k3x9.1") == 0xC804'9981'8BAA'24BC);
    static_assert(rendezvous_weight("a", "b", "c") != rendezvous_weight("b", "a", "c"));
}

TEST(Rendezvous, GivesEachOfThreeInstancesItsShare) {
    constexpr std::string_view instances[] = {"i1", "i2", "i3"};
    int won[3]{};
    for (int i = 0; i < 3'000; ++i) {
        const std::string id = "k3x9." + std::to_string(i);
        std::size_t winner = 0;
        for (std::size_t each = 1; each < 3; ++each) {
            const auto weight = rendezvous_weight(instances[each], "acme:ann:aaaa", id);
            if (weight > rendezvous_weight(instances[winner], "acme:ann:aaaa", id)) winner = each;
        }
        ++won[winner];
    }
    for (const int share : won) EXPECT_NEAR(share, 1'000, 150);
}

TEST(Json, GoesInAndOutAsText) {
    EXPECT_EQ(to_text(nlohmann::json{{"a", {1, 2.5, nullptr}}}), R"({"a":[1,2.5,null]})");
    EXPECT_EQ(to_json(R"({"a":1})")["a"], 1);
    EXPECT_TRUE(to_json("").is_null());
    EXPECT_TRUE(to_json("{").is_discarded());
    EXPECT_EQ(to_text(std::string{"\xFF"}), "\"\xEF\xBF\xBD\"");
}

std::string repeated(std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i) result += text;
    return result;
}

TEST(Json, IsNoValueWhereItIsNestedTooDeep) {
    constexpr std::size_t deepest = json_rpc::deepest_nesting;
    for (const auto& [opening, closing] : {std::pair{"[", "]"}, {R"({"a":)", "}"}, {R"([{"a":[)", "]}]"}}) {
        const auto nested = [&](std::size_t count) {
            return repeated(opening, count) + "0" + repeated(closing, count);
        };
        const std::size_t levels = std::string_view{opening}.size() == 7 ? 3 : 1;
        const auto value = to_json(nested(deepest / levels));
        ASSERT_FALSE(value.is_discarded()) << opening;
        EXPECT_EQ(to_text(nlohmann::json(value)), nested(deepest / levels));
        EXPECT_TRUE(to_json(nested(deepest / levels + 1)).is_discarded()) << opening;
        EXPECT_TRUE(to_json(nested(70'000)).is_discarded());
        EXPECT_TRUE(to_json<nlohmann::ordered_json>(nested(70'000)).is_discarded());
        EXPECT_TRUE(to_json(repeated(opening, 200'000)).is_discarded());
    }
    EXPECT_EQ(to_json("[" + repeated("[],", 70'000) + "[]]").size(), 70'001u);
    const auto brackets = repeated("[", 200'000);
    EXPECT_EQ(to_json("[\"\\\"" + brackets + "\"]")[0], '"' + brackets);
}

TEST(Json, IsNestedTooDeepOrNoJsonAtAllWhereItLies) {
    // What stands before an error is what a parser would have gone into.
    EXPECT_TRUE(json_rpc::is_nested_too_deep(repeated("[", 513) + "x"));
    EXPECT_FALSE(json_rpc::is_nested_too_deep(repeated("]", 1'000) + repeated("[", 512)));
    EXPECT_FALSE(json_rpc::is_nested_too_deep("\"" + repeated("[", 1'000)));
    EXPECT_FALSE(json_rpc::is_nested_too_deep("\"\\"));
}

}  // namespace
}  // namespace wsmq::messaging
