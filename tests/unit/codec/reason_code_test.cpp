#include "wsmq/reason_code.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "codec/reason_codes.hpp"
#include "codec/return_codes.hpp"
#include "wsmq/error.hpp"

namespace wsmq::test {
namespace {

using codec::may_carry;
using codec::PacketType;

TEST(ReasonCode, HasTheNameOfTheSpecification) {
    EXPECT_EQ(describe(ReasonCode::success), "Success");
    EXPECT_EQ(describe(ReasonCode::not_authorized), "Not authorized");
    EXPECT_EQ(describe(ReasonCode::bad_user_name_or_password), "Bad User Name or Password");
    EXPECT_EQ(describe(ReasonCode::wildcard_subscriptions_not_supported), "Wildcard Subscriptions not supported");
    EXPECT_EQ(describe(ReasonCode{0x03}), "Unknown reason");
    EXPECT_EQ(describe(ReasonCode{0xFF}), "Unknown reason");
}

TEST(ReasonCode, IsAFailureFrom128On) {
    EXPECT_FALSE(is_failure(ReasonCode::success));
    EXPECT_FALSE(is_failure(ReasonCode::no_matching_subscribers));
    EXPECT_TRUE(is_failure(ReasonCode::unspecified_error));
}

/// Tables 3-1, 3-4 to 3-11 of MQTT 5.0, packet by packet.
TEST(ReasonCode, StandsInThePacketsThatMayCarryItAndInNoOther) {
    const struct {
        PacketType type;
        std::set<unsigned> codes;
    } rows[] = {
        {PacketType::connect, {}},
        {PacketType::connack, {0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
                               0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F}},
        {PacketType::publish, {}},
        {PacketType::puback, {0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}},
        {PacketType::pubrec, {0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}},
        {PacketType::pubrel, {0x00, 0x92}},
        {PacketType::pubcomp, {0x00, 0x92}},
        {PacketType::subscribe, {}},
        {PacketType::suback, {0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2}},
        {PacketType::unsubscribe, {}},
        {PacketType::unsuback, {0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91}},
        {PacketType::pingreq, {}},
        {PacketType::pingresp, {}},
        {PacketType::disconnect,
         {0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x93,
          0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2}},
        {PacketType::auth, {0x00, 0x18, 0x19}},
    };
    for (const auto& row : rows) {
        for (unsigned code = 0; code < 256; ++code) {
            EXPECT_EQ(may_carry(row.type, static_cast<std::uint8_t>(code)), row.codes.count(code) != 0)
                << "packet type " << static_cast<int>(row.type) << ", code " << code;
        }
    }
}

TEST(ReasonCode, HasAReturnCodeBelowMqtt5) {
    EXPECT_EQ(codec::to_return_code(ReasonCode::success), 0);
    EXPECT_EQ(codec::to_return_code(ReasonCode::unsupported_protocol_version), 1);
    EXPECT_EQ(codec::to_return_code(ReasonCode::client_identifier_not_valid), 2);
    EXPECT_EQ(codec::to_return_code(ReasonCode::server_unavailable), 3);
    EXPECT_EQ(codec::to_return_code(ReasonCode::bad_user_name_or_password), 4);
    EXPECT_EQ(codec::to_return_code(ReasonCode::not_authorized), 5);
    EXPECT_EQ(codec::to_return_code(ReasonCode::banned), 3);
}

TEST(Error, HasADescriptionOfItsOwn) {
    std::set<std::string_view> seen;
    for (unsigned value = 0; value <= static_cast<unsigned>(Errc::authentication_failed); ++value) {
        const std::string_view text = describe(static_cast<Errc>(value));
        EXPECT_TRUE(seen.insert(text).second) << text;
        EXPECT_FALSE(text.ends_with('.')) << text;
        EXPECT_NE(text, "Unknown error");
    }
    EXPECT_EQ(describe(static_cast<Errc>(255)), "Unknown error");
}

}  // namespace
}  // namespace wsmq::test
