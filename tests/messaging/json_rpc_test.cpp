// JSON-RPC 2.0, strictly: what is taken, what is refused and with which code, and that values pass through untouched.
#include "wsmq/messaging/json_rpc.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <string>

#include "json_rpc/scan.hpp"

namespace wsmq::messaging::json_rpc {
namespace {

/// What a message points into lives as long as the program.
std::string_view kept(std::string_view text) {
    static std::deque<std::string> texts;
    return texts.emplace_back(text);
}

Message sound(std::string_view text) {
    Message message;
    Invalid invalid;
    EXPECT_TRUE(parse(kept(text), message, invalid)) << text;
    return message;
}

Invalid unsound(std::string_view text) {
    Message message;
    Invalid invalid;
    EXPECT_FALSE(parse(kept(text), message, invalid)) << text;
    return invalid;
}

TEST(JsonRpc, ARequestIsTaken) {
    const auto message =
        sound(R"( {"jsonrpc" : "2.0" , "id":"a\u0062","method":"sum","params": [1, 2.50,{"x":[]}] } )");
    EXPECT_EQ(message.kind, Kind::request);
    EXPECT_EQ(message.id, R"("a\u0062")");
    EXPECT_EQ(message.id_text, "ab");
    EXPECT_EQ(message.method, "sum");
    EXPECT_EQ(message.value, R"([1, 2.50,{"x":[]}])");
}

TEST(JsonRpc, ANumberMayBeAnIdAndIsRepeatedAsItStands) {
    EXPECT_EQ(sound(R"({"jsonrpc":"2.0","id":7,"method":"a"})").id, "7");
    EXPECT_EQ(sound(R"({"id": 7 ,"jsonrpc":"2.0","method":"a"})").id, "7");
    EXPECT_EQ(sound(R"({"jsonrpc":"2.0","method":"a","id":-1.5e3})").id, "-1.5e3");
}

TEST(JsonRpc, WithoutAnIdItIsANotification) {
    const auto message = sound(R"({"jsonrpc":"2.0","method":"a"})");
    EXPECT_EQ(message.kind, Kind::notification);
    EXPECT_TRUE(message.id.empty());
    EXPECT_TRUE(message.value.empty());
}

TEST(JsonRpc, AResultIsTakenWithTheCountOfItsStream) {
    const auto message = sound(R"({"jsonrpc":"2.0","id":"a","result":null,"count":3})");
    EXPECT_EQ(message.kind, Kind::result);
    EXPECT_EQ(message.value, "null");
    EXPECT_EQ(message.count, 3u);
    EXPECT_FALSE(sound(R"({"jsonrpc":"2.0","id":"a","result":"x"})").count);
}

TEST(JsonRpc, AnErrorIsTakenWithItsData) {
    const auto message = sound(R"({"jsonrpc":"2.0","id":null,"error":{"code":-5,"message":"no","data":{"k":1}}})");
    EXPECT_EQ(message.kind, Kind::error);
    EXPECT_EQ(message.id, "null");
    EXPECT_EQ(message.code, -5);
    EXPECT_EQ(message.message, "no");
    EXPECT_EQ(message.value, R"({"k":1})");
}

TEST(JsonRpc, ValuesOfEveryTypePassThroughUntouched) {
    for (const auto* value :
         {"null", "true", "false", "0", "-0.0", "1e2", "12345678901234567890123", R"("\u00e4 \ud83d\ude00 \"")", "[]",
          "{}", R"([[],{"a":{"b":[1]}}])", R"({ "x" : [ 1 ] })"}) {
        const std::string before = std::string{R"({"result":)"} + value + R"(,"jsonrpc":"2.0","id":"a"})";
        const std::string behind = std::string{R"({"jsonrpc":"2.0","id":"a","result":)"} + value + "}";
        const std::string spaced = std::string{R"({"jsonrpc":"2.0","id":"a","result" :)"} + "\n\t" + value + " \r\n}";
        EXPECT_EQ(sound(before).value, value);
        EXPECT_EQ(sound(behind).value, value);
        EXPECT_EQ(sound(spaced).value, value);
    }
}

TEST(JsonRpc, NestingIsNoDanger) {
    const std::string deep(100'000, '[');
    EXPECT_EQ(unsound(deep).code, code::parse_error);
    const std::string closed = deep + std::string(100'000, ']');
    EXPECT_EQ(sound(R"({"jsonrpc":"2.0","id":"a","result":)" + closed + "}").value, closed);
}

TEST(JsonRpc, WhatIsNoJsonIsAParseError) {
    for (const auto* text :
         {"", " ", "{", "{}x", R"({"a":1,})", R"({'a':1})", "nul", "01", "[1,]", "\"\xFF\"", R"("\ud800")", "1e999",
          "// a\n{}", "\xEF\xBB\xBF{}", "NaN", R"({"jsonrpc":"2.0","method":"a"} {})"}) {
        const auto invalid = unsound(text);
        EXPECT_EQ(invalid.code, code::parse_error) << text;
        EXPECT_TRUE(invalid.id.empty());
        EXPECT_FALSE(is_json(text)) << text;
    }
    EXPECT_EQ(unsound(std::string_view{"{}\0{}", 5}).code, code::parse_error);
}

TEST(JsonRpc, WhatIsNoMessageIsAnInvalidRequest) {
    for (const auto* text :
         {"1", "null", R"("a")", "{}", R"({"method":"a"})", R"({"jsonrpc":"1.0","method":"a"})",
          R"({"jsonrpc":2.0,"method":"a"})", R"({"jsonrpc":"2.0"})", R"({"jsonrpc":"2.0","method":1})",
          R"({"jsonrpc":"2.0","method":"a","id":null})", R"({"jsonrpc":"2.0","method":"a","id":[1]})",
          R"({"jsonrpc":"2.0","method":"a","params":1})", R"({"jsonrpc":"2.0","method":"a","params":null})",
          R"({"jsonrpc":"2.0","method":"a","params":"x"})", R"({"jsonrpc":"2.0","method":"a","method":"b"})",
          R"({"jsonrpc":"2.0","method":"a","result":1})", R"({"jsonrpc":"2.0","id":"a","id":"b","method":"a"})"}) {
        EXPECT_EQ(unsound(text).code, code::invalid_request) << text;
        EXPECT_TRUE(is_json(text)) << text;
    }
}

TEST(JsonRpc, ABatchIsRefused) {
    EXPECT_EQ(unsound(R"([{"jsonrpc":"2.0","id":"a","method":"b"}])").code, code::invalid_request);
    EXPECT_EQ(unsound("[]").code, code::invalid_request);
}

TEST(JsonRpc, AnAnswerThatIsNotSoundIsKnownAsOneSoThatNobodyAnswersIt) {
    for (const auto* text :
         {R"({"jsonrpc":"2.0","result":1})", R"({"jsonrpc":"2.0","id":"a","result":1,"error":{}})",
          R"({"jsonrpc":"2.0","id":"a","error":{"code":"x","message":"y"}})",
          R"({"jsonrpc":"2.0","id":"a","error":{"code":1}})", R"({"jsonrpc":"2.0","id":"a","error":1})",
          R"({"jsonrpc":"2.0","id":"a","result":1,"count":-1})"}) {
        EXPECT_TRUE(unsound(text).is_answer) << text;
    }
    EXPECT_FALSE(unsound(R"({"jsonrpc":"2.0","id":"a","method":1})").is_answer);
}

TEST(JsonRpc, TheIdOfAnInvalidRequestIsRepeatedWhereThereIsOne) {
    EXPECT_EQ(unsound(R"({"jsonrpc":"2.0","id":"a","method":1})").id, R"("a")");
    EXPECT_TRUE(unsound(R"({"jsonrpc":"2.0","id":{},"method":"a"})").id.empty());
    const std::string longest = '"' + std::string(convention::longest_id - 2, 'i') + '"';
    const std::string too_long = '"' + std::string(convention::longest_id - 1, 'i') + '"';
    EXPECT_EQ(sound(R"({"jsonrpc":"2.0","method":"a","id":)" + longest + "}").id, longest);
    EXPECT_TRUE(unsound(R"({"jsonrpc":"2.0","method":"a","id":)" + too_long + "}").id.empty());
}

TEST(JsonRpc, MembersOfOthersArePassedOver) {
    EXPECT_EQ(sound(R"({"x":{"id":"b"},"jsonrpc":"2.0","id":"a","method":"m","y":[{"id":1}],"y":2})").id, R"("a")");
}

TEST(JsonRpc, ControlsAreTakenFromTheirParams) {
    const auto control = parse_control(R"({"id":"a","seq":4,"value":{"v":1},"at":"i1","n":64})");
    ASSERT_TRUE(control);
    EXPECT_EQ(control->id_text, "a");
    EXPECT_EQ(control->seq, 4u);
    EXPECT_EQ(control->value, R"({"v":1})");
    EXPECT_EQ(control->at, "i1");
    EXPECT_EQ(control->n, 64u);
    EXPECT_FALSE(parse_control(R"({"id":{}})"));
    EXPECT_FALSE(parse_control(R"(["a"])"));
    EXPECT_FALSE(parse_control(""));
    EXPECT_FALSE(parse_control(R"({"id":"a","seq":-1,"n":1.5})")->seq);
}

TEST(JsonRpc, WhatIsEncodedIsParsedAgain) {
    const auto request = sound(encode_request(R"("a")", "m", "[1]"));
    EXPECT_EQ(request.kind, Kind::request);
    EXPECT_EQ(request.id_text, "a");
    EXPECT_EQ(request.method, "m");
    EXPECT_EQ(request.value, "[1]");
    EXPECT_EQ(sound(encode_notification("m", "")).kind, Kind::notification);
    EXPECT_EQ(sound(encode_result("7", "null", 0)).count, 0u);
    EXPECT_EQ(sound(encode_result("7", R"({"a":1})")).value, R"({"a":1})");
    const auto error = sound(encode_error("", 3, "a \"quoted\"\n\x01 text", "[]"));
    EXPECT_EQ(error.id, "null");
    EXPECT_EQ(error.code, 3);
    EXPECT_EQ(error.message, "a \"quoted\"\n\x01 text");
    EXPECT_EQ(error.value, "[]");
}

TEST(JsonRpc, ControlsAreNotifications) {
    const auto cancel = sound(encode_cancel(R"("a")"));
    EXPECT_EQ(cancel.kind, Kind::notification);
    EXPECT_EQ(cancel.method, method::cancel);
    EXPECT_EQ(parse_control(cancel.value)->id_text, "a");
    EXPECT_EQ(parse_control(sound(encode_more(R"("a")", 64)).value)->n, 64u);
    const auto progress = sound(encode_progress(R"("a")", 2, "true", "i\"1"));
    EXPECT_EQ(progress.method, method::progress);
    EXPECT_EQ(parse_control(progress.value)->at, "i\"1");
    EXPECT_EQ(parse_control(progress.value)->value, "true");
}

TEST(JsonRpc, StringsComeOutAsNlohmannReadsThem) {
    std::string all;
    for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
    all += "\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80";
    std::string text;
    append_string(text, all);
    EXPECT_EQ(nlohmann::json::parse(text, nullptr, false), nlohmann::json(all));
}

TEST(JsonRpc, BytesThatAreNoTextAreReplaced) {
    std::string text;
    append_string(text,
                  "a\xFF"
                  "b\xE2\x82");
    EXPECT_EQ(text, "\"a\\ufffdb\\ufffd\\ufffd\"");
}

}  // namespace
}  // namespace wsmq::messaging::json_rpc
