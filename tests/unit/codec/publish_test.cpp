// What the hand-written samples do not show of PUBLISH and its acknowledgements.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "codec/decode.hpp"
#include "codec/encode.hpp"
#include "codec/octets.hpp"
#include "wsmq/property.hpp"

namespace wsmq::test {
namespace {

using namespace wsmq::codec;

constexpr std::uint32_t any_size = limits::largest_packet;

TEST(PublishPacket, WritesItsTopicAliasAsTheFirstProperty) {
    Buffer out;
    encode_publish(out, {.topic = "a", .properties = lasting("01 01"), .topic_alias = 0x0102}, Version::v5);
    EXPECT_EQ(to_hex(out), to_hex(octets("30 09 0001 'a' 05 23 0102 01 01")));
    const auto packet = decode_publish(read_frame(out, any_size).frame, Version::v5);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->topic_alias, 0x0102);
    EXPECT_EQ(PropertyView{packet->properties}.integer(PropertyId::payload_format_indicator), 1u);
}

TEST(PublishPacket, MayHaveAnAliasInsteadOfATopic) {
    Buffer out;
    encode_publish(out, {.payload = lasting("'x'"), .topic_alias = 1}, Version::v5);
    EXPECT_EQ(to_hex(out), to_hex(octets("30 07 0000 03 23 0001 'x'")));
}

TEST(PublishPacket, HasNeitherPropertiesNorAliasBelowMqtt5) {
    const Publish packet{.topic = "a", .properties = lasting("01 01"), .topic_alias = 7};
    Buffer out;
    encode_publish(out, packet, Version::v3_1_1);
    EXPECT_EQ(to_hex(out), to_hex(octets("30 03 0001 'a'")));
    EXPECT_EQ(publish_size(packet, Version::v3_1_1), out.size());
}

TEST(PublishPacket, IsAsLargeAsItsSizeSays) {
    for (const std::size_t payload_size : {0u, 1u, 120u, 125u, 130u, 16'370u, 16'400u, 2'097'140u, 2'097'160u}) {
        const Octets payload(payload_size, 0x5A);
        for (const Version version : {Version::v3_1, Version::v3_1_1, Version::v5}) {
            for (const Qos qos : {Qos::at_most_once, Qos::at_least_once, Qos::exactly_once}) {
                const Publish packet{.topic = "a/b", .payload = payload, .packet_identifier = 1, .qos = qos};
                Buffer out;
                encode_publish(out, packet, version);
                ASSERT_EQ(out.size(), publish_size(packet, version));
                const FrameResult found = read_frame(out, any_size);
                ASSERT_EQ(found.status, FrameResult::Status::complete);
                ASSERT_EQ(found.size, out.size());
                const auto again = decode_publish(found.frame, version);
                ASSERT_TRUE(again);
                ASSERT_EQ(again->payload.size(), payload_size);
            }
        }
    }
}

TEST(PublishPacket, IsTooLargeByItsSizeWhereItCannotBeEncoded) {
    // The bytes are never looked at, so there need not be any.
    static const std::uint8_t byte = 0;
    const Publish largest{.topic = "a", .payload = Bytes{&byte, limits::largest_packet - 8}};
    const Publish larger{.topic = "a", .payload = Bytes{&byte, limits::largest_packet - 7}};
    EXPECT_EQ(publish_size(largest, Version::v3_1_1), limits::largest_packet);
    EXPECT_GT(publish_size(larger, Version::v3_1_1), limits::largest_packet);
}

TEST(PublishPacket, LeavesRoomForAPayloadThatIsWrittenLater) {
    for (const Version version : {Version::v3_1_1, Version::v5}) {
        const Octets payload(300, 0x5A);
        Publish packet{.topic = "a/b", .payload = payload, .packet_identifier = 7, .qos = Qos::at_least_once};
        Buffer whole = octets("C0 00");
        encode_publish(whole, packet, version);
        Buffer filled = octets("C0 00");
        packet.payload = {};
        encode_publish_header(filled, packet, payload.size(), version);
        ASSERT_EQ(filled.size(), whole.size());
        std::copy(payload.begin(), payload.end(), filled.end() - static_cast<std::ptrdiff_t>(payload.size()));
        EXPECT_EQ(filled, whole);
    }
}

TEST(PublishPacket, TellsWhereItsPacketIdentifierStands) {
    for (const std::size_t payload_size : {0u, 200u, 20'000u}) {
        const Octets payload(payload_size);
        Buffer out;
        encode_publish(out, {.topic = "a/b", .payload = payload, .packet_identifier = 0xABCD, .qos = Qos::exactly_once},
                       Version::v5);
        const std::size_t at = packet_identifier_offset(out);
        EXPECT_EQ(out[at], 0xAB);
        EXPECT_EQ(out[at + 1], 0xCD);
    }
}

TEST(PublishPacket, GrowsABufferSeldom) {
    Buffer out;
    std::size_t moves = 0;
    const std::uint8_t* before = nullptr;
    for (int i = 0; i < 100'000; ++i) {
        encode_publish(out, {.topic = "a/b", .payload = lasting("00")}, Version::v5);
        moves += out.data() != before ? 1u : 0u;
        before = out.data();
    }
    EXPECT_LT(moves, 24u);
}

TEST(PublishPacket, LendsItsViewsFromTheBytesReceived) {
    const Octets bytes = octets("30 07 0003 'a/b' 00 'x'");
    const auto packet = decode_publish(read_frame(bytes, any_size).frame, Version::v5);
    ASSERT_TRUE(packet);
    EXPECT_EQ(static_cast<const void*>(packet->topic.data()), bytes.data() + 4);
    EXPECT_EQ(packet->payload.data(), bytes.data() + 8);
}

TEST(PublishPacket, IsNotJudgedByItsPayload) {
    // Says that it is UTF-8, and is not.
    const Octets bytes = octets("30 07 0001 'a' 02 01 01 FF");
    EXPECT_TRUE(decode_publish(read_frame(bytes, any_size).frame, Version::v5));
}

TEST(Acknowledgement, LeavesOutASuccessOfMqtt5) {
    const std::array types{PacketType::puback, PacketType::pubrec, PacketType::pubrel, PacketType::pubcomp};
    for (const PacketType type : types) {
        Buffer out;
        encode_acknowledgement(out, type, {.packet_identifier = 1}, Version::v5);
        EXPECT_EQ(out.size(), 4u);
    }
}

TEST(Acknowledgement, OfMqtt5MayTellItsSuccessAtLength) {
    for (const char* notation : {"40 03 0001 00", "40 04 0001 00 00"}) {
        const Octets bytes = octets(notation);
        const auto packet = decode_acknowledgement(read_frame(bytes, any_size).frame, Version::v5);
        ASSERT_TRUE(packet) << notation;
        EXPECT_EQ(packet->reason, ReasonCode::success);
        EXPECT_TRUE(packet->properties.empty());
    }
}

TEST(Acknowledgement, HasNeitherReasonNorPropertiesBelowMqtt5) {
    Buffer out;
    encode_acknowledgement(
        out, PacketType::pubrec,
        {.packet_identifier = 1, .reason = ReasonCode::quota_exceeded, .properties = lasting("1F 0001 'x'")},
        Version::v3_1_1);
    EXPECT_EQ(to_hex(out), to_hex(octets("50 02 0001")));
}

TEST(Acknowledgement, MayBeADuplicateInMqtt31) {
    const Octets bytes = octets("6A 02 0001");
    const auto packet = decode_acknowledgement(read_frame(bytes, any_size).frame, Version::v3_1);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->packet_identifier, 1);
}

}  // namespace
}  // namespace wsmq::test
