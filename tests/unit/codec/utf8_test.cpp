#include "codec/utf8.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "codec/octets.hpp"

namespace wsmq::test {
namespace {

using codec::is_mqtt_utf8;
using codec::is_sendable_topic_name_text;
using codec::is_sendable_utf8;
using codec::is_topic_name_text;

/// The code point in its shortest form, surrogates too.
std::string encoded(std::uint32_t point) {
    const auto tail = [&](unsigned shift) { return static_cast<char>(0x80u | (point >> shift & 0x3Fu)); };
    if (point < 0x80) return {static_cast<char>(point)};
    if (point < 0x800) return {static_cast<char>(0xC0u | point >> 6), tail(0)};
    if (point < 0x1'0000) return {static_cast<char>(0xE0u | point >> 12), tail(6), tail(0)};
    return {static_cast<char>(0xF0u | point >> 18), tail(12), tail(6), tail(0)};
}

/// Memory that ends where the text ends.
Octets exactly(const std::string& text) { return {text.begin(), text.end()}; }

TEST(Utf8, IsSoundForEveryCharacterThatMqttAllowsAndForNoOther) {
    for (std::uint32_t point = 0; point < 0x11'1000; ++point) {
        const bool allowed = point != 0 && point < 0x11'0000 && (point < 0xD800 || point > 0xDFFF);
        ASSERT_EQ(is_mqtt_utf8(exactly(encoded(point))), allowed) << point;
    }
}

/// What should not be sent (MQTT 5.0, 1.5.4).
bool is_discouraged(std::uint32_t point) {
    const bool control = point <= 0x1F || (point >= 0x7F && point <= 0x9F);
    return control || (point >= 0xFDD0 && point <= 0xFDEF) || (point & 0xFFFE) == 0xFFFE;
}

TEST(Utf8, IsSendableForEveryCharacterThatMayAndShouldBeSent) {
    for (std::uint32_t point = 0; point < 0x11'1000; ++point) {
        const Octets one = exactly(encoded(point));
        const bool allowed = is_mqtt_utf8(one) && !is_discouraged(point);
        ASSERT_EQ(is_sendable_utf8(one), allowed) << point;
        ASSERT_EQ(is_sendable_utf8(exactly("12345678" + encoded(point) + "123")), allowed) << point;
        ASSERT_EQ(is_sendable_topic_name_text(one), allowed && point != '+' && point != '#') << point;
    }
}

TEST(Utf8, FindsWhatShouldNotBeSentAtEveryPlaceOfEveryLength) {
    for (std::size_t length = 1; length < 40; ++length) {
        EXPECT_TRUE(is_sendable_topic_name_text(Octets(length, 'a')));
        for (std::size_t at = 0; at < length; ++at) {
            for (const std::uint8_t wrong : octets("01 09 1F 7F")) {
                Octets text(length, '~');
                text[at] = wrong;
                ASSERT_TRUE(is_topic_name_text(text)) << length << ' ' << at;
                ASSERT_FALSE(is_sendable_utf8(text)) << length << ' ' << at;
                ASSERT_FALSE(is_sendable_topic_name_text(text)) << length << ' ' << at;
            }
        }
    }
}

TEST(Utf8, TakesTheEmptyText) {
    EXPECT_TRUE(is_mqtt_utf8({}));
    EXPECT_TRUE(is_topic_name_text({}));
}

TEST(Utf8, HasNoBytesThatBeginNoCharacter) {
    for (unsigned byte = 0x80; byte < 0x100; ++byte) {
        EXPECT_FALSE(is_mqtt_utf8(Octets{static_cast<std::uint8_t>(byte)})) << byte;
        EXPECT_FALSE(is_mqtt_utf8(Octets{static_cast<std::uint8_t>(byte), 'a', 'a', 'a'})) << byte;
    }
    EXPECT_FALSE(is_mqtt_utf8(octets("F5 80 80 80")));
    EXPECT_FALSE(is_mqtt_utf8(octets("F8 88 80 80 80")));
}

TEST(Utf8, HasNoOverlongForms) {
    for (const char* notation : {"C0 80", "C1 BF", "E0 80 80", "E0 9F BF", "F0 80 80 80", "F0 8F BF BF"}) {
        EXPECT_FALSE(is_mqtt_utf8(octets(notation))) << notation;
    }
}

TEST(Utf8, HasNoCharacterThatIsCutOff) {
    for (const char* notation : {"C3", "E2 82", "E2", "F0 90 8D", "F0 90", "F0"}) {
        EXPECT_FALSE(is_mqtt_utf8(octets(notation))) << notation;
        EXPECT_FALSE(is_mqtt_utf8(octets(std::string{"'12345678'"} + notation))) << notation;
        EXPECT_FALSE(is_mqtt_utf8(octets(std::string{notation} + "'12345678'"))) << notation;
    }
}

TEST(Utf8, HasNoBrokenThirdOrFourthByte) {
    for (const char* notation : {"E2 82 'a'", "F0 90 'a' 80", "F0 90 80 'a'", "E2 82 C0", "F0 90 80 C0"}) {
        EXPECT_FALSE(is_mqtt_utf8(octets(notation))) << notation;
    }
}

TEST(Utf8, FindsWhatIsWrongAtEveryPlaceOfEveryLength) {
    for (std::size_t length = 1; length < 40; ++length) {
        EXPECT_TRUE(is_topic_name_text(Octets(length, 'a')));
        for (std::size_t at = 0; at < length; ++at) {
            for (const std::uint8_t wrong : octets("00 '+#' 80 FF")) {
                Octets text(length, 'a');
                text[at] = wrong;
                const bool is_wildcard = wrong == '+' || wrong == '#';
                ASSERT_EQ(is_mqtt_utf8(text), is_wildcard) << length << ' ' << at;
                ASSERT_FALSE(is_topic_name_text(text)) << length << ' ' << at;
            }
        }
    }
}

TEST(Utf8, LetsEveryOtherAsciiCharacterIntoATopicName) {
    for (std::uint8_t c = 1; c < 0x80; ++c) {
        const bool allowed = c != '+' && c != '#';
        for (const std::size_t length : {1u, 5u, 8u, 11u}) {
            Octets text(length, 'a');
            text[length / 2] = c;
            ASSERT_EQ(is_topic_name_text(text), allowed) << unsigned{c};
        }
    }
}

TEST(Utf8, AgreesWithALookAtEveryCharacterInMixedTexts) {
    std::mt19937 random{1};  // NOLINT(cert-msc51-cpp): the same texts every time
    const std::uint32_t points[] = {'a', 'b', '/', '+', '#', 0xE4, 0x20AC, 0x1F600, 0xFFFD, 0x7F};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        bool has_wildcard = false;
        for (auto i = random() % 24; i != 0; --i) {
            const std::uint32_t point = random() % 4 == 0 ? points[random() % std::size(points)] : 'x';
            has_wildcard |= point == '+' || point == '#';
            text += encoded(point);
        }
        ASSERT_TRUE(is_mqtt_utf8(exactly(text)));
        ASSERT_EQ(is_topic_name_text(exactly(text)), !has_wildcard) << text;
    }
}

}  // namespace
}  // namespace wsmq::test
