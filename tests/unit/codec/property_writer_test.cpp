#include <gtest/gtest.h>

#include <string>

#include "codec/octets.hpp"
#include "wsmq/property.hpp"

namespace wsmq::test {
namespace {

TEST(PropertyWriter, WritesEveryTypeAsTheSpecificationLaysItOut) {
    PropertyWriter writer;
    writer.integer(PropertyId::payload_format_indicator, 1)
        .integer(PropertyId::topic_alias, 0x0102)
        .integer(PropertyId::message_expiry_interval, 0x01020304)
        .text(PropertyId::content_type, "ct")
        .binary(PropertyId::correlation_data, lasting("CCDD"))
        .user_property("k", "v");
    EXPECT_EQ(to_hex(writer.bytes()),
              to_hex(octets("01 01 23 0102 02 01020304 03 0002 'ct' 09 0002 CCDD 26 0001 'k' 0001 'v'")));
    EXPECT_EQ(validate_properties(PropertyOwner::publish, writer.bytes()), Errc::none);
}

TEST(PropertyWriter, WritesVariableByteIntegersInTheirShortestForm) {
    const struct {
        std::uint32_t value;
        const char* notation;
    } rows[] = {
        {1, "0B 01"},          {127, "0B 7F"},           {128, "0B 8001"},           {16'383, "0B FF7F"},
        {16'384, "0B 808001"}, {2'097'151, "0B FFFF7F"}, {2'097'152, "0B 80808001"}, {268'435'455, "0B FFFFFF7F"}};
    for (const auto& row : rows) {
        PropertyWriter writer;
        writer.integer(PropertyId::subscription_identifier, row.value);
        EXPECT_EQ(to_hex(writer.bytes()), to_hex(octets(row.notation)));
        EXPECT_EQ(PropertyView{writer.bytes()}.integer(PropertyId::subscription_identifier), row.value);
    }
}

TEST(PropertyWriter, HoldsNothingAtFirst) { EXPECT_TRUE(PropertyWriter{}.bytes().empty()); }

TEST(PropertyWriter, TakesTextsAndDataOfFullLength) {
    const std::string text(65'535, 'x');
    const Octets data(65'535, 0);
    PropertyWriter writer;
    writer.text(PropertyId::content_type, text).binary(PropertyId::correlation_data, data).user_property(text, text);
    EXPECT_EQ(validate_properties(PropertyOwner::publish, writer.bytes()), Errc::none);
    EXPECT_EQ(PropertyView{writer.bytes()}.text(PropertyId::content_type), text);
}

/// The block that nobody accepts.
void expect_bad(PropertyWriter& writer) {
    EXPECT_EQ(to_hex(writer.bytes()), "00 ");
    EXPECT_EQ(validate_properties(PropertyOwner::publish, writer.bytes()), Errc::malformed_packet);
    EXPECT_EQ(validate_properties(PropertyOwner::connect, writer.bytes()), Errc::malformed_packet);
}

TEST(PropertyWriter, MarksTheBlockAsBadWhereAnIntegerIsOutOfRange) {
    const struct {
        PropertyId id;
        std::uint32_t value;
    } rows[] = {{PropertyId::payload_format_indicator, 2},
                {PropertyId::topic_alias, 0},
                {PropertyId::topic_alias, 65'536},
                {PropertyId::subscription_identifier, 0},
                {PropertyId::subscription_identifier, 268'435'456},
                {PropertyId::maximum_packet_size, 0},
                {PropertyId::content_type, 1},
                {PropertyId{0x04}, 1},
                {PropertyId{0xFF}, 1}};
    for (const auto& row : rows) {
        PropertyWriter writer;
        writer.integer(row.id, row.value);
        expect_bad(writer);
    }
}

TEST(PropertyWriter, MarksTheBlockAsBadWhereATextIsNotSound) {
    const std::string long_text(65'536, 'x');
    const std::string nul{"a\0b", 3};
    for (const std::string& text : {long_text, nul, std::string{"\xFF"}}) {
        expect_bad(PropertyWriter{}.text(PropertyId::content_type, text));
        expect_bad(PropertyWriter{}.user_property(text, "v"));
        expect_bad(PropertyWriter{}.user_property("k", text));
    }
}

TEST(PropertyWriter, MarksTheBlockAsBadWhereATypeIsNotTheProperties) {
    expect_bad(PropertyWriter{}.text(PropertyId::correlation_data, "x"));
    expect_bad(PropertyWriter{}.text(PropertyId{0x04}, "x"));
    expect_bad(PropertyWriter{}.binary(PropertyId::content_type, lasting("00")));
    expect_bad(PropertyWriter{}.binary(PropertyId::correlation_data, Octets(65'536)));
}

TEST(PropertyWriter, StaysBadWhateverFollows) {
    PropertyWriter writer;
    writer.user_property("k", "v").integer(PropertyId::topic_alias, 0);
    writer.integer(PropertyId::topic_alias, 1);
    expect_bad(writer);
    writer.text(PropertyId::content_type, "x");
    writer.binary(PropertyId::correlation_data, {});
    writer.user_property("k", "v");
    expect_bad(writer);
}

}  // namespace
}  // namespace wsmq::test
