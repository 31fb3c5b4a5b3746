#include "codec/frame.hpp"

#include <gtest/gtest.h>

#include "codec/octets.hpp"

namespace wsmq::test {
namespace {

using namespace wsmq::codec;
using Status = FrameResult::Status;

constexpr std::uint32_t any_size = limits::largest_packet;

TEST(Frame, EndsWhereItsLengthSays) {
    const Octets stream = octets("32 03 AABBCC C0 00");
    const FrameResult found = read_frame(stream, any_size);
    ASSERT_EQ(found.status, Status::complete);
    EXPECT_EQ(found.size, 5u);
    EXPECT_EQ(found.frame.type, PacketType::publish);
    EXPECT_EQ(found.frame.flags, 2);
    EXPECT_EQ(to_hex(found.frame.body), "AA BB CC ");
    const FrameResult next = read_frame(Bytes{stream}.subspan(found.size), any_size);
    ASSERT_EQ(next.status, Status::complete);
    EXPECT_EQ(next.frame.type, PacketType::pingreq);
    EXPECT_TRUE(next.frame.body.empty());
}

TEST(Frame, OfAnyLengthIsFramed) {
    for (const std::size_t length : {0u, 127u, 128u, 16'383u, 16'384u, 2'097'151u, 2'097'152u}) {
        Octets stream{0x30};
        for (std::size_t rest = length; true; rest >>= 7) {
            stream.push_back(static_cast<std::uint8_t>(rest < 0x80 ? rest : rest | 0x80u));
            if (rest < 0x80) break;
        }
        const std::size_t size = stream.size() + length;
        const FrameResult begun = read_frame(stream, any_size);
        EXPECT_EQ(begun.status, length == 0 ? Status::complete : Status::incomplete);
        EXPECT_EQ(begun.size, size);
        stream.resize(size);
        const FrameResult found = read_frame(stream, any_size);
        ASSERT_EQ(found.status, Status::complete);
        EXPECT_EQ(found.size, size);
        EXPECT_EQ(found.frame.body.size(), length);
    }
}

TEST(Frame, IsIncompleteAndOfUnknownSizeWhileItsLengthIsNotThere) {
    for (const char* notation : {"", "30", "30 80", "30 8080", "30 808080"}) {
        const FrameResult found = read_frame(octets(notation), any_size);
        EXPECT_EQ(found.status, Status::incomplete) << notation;
        EXPECT_EQ(found.size, 0u) << notation;
    }
}

TEST(Frame, TellsHowManyBytesItNeedsAsSoonAsItIsKnown) {
    const FrameResult found = read_frame(octets("30 FFFFFF7F 00"), any_size);
    EXPECT_EQ(found.status, Status::incomplete);
    EXPECT_EQ(found.size, limits::largest_packet);
}

TEST(Frame, ThatIsTooLargeIsRefusedBeforeItCame) {
    const Octets stream = octets("30 8001");  // 131 bytes in all
    EXPECT_EQ(read_frame(stream, 131).status, Status::incomplete);
    const FrameResult found = read_frame(stream, 130);
    EXPECT_EQ(found.status, Status::bad);
    EXPECT_EQ(found.error, Errc::packet_too_large);
}

TEST(Frame, WithBadFlagsIsRefusedByItsFirstByte) {
    // MQTT 5.0, table 2-2; PUBLISH takes any flags here, and the three with 2 take the duplicate flag of MQTT 3.1.
    const std::uint16_t allowed[16] = {0,
                                       1 << 0,
                                       1 << 0,
                                       0xFFFF,
                                       1 << 0,
                                       1 << 0,
                                       1 << 2 | 1 << 10,
                                       1 << 0,
                                       1 << 2 | 1 << 10,
                                       1 << 0,
                                       1 << 2 | 1 << 10,
                                       1 << 0,
                                       1 << 0,
                                       1 << 0,
                                       1 << 0,
                                       1 << 0};
    for (unsigned first = 0; first < 256; ++first) {
        const bool sound = (allowed[first >> 4] >> (first & 15u) & 1u) != 0;
        const FrameResult found = read_frame(Octets{static_cast<std::uint8_t>(first)}, any_size);
        EXPECT_EQ(found.status, sound ? Status::incomplete : Status::bad) << first;
        EXPECT_EQ(found.error, sound ? Errc::none : Errc::malformed_packet) << first;
    }
}

TEST(Frame, WithALengthOfFiveBytesOrNotInItsShortestFormIsMalformed) {
    for (const char* notation : {"30 80808080", "30 FFFFFFFF 7F", "C0 8000", "30 FFFF00", "30 80808000"}) {
        const FrameResult found = read_frame(octets(notation), any_size);
        EXPECT_EQ(found.status, Status::bad) << notation;
        EXPECT_EQ(found.error, Errc::malformed_packet) << notation;
    }
}

}  // namespace
}  // namespace wsmq::test
