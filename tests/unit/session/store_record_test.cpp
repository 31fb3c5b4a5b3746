#include "session/store_record.hpp"

#include "codec/encode.hpp"
#include "gtest/gtest.h"
#include "session/inflight_messages.hpp"

namespace wsmq::session {
namespace {

InflightMessage message_of(DeliveryState state, Version version) {
    InflightMessage message;
    message.packet_identifier = 0x1234;
    message.qos = Qos::exactly_once;
    message.state = state;
    codec::Publish packet;
    packet.topic = "topic";
    packet.packet_identifier = 0x1234;
    packet.qos = Qos::exactly_once;
    packet.retain = true;
    codec::encode_publish(message.packet, packet, version);
    return message;
}

std::vector<std::uint8_t> record_of(const InflightMessage& message, Version version) {
    std::vector<std::uint8_t> record;
    encode_record(record, message, version);
    return record;
}

TEST(StoreRecord, ComesBackAsItWas) {
    for (const Version version : {Version::v3_1, Version::v3_1_1, Version::v5}) {
        const auto message = message_of(DeliveryState::awaiting_pubrec, version);
        const auto stored = decode_record(record_of(message, version), version);
        ASSERT_TRUE(stored);
        EXPECT_EQ(stored->state, DeliveryState::waiting);
        EXPECT_EQ(stored->packet_identifier, 0x1234);
        EXPECT_EQ(stored->packet, message.packet);
    }
}

TEST(StoreRecord, OfAReleasedMessageHasNoPacket) {
    auto message = message_of(DeliveryState::awaiting_pubcomp, Version::v5);
    message.packet.clear();
    const auto stored = decode_record(record_of(message, Version::v5), Version::v5);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->state, DeliveryState::awaiting_pubcomp);
    EXPECT_EQ(stored->packet_identifier, 0x1234);
    EXPECT_TRUE(stored->packet.empty());
}

TEST(StoreRecord, IsEncodedAnewForAnotherVersion) {
    for (const auto& [from, to] : {std::pair{Version::v5, Version::v3_1_1}, std::pair{Version::v3_1_1, Version::v5}}) {
        const auto stored = decode_record(record_of(message_of(DeliveryState::waiting, from), from), to);
        ASSERT_TRUE(stored);
        EXPECT_EQ(stored->packet, message_of(DeliveryState::waiting, to).packet);
    }
}

TEST(StoreRecord, EveryTruncationIsRefused) {
    const auto record = record_of(message_of(DeliveryState::waiting, Version::v5), Version::v5);
    for (std::size_t size = 0; size < record.size(); ++size) {
        EXPECT_FALSE(decode_record(Bytes{record}.first(size), Version::v5)) << size;
    }
    EXPECT_TRUE(decode_record(record, Version::v5));
}

TEST(StoreRecord, EveryChangedByteIsRefusedOrSound) {
    const auto record = record_of(message_of(DeliveryState::waiting, Version::v5), Version::v5);
    for (std::size_t at = 0; at < record.size(); ++at) {
        for (int value = 0; value < 256; ++value) {
            auto changed = record;
            changed[at] = static_cast<std::uint8_t>(value);
            const auto stored = decode_record(changed, Version::v5);
            if (!stored || stored->state == DeliveryState::awaiting_pubcomp) continue;
            const auto frame = codec::read_frame(stored->packet, limits::largest_packet);
            EXPECT_EQ(frame.status, codec::FrameResult::Status::complete);
            EXPECT_EQ(frame.frame.type, codec::PacketType::publish);
        }
    }
}

}  // namespace
}  // namespace wsmq::session
