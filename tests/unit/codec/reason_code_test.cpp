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

/// Tables 3-1, 3-4 to 3-11 of MQTT 5.0, packet by packet; of failures, any.
TEST(ReasonCode, StandsInThePacketsThatMayCarryItAndInNoOther) {
    const struct {
        PacketType type;
        std::set<unsigned> successes;
        bool can_fail;
    } rows[] = {
        {PacketType::connect, {}, false},
        {PacketType::connack, {0x00}, true},
        {PacketType::publish, {}, false},
        {PacketType::puback, {0x00, 0x10}, true},
        {PacketType::pubrec, {0x00, 0x10}, true},
        {PacketType::pubrel, {0x00}, true},
        {PacketType::pubcomp, {0x00}, true},
        {PacketType::subscribe, {}, false},
        {PacketType::suback, {0, 1, 2}, true},
        {PacketType::unsubscribe, {}, false},
        {PacketType::unsuback, {0x00, 0x11}, true},
        {PacketType::pingreq, {}, false},
        {PacketType::pingresp, {}, false},
        {PacketType::disconnect, {0x00, 0x04}, true},
        {PacketType::auth, {0x00, 0x18, 0x19}, false},
    };
    for (const auto& row : rows) {
        for (unsigned code = 0; code < 256; ++code) {
            EXPECT_EQ(may_carry(row.type, static_cast<std::uint8_t>(code)),
                      code < 0x80 ? row.successes.count(code) != 0 : row.can_fail)
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
    EXPECT_EQ(codec::from_return_code(5), ReasonCode::not_authorized);
    EXPECT_EQ(codec::from_return_code(6), ReasonCode::unspecified_error);
    EXPECT_EQ(codec::from_return_code(255), ReasonCode::unspecified_error);
}

TEST(Error, HasADescriptionOfItsOwn) {
    std::set<std::string_view> seen;
    for (unsigned value = 0; value <= static_cast<unsigned>(Errc::taken_over); ++value) {
        const std::string_view text = describe(static_cast<Errc>(value));
        EXPECT_TRUE(seen.insert(text).second) << text;
        EXPECT_FALSE(text.ends_with('.')) << text;
        EXPECT_NE(text, "Unknown error");
    }
    EXPECT_EQ(describe(static_cast<Errc>(255)), "Unknown error");
}

}  // namespace
}  // namespace wsmq::test
