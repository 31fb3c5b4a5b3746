// Every packet in every version, against bytes written by hand; and what becomes of the packets when they are cut off
// or altered.
#include "codec/samples.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "codec/frame.hpp"

namespace wsmq::test {
namespace {

using namespace wsmq::codec;

constexpr std::uint32_t any_size = limits::largest_packet;
constexpr std::array versions{Version::v3_1, Version::v3_1_1, Version::v5};

/// Reads on as a client does, until the stream ends or is bad. Whatever decodes must encode to the same again.
void walk(Bytes stream, Version version) {
    while (true) {
        const FrameResult found = read_frame(stream, any_size);
        if (found.status != FrameResult::Status::complete) return;
        ASSERT_GE(found.size, 2u);
        ASSERT_LE(found.size, stream.size());
        if (const auto packet = decode_any(found.frame, version)) {
            Buffer again;
            encode_any(again, found.frame.type, *packet, version);
            const FrameResult found_again = read_frame(again, any_size);
            ASSERT_EQ(found_again.status, FrameResult::Status::complete) << to_hex(stream);
            const auto packet_again = decode_any(found_again.frame, version);
            ASSERT_TRUE(packet_again) << to_hex(stream) << " became " << to_hex(again);
            ASSERT_TRUE(same(*packet, *packet_again)) << to_hex(stream) << " became " << to_hex(again);
        }
        stream = stream.subspan(found.size);
    }
}

class Samples : public testing::TestWithParam<Sample> {
protected:
    Octets bytes_ = octets(GetParam().notation);
    Version version_ = GetParam().version;
};

std::string name_of(const testing::TestParamInfo<Sample>& info) {
    const char* version = info.param.version == Version::v5       ? "_in_5_0"
                          : info.param.version == Version::v3_1_1 ? "_in_3_1_1"
                                                                  : "_in_3_1";
    return info.param.name + std::string{version};
}

TEST_P(Samples, EncodeToTheirExactBytes) {
    Buffer out;
    encode_any(out, static_cast<PacketType>(bytes_[0] >> 4), GetParam().packet, version_);
    EXPECT_EQ(to_hex(out), to_hex(bytes_));
}

TEST_P(Samples, DecodeFromTheirExactBytes) {
    const FrameResult found = read_frame(bytes_, any_size);
    ASSERT_EQ(found.status, FrameResult::Status::complete);
    EXPECT_EQ(found.size, bytes_.size());
    const auto packet = decode_any(found.frame, version_);
    ASSERT_TRUE(packet) << describe(packet.error());
    EXPECT_TRUE(same(*packet, GetParam().packet));
}

TEST_P(Samples, AreAppendedToWhatABufferHolds) {
    Buffer out = octets("C0 00");
    encode_any(out, static_cast<PacketType>(bytes_[0] >> 4), GetParam().packet, version_);
    EXPECT_EQ(to_hex(out), "C0 00 " + to_hex(bytes_));
}

TEST_P(Samples, AreIncompleteWhenCutOff) {
    for (std::size_t size = 0; size < bytes_.size(); ++size) {
        const Octets cut(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(size));
        const FrameResult found = read_frame(cut, any_size);
        EXPECT_EQ(found.status, FrameResult::Status::incomplete);
        EXPECT_EQ(found.size, size < 2 ? 0 : bytes_.size());
    }
}

TEST_P(Samples, WithTheirEndCutOffAndTheLengthMendedReadNothingBehindIt) {
    for (std::size_t size = 2; size < bytes_.size(); ++size) {
        Octets cut(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(size));
        cut[1] = static_cast<std::uint8_t>(size - 2);
        for (const Version version : versions) walk(cut, version);
    }
}

TEST_P(Samples, WithAnySingleByteAlteredNeitherCrashNorLoop) {
    Octets altered = bytes_;
    for (std::size_t at = 0; at < bytes_.size(); ++at) {
        for (unsigned value = 0; value < 256; ++value) {
            altered[at] = static_cast<std::uint8_t>(value);
            walk(altered, version_);
        }
        altered[at] = bytes_[at];
    }
}

TEST_P(Samples, InAnotherVersionNeitherCrashNorLoop) {
    for (const Version version : versions) walk(bytes_, version);
}

INSTANTIATE_TEST_SUITE_P(Packet, Samples, testing::ValuesIn(samples()), name_of);

}  // namespace
}  // namespace wsmq::test
