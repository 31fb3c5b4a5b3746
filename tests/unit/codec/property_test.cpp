#include "wsmq/property.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "codec/octets.hpp"

namespace wsmq::test {
namespace {

using enum PropertyOwner;

constexpr std::array owners{connect, will,      connack, publish,     puback,   pubrec,     pubrel,
                            pubcomp, subscribe, suback,  unsubscribe, unsuback, disconnect, auth};

/// MQTT 5.0, table 2-4, read from the other side: a sound block of each property alone, and where it may stand.
struct Row {
    std::uint8_t id;
    const char* notation;
    std::vector<PropertyOwner> owners;
    bool repeats;
};

const std::vector<PropertyOwner> anywhere(owners.begin(), owners.end());

const std::vector<Row> table{
    {0x01, "01 00", {publish, will}, false},
    {0x02, "02 FFFFFFFF", {publish, will}, false},
    {0x03, "03 0000", {publish, will}, false},
    {0x08, "08 0001 'r'", {publish, will}, false},
    {0x09, "09 0001 00", {publish, will}, false},
    {0x0B, "0B FFFFFF7F", {publish, subscribe}, false},
    {0x11, "11 FFFFFFFF", {connect, connack, disconnect}, false},
    {0x12, "12 0001 'i'", {connack}, false},
    {0x13, "13 0000", {connack}, false},
    {0x15, "15 0001 'm'", {connect, connack, auth}, false},
    {0x16, "16 0000", {connect, connack, auth}, false},
    {0x17, "17 01", {connect}, false},
    {0x18, "18 00000000", {will}, false},
    {0x19, "19 01", {connect}, false},
    {0x1A, "1A 0001 'i'", {connack}, false},
    {0x1C, "1C 0001 's'", {connack, disconnect}, false},
    {0x1F, "1F 0001 'r'", {connack, puback, pubrec, pubrel, pubcomp, suback, unsuback, disconnect, auth}, false},
    {0x21, "21 0001", {connect, connack}, false},
    {0x22, "22 0000", {connect, connack}, false},
    {0x23, "23 FFFF", {publish}, false},
    {0x24, "24 01", {connack}, false},
    {0x25, "25 01", {connack}, false},
    {0x26, "26 0000 0000", anywhere, true},
    {0x27, "27 00000001", {connect, connack}, false},
    {0x28, "28 00", {connack}, false},
    {0x29, "29 00", {connack}, false},
    {0x2A, "2A 00", {connack}, false},
};

bool contains(const std::vector<PropertyOwner>& all, PropertyOwner one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

TEST(ValidateProperties, LetsEveryPropertyStandWhereTheTableSaysAndNowhereElse) {
    for (const Row& row : table) {
        const Octets block = octets(row.notation);
        for (const PropertyOwner owner : owners) {
            const Errc expected = contains(row.owners, owner) ? Errc::none : Errc::malformed_packet;
            EXPECT_EQ(validate_properties(owner, block), expected)
                << row.notation << " in owner " << static_cast<int>(owner);
        }
    }
}

TEST(ValidateProperties, LetsOnlyTheRepeatableOnesStandTwice) {
    for (const Row& row : table) {
        const Octets block = octets(row.notation + std::string{" "} + row.notation);
        for (const PropertyOwner owner : row.owners) {
            const bool repeats = row.repeats || (row.id == 0x0B && owner == publish);
            EXPECT_EQ(validate_properties(owner, block), repeats ? Errc::none : Errc::protocol_error) << row.notation;
        }
    }
}

TEST(ValidateProperties, KnowsNoOtherIdentifier) {
    for (unsigned id = 0; id < 256; ++id) {
        const bool known = std::any_of(table.begin(), table.end(), [=](const Row& row) { return row.id == id; });
        if (known) continue;
        const Octets block{static_cast<std::uint8_t>(id), 0, 0, 0, 0, 0};
        for (const PropertyOwner owner : owners) {
            EXPECT_EQ(validate_properties(owner, block), Errc::malformed_packet) << id;
        }
    }
}

TEST(ValidateProperties, FindsEveryPropertyThatIsCutOff) {
    for (const Row& row : table) {
        const Octets block = octets(row.notation);
        for (std::size_t size = 1; size < block.size(); ++size) {
            const Octets cut(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_EQ(validate_properties(row.owners[0], cut), Errc::malformed_packet) << row.notation;
        }
    }
}

TEST(ValidateProperties, AcceptsNothingAtAllEverywhere) {
    for (const PropertyOwner owner : owners) EXPECT_EQ(validate_properties(owner, {}), Errc::none);
}

TEST(ValidateProperties, RefusesValuesOutOfRange) {
    const struct {
        const char* notation;
        PropertyOwner owner;
        Errc expected;
    } rows[] = {
        {"01 02", publish, Errc::protocol_error},        {"0B 00", publish, Errc::protocol_error},
        {"23 0000", publish, Errc::topic_alias_invalid}, {"17 02", connect, Errc::protocol_error},
        {"19 FF", connect, Errc::protocol_error},        {"21 0000", connect, Errc::protocol_error},
        {"27 00000000", connect, Errc::protocol_error},  {"24 02", connack, Errc::protocol_error},
        {"25 02", connack, Errc::protocol_error},        {"28 02", connack, Errc::protocol_error},
        {"29 02", connack, Errc::protocol_error},        {"2A 02", connack, Errc::protocol_error},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(validate_properties(row.owner, octets(row.notation)), row.expected) << row.notation;
    }
}

TEST(PropertyView, WalksABlockInItsOrder) {
    const Octets block = octets("01 01 02 0000003C 23 0102 0B 8001 03 0002 'ct' 09 0002 CCDD 26 0001 'k' 0001 'v'");
    std::vector<Property> found;
    for (const Property& property : PropertyView{block}) found.push_back(property);
    ASSERT_EQ(found.size(), 7u);
    EXPECT_EQ(found[0].id, PropertyId::payload_format_indicator);
    EXPECT_EQ(std::get<std::uint32_t>(found[0].value), 1u);
    EXPECT_EQ(std::get<std::uint32_t>(found[1].value), 60u);
    EXPECT_EQ(std::get<std::uint32_t>(found[2].value), 0x0102u);
    EXPECT_EQ(std::get<std::uint32_t>(found[3].value), 128u);
    EXPECT_EQ(std::get<std::string_view>(found[4].value), "ct");
    EXPECT_EQ(to_hex(std::get<Bytes>(found[5].value)), "CC DD ");
    EXPECT_EQ(std::get<UserProperty>(found[6].value).name, "k");
    EXPECT_EQ(std::get<UserProperty>(found[6].value).value, "v");
}

TEST(PropertyView, IteratesWithThePostfixOperatorToo) {
    const Octets block = octets("01 01 03 0001 'x'");
    auto at = PropertyView{block}.begin();
    at++;
    EXPECT_EQ(at->id, PropertyId::content_type);
    at++;
    EXPECT_TRUE(at == std::default_sentinel);
    EXPECT_TRUE(PropertyView::Iterator{} == std::default_sentinel);
}

TEST(PropertyView, FindsTheFirstOfAKind) {
    const Octets block = octets("26 0001 'k' 0001 'v' 0B 05 0B 06 03 0002 'ct' 09 0001 01");
    const PropertyView view{block};
    EXPECT_EQ(view.integer(PropertyId::subscription_identifier), 5u);
    EXPECT_EQ(view.text(PropertyId::content_type), "ct");
    EXPECT_EQ(to_hex(*view.binary(PropertyId::correlation_data)), "01 ");
}

TEST(PropertyView, FindsNothingWhereItIsAbsentOrOfAnotherType) {
    const Octets block = octets("03 0002 'ct' 01 01");
    const PropertyView view{block};
    EXPECT_FALSE(view.integer(PropertyId::topic_alias));
    EXPECT_FALSE(view.integer(PropertyId::content_type));
    EXPECT_FALSE(view.text(PropertyId::payload_format_indicator));
    EXPECT_FALSE(view.binary(PropertyId::content_type));
    EXPECT_FALSE(PropertyView{}.binary(PropertyId::correlation_data));
}

TEST(PropertyView, EndsEarlyOnABlockThatIsNotValid) {
    for (const char* notation : {"01 01 00", "01 01 02 00", "01 01 26 0001 'k'", "01 01 FF 00", "01 01 0B 80808080"}) {
        const Octets block = octets(notation);
        std::size_t count = 0;
        for (const Property& property : PropertyView{block}) {
            EXPECT_EQ(property.id, PropertyId::payload_format_indicator);
            ++count;
        }
        EXPECT_EQ(count, 1u) << notation;
    }
}

TEST(PropertyNames, AreTheSpecifications) {
    EXPECT_EQ(describe(PropertyId::content_type), "Content Type");
    EXPECT_EQ(describe(PropertyId::shared_subscription_available), "Shared Subscription Available");
    EXPECT_EQ(describe(PropertyId{0x04}), "Unknown property");
    for (const Row& row : table) EXPECT_NE(describe(PropertyId{row.id}), "Unknown property");
}

}  // namespace
}  // namespace wsmq::test
