// What the hand-written samples do not show of CONNECT, CONNACK, DISCONNECT and AUTH.
#include <gtest/gtest.h>

#include "codec/decode.hpp"
#include "codec/encode.hpp"
#include "codec/octets.hpp"

namespace wsmq::test {
namespace {

using namespace wsmq::codec;

constexpr std::uint32_t any_size = limits::largest_packet;

TEST(ConnectPacket, OfMqtt31MayLackTheCredentialsThatItAnnounces) {
    const Octets neither = octets("10 10 0006 'MQIsdp' 03 C2 001E 0002 'c1'");
    const auto packet = decode_connect(read_frame(neither, any_size).frame);
    ASSERT_TRUE(packet);
    EXPECT_FALSE(packet->username);
    EXPECT_FALSE(packet->password);

    const Octets name_only = octets("10 13 0006 'MQIsdp' 03 C2 001E 0002 'c1' 0001 'u'");
    const auto named = decode_connect(read_frame(name_only, any_size).frame);
    ASSERT_TRUE(named);
    EXPECT_EQ(named->username, "u");
    EXPECT_FALSE(named->password);
}

TEST(ConnectPacket, IgnoresPropertiesBelowMqtt5) {
    const WillView will{.topic = "w", .payload = {}, .properties = lasting("01 01")};
    Buffer out;
    encode_connect(out, {.version = Version::v3_1_1, .will = will, .properties = lasting("21 0001")});
    EXPECT_EQ(to_hex(out), to_hex(octets("10 11 0004 'MQTT' 04 06 0000 0000 0001 'w' 0000")));
}

TEST(ConnackPacket, OfABrokerThatKnowsNoMqtt5RefusesTheVersion) {
    const Octets bytes = octets("20 02 00 01");
    const auto packet = decode_connack(read_frame(bytes, any_size).frame, Version::v5);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->reason, ReasonCode::unsupported_protocol_version);
    EXPECT_FALSE(packet->session_present);
}

TEST(ConnackPacket, OfMqtt31HasAByteThatSaysNothing) {
    const Octets bytes = octets("20 02 FF 00");
    const auto packet = decode_connack(read_frame(bytes, any_size).frame, Version::v3_1);
    ASSERT_TRUE(packet);
    EXPECT_FALSE(packet->session_present);
    Buffer out;
    encode_connack(out, {.session_present = true}, Version::v3_1);
    EXPECT_EQ(to_hex(out), to_hex(octets("20 02 00 00")));
}

TEST(DisconnectPacket, LeavesOutWhatSaysNothing) {
    const struct {
        Disconnect packet;
        Version version = Version::v5;
        const char* notation = nullptr;
    } rows[] = {
        {{}, Version::v5, "E0 00"},
        {{.reason = ReasonCode::protocol_error}, Version::v5, "E0 01 82"},
        {{.properties = lasting("11 00000001")}, Version::v5, "E0 07 00 05 11 00000001"},
        {{.reason = ReasonCode::protocol_error, .properties = lasting("1F 0001 'x'")},
         Version::v5,
         "E0 06 82 04 1F 0001 'x'"},
        {{.reason = ReasonCode::protocol_error, .properties = lasting("1F 0001 'x'")}, Version::v3_1_1, "E0 00"},
    };
    for (const auto& row : rows) {
        Buffer out;
        encode_disconnect(out, row.packet, row.version);
        EXPECT_EQ(to_hex(out), to_hex(octets(row.notation)));
    }
}

TEST(DisconnectPacket, MayTellANormalEndAtLength) {
    for (const char* notation : {"E0 01 00", "E0 02 00 00"}) {
        const Octets bytes = octets(notation);
        const auto packet = decode_disconnect(read_frame(bytes, any_size).frame, Version::v5);
        ASSERT_TRUE(packet) << notation;
        EXPECT_EQ(packet->reason, ReasonCode::success);
    }
}

TEST(AuthPacket, AlwaysHasAPropertyLengthBehindItsReason) {
    Buffer out;
    encode_auth(out, {.reason = ReasonCode::continue_authentication});
    EXPECT_EQ(to_hex(out), to_hex(octets("F0 02 18 00")));
}

TEST(AuthPacket, MayTellASuccessAtLength) {
    const Octets bytes = octets("F0 02 00 00");
    EXPECT_TRUE(decode_auth(read_frame(bytes, any_size).frame, Version::v5));
}

}  // namespace
}  // namespace wsmq::test
