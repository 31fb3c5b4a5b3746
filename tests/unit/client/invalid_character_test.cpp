// What MQTT 5.0, 1.5.4 says should not be sent is refused by the call, and read where a broker sends it.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

// U+0001, tab, newline, U+001F, U+007F, U+0080, U+009F, U+FDD0, U+FDEF, U+FFFE, U+FFFF, U+1FFFE, U+10FFFF
const std::vector<std::string> discouraged{"\x01",
                                           "\t",
                                           "\n",
                                           "\x1F",
                                           "\x7F",
                                           "\xC2\x80",
                                           "\xC2\x9F",
                                           "\xEF\xB7\x90",
                                           "\xEF\xB7\xAF",
                                           "\xEF\xBF\xBE",
                                           "\xEF\xBF\xBF",
                                           "\xF0\x9F\xBF\xBE",
                                           "\xF4\x8F\xBF\xBF"};
constexpr auto refused = Errc::invalid_character;

Block with_text(PropertyId id, const std::string& value) {
    PropertyWriter writer;
    return block_of(writer.text(id, value).bytes());
}

Block with_pair(const std::string& name, const std::string& value) {
    PropertyWriter writer;
    return block_of(writer.user_property(name, value).bytes());
}

TEST(InvalidCharacter, InATopicNameIsRefused) {
    for (const Version version : {Version::v3_1, Version::v3_1_1, Version::v5}) {
        Bench bench{plain_options(version)};
        bench.connect();
        for (const auto& text : discouraged) {
            EXPECT_EQ(bench.try_publish("a/" + text + "/b", "x", {.qos = qos1}), refused) << quoted(text);
            EXPECT_EQ(bench.try_publish(text, "x"), refused) << quoted(text);
        }
        EXPECT_EQ(bench.try_publish("a\t/#", "x"), Errc::invalid_topic) << "the wildcard is worse";
        bench.expect_silence();
    }
}

TEST(InvalidCharacter, WhatStandsBesideThemIsSent) {
    Bench bench;
    bench.connect();
    for (const std::string text : {" ", "~", "\xC2\xA0", "\xEF\xB7\x8F", "\xEF\xB7\xB0", "\xEF\xBF\xBD",
                                   "\xF0\x9F\xBF\xBD", "\xF0\x9F\x98\x80", "\xE2\xBF\xBF"}) {
        bench.publish("a/" + text, "x");
        bench.expect(publish("a/" + text, "x"));
    }
}

TEST(InvalidCharacter, InATopicFilterIsRefused) {
    Bench bench;
    bench.connect();
    for (const auto& text : discouraged) {
        const std::string filter = "a/" + text + "/#";
        EXPECT_EQ(bench.try_subscribe({{.topic_filter = "fine"}, {.topic_filter = filter}}), refused) << quoted(text);
        EXPECT_EQ(bench.try_unsubscribe({filter}), refused) << quoted(text);
    }
    EXPECT_EQ(bench.try_subscribe({{.topic_filter = "$share/g\t/a"}}), refused);
    bench.expect_silence();
}

TEST(InvalidCharacter, InAPropertyIsRefused) {
    Bench bench;
    bench.connect();
    for (const auto& text : discouraged) {
        for (const auto& block :
             {with_text(PropertyId::content_type, "a" + text), with_text(PropertyId::response_topic, "a/" + text),
              with_pair("name" + text, "value"), with_pair("name", text)}) {
            EXPECT_EQ(bench.try_publish("a", "x", {.encoded_properties = block}), refused) << quoted(text);
        }
        EXPECT_EQ(bench.try_subscribe({{.topic_filter = "a"}}, with_pair("name", text)), refused);
        EXPECT_EQ(bench.try_unsubscribe({"a"}, with_pair(text, "")), refused);
    }
    bench.expect_silence();
    PropertyWriter any;
    any.binary(PropertyId::correlation_data, bytes_of("\t\n"));
    bench.publish("a", "x", {.encoded_properties = any.bytes()});
    bench.expect(publish("a", "x").with_binary(PropertyId::correlation_data, "\t\n"));
}

Errc start_with(const std::function<void(ConnectOptions&)>& change) {
    ConnectOptions options = plain_options();
    change(options);
    return Client{options}.start(TimePoint{});
}

TEST(InvalidCharacter, InWhatConnectCarriesIsRefused) {
    for (const auto& text : discouraged) {
        EXPECT_EQ(start_with([&](auto& o) { o.client_id = "me" + text; }), refused);
        EXPECT_EQ(start_with([&](auto& o) { o.will = Will{.topic = "a/" + text}; }), refused);
        EXPECT_EQ(start_with([&](auto& o) {
                      o.will = Will{.topic = "a", .encoded_properties = with_text(PropertyId::content_type, text)};
                  }),
                  refused);
        EXPECT_EQ(start_with([&](auto& o) { o.encoded_properties = with_pair("name", text); }), refused);
        EXPECT_EQ(start_with([&](auto& o) { o.authentication_method = text; }), refused);
        EXPECT_EQ(start_with([&](auto& o) { o.credentials.username = text; }), Errc::none) << "others issued it";
    }
}

TEST(InvalidCharacter, WhatIsReceivedIsRead) {
    Bench bench;
    bench.connect();
    for (const auto& text : discouraged) {
        const Packet message =
            publish("a/" + text, text).with(PropertyId::content_type, text).with_user_property(text, text);
        bench.send(message);
        bench.expect_event(seen::Message{.topic = message.topic, .payload = text, .properties = message.properties});
    }
}

}  // namespace
}  // namespace wsmq::test
