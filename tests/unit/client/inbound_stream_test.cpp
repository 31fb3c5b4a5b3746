#include "client/inbound_stream.hpp"

#include <algorithm>

#include "gtest/gtest.h"

namespace wsmq::client {
namespace {

using Status = codec::FrameResult::Status;
constexpr std::uint32_t no_limit = limits::largest_packet;

/// A PUBLISH-like packet whose body is `size` times the same byte.
std::vector<std::uint8_t> packet(std::size_t size, std::uint8_t byte) {
    std::vector<std::uint8_t> out{0x30};
    std::size_t rest = size;
    do {
        out.push_back(static_cast<std::uint8_t>((rest & 127) | (rest > 127 ? 128 : 0)));
        rest >>= 7;
    } while (rest > 0);
    out.insert(out.end(), size, byte);
    return out;
}

TEST(InboundStream, WholePacketsLieInTheChunk) {
    InboundStream stream;
    auto chunk = packet(5, 'a');
    const auto second = packet(0, 'b');
    chunk.insert(chunk.end(), second.begin(), second.end());
    stream.feed(chunk);
    const auto one = stream.next(no_limit);
    ASSERT_EQ(one.status, Status::complete);
    EXPECT_EQ(one.frame.body.data(), chunk.data() + 2) << "not copied";
    EXPECT_EQ(stream.next(no_limit).status, Status::complete);
    EXPECT_EQ(stream.next(no_limit).status, Status::incomplete);
    stream.exhausted();
    EXPECT_EQ(stream.next(no_limit).status, Status::incomplete);
}

TEST(InboundStream, SplitPacketsArePutTogether) {
    std::vector<std::uint8_t> all;
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < 50; ++i) {
        sizes.push_back(i * i % 400);
        const auto one = packet(sizes.back(), static_cast<std::uint8_t>(i));
        all.insert(all.end(), one.begin(), one.end());
    }
    for (std::size_t piece = 1; piece < 300; ++piece) {
        InboundStream stream;
        std::size_t found = 0;
        for (Bytes rest{all}; !rest.empty();) {
            const std::vector<std::uint8_t> chunk(
                rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(std::min(piece, rest.size())));
            rest = rest.subspan(chunk.size());
            stream.feed(chunk);
            for (auto one = stream.next(no_limit); one.status == Status::complete; one = stream.next(no_limit)) {
                ASSERT_LT(found, sizes.size());
                ASSERT_EQ(one.frame.body.size(), sizes[found]);
                const auto is_right = [found](std::uint8_t byte) { return byte == found; };
                ASSERT_TRUE(std::ranges::all_of(one.frame.body, is_right)) << piece << " " << found;
                ++found;
            }
            stream.exhausted();
        }
        ASSERT_EQ(found, sizes.size()) << piece;
    }
}

TEST(InboundStream, TellsWhatIsBadAcrossChunksToo) {
    for (const std::size_t piece : {1u, 6u}) {
        InboundStream stream;
        const std::vector<std::uint8_t> bad{0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01};
        Status last = Status::incomplete;
        for (std::size_t at = 0; at < bad.size() && last == Status::incomplete; at += piece) {
            stream.feed(Bytes{bad}.subspan(at, piece));
            last = stream.next(no_limit).status;
            if (last == Status::incomplete) stream.exhausted();
        }
        EXPECT_EQ(last, Status::bad);
    }
}

TEST(InboundStream, ResetForgetsABeginning) {
    InboundStream stream;
    const auto whole = packet(10, 'x');
    stream.feed(Bytes{whole}.first(5));
    EXPECT_EQ(stream.next(no_limit).status, Status::incomplete);
    stream.exhausted();
    stream.reset();
    stream.feed(whole);
    EXPECT_EQ(stream.next(no_limit).status, Status::complete);
}

TEST(InboundStream, AfterALargePacketSmallOnesStillCome) {
    InboundStream stream;
    const auto large = packet(1u << 20, 'x');
    for (int round = 0; round < 2; ++round) {
        stream.feed(Bytes{large}.first(1000));
        EXPECT_EQ(stream.next(no_limit).status, Status::incomplete);
        stream.exhausted();
        stream.feed(Bytes{large}.subspan(1000));
        EXPECT_EQ(stream.next(no_limit).frame.body.size(), 1u << 20);
    }
    const auto small = packet(3, 'y');
    stream.feed(small);
    EXPECT_EQ(stream.next(no_limit).frame.body.size(), 3u);
}

}  // namespace
}  // namespace wsmq::client
