#include "wsmq/packet_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/frame.hpp"
#include "codec/samples.hpp"

namespace wsmq::test {
namespace {

using testing::ElementsAre;
using Direction = PacketLog::Direction;

/// The lines of what was sent, `size` bytes at a time.
std::vector<std::string> lines(PacketLog& log, Bytes stream, std::size_t size, Direction direction = Direction::sent) {
    std::vector<std::string> all;
    for (; !stream.empty(); stream = stream.subspan(std::min(size, stream.size()))) {
        Bytes chunk = stream.first(std::min(size, stream.size()));
        while (const auto packet = log.next(direction, chunk)) all.push_back(to_text(*packet));
        EXPECT_TRUE(chunk.empty());
    }
    return all;
}

std::vector<std::string> lines(std::string_view notation) {
    PacketLog log;
    return lines(log, lasting(notation), 1000);
}

TEST(PacketLog, NamesEveryPacketHoweverTheStreamIsCut) {
    for (const auto& sample : samples()) {
        const Octets packet = octets(sample.notation);
        Octets stream{packet};
        stream.insert(stream.end(), packet.begin(), packet.end());
        PacketLog whole;
        const auto expected = lines(whole, stream, stream.size());
        ASSERT_EQ(expected.size(), 2u) << sample.notation;
        EXPECT_EQ(expected[0], expected[1]);
        for (const std::size_t size : {1u, 2u, 3u, 7u}) {
            PacketLog log;
            EXPECT_EQ(lines(log, stream, size), expected) << sample.notation << " by " << size;
        }
    }
}

TEST(PacketLog, SaysWhatMatters) {
    EXPECT_THAT(
        lines("10 0F 0004 'MQTT' 05 02 001E 00 0002 'c1' 82 0A 0007 00 0004 'a/#b' 01"
              "33 0A 0003 'a/b' 0009 00 'hi' C0 00 40 02 0009 50 03 0009 97 E0 01 8E"),
        ElementsAre("CONNECT \"c1\", 17 bytes", "SUBSCRIBE \"a/#b\", packet identifier 7, 12 bytes",
                    "PUBLISH \"a/b\", QoS 1, retain, packet identifier 9, 12 bytes", "PINGREQ, 2 bytes",
                    "PUBACK, packet identifier 9, 4 bytes", "PUBREC, packet identifier 9, Quota exceeded, 5 bytes",
                    "DISCONNECT, Session taken over, 3 bytes"));
}

TEST(PacketLog, KnowsTheVersionOfTheConnectionInBothDirections) {
    PacketLog log;
    lines(log, lasting("10 0E 0004 'MQTT' 04 02 001E 0002 'c1'"), 1000);
    EXPECT_THAT(
        lines(log, lasting("20 02 0005 90 04 0007 01 80"), 1000, Direction::received),
        ElementsAre("CONNACK, Not authorized, 4 bytes", "SUBACK, packet identifier 7, Unspecified error, 6 bytes"));
    log.begin();
    lines(log, lasting("10 0F 0004 'MQTT' 05 02 001E 00 0002 'c1'"), 1000);
    EXPECT_THAT(
        lines(log, lasting("20 03 01 00 00 90 05 0007 00 01 87"), 1000, Direction::received),
        ElementsAre("CONNACK, session present, 5 bytes", "SUBACK, packet identifier 7, Not authorized, 7 bytes"));
}

TEST(PacketLog, NeverShowsASecretOrAPayload) {
    const auto all = lines(
        "10 21 0004 'MQTT' 04 EC 003C 0002 'c1' 0003 'w/t' 0003 'bye' 0003 'ann' 0002 'pw'"
        "30 0C 0003 'a/b' 'payload'");
    for (const auto& line : all) {
        for (const char* hidden : {"bye", "ann", "pw", "payload"}) {
            EXPECT_THAT(line, testing::Not(testing::HasSubstr(hidden)));
        }
    }
}

TEST(PacketLog, ControlsOfAPeerDoNotReachATerminal) {
    EXPECT_THAT(lines("30 0C 000A 1B '[2J' 0A 22 5C C29B 'x'"),
                ElementsAre("PUBLISH \"\\x1b[2J\\x0a\\x22\\x5c\\xc2\x9Bx\", QoS 0, 14 bytes"));
}

TEST(PacketLog, KeepsNoLongPacket) {
    Octets stream = octets("30 C6A604 C350");
    stream.resize(stream.size() + 50'000, 'a');
    stream.resize(stream.size() + 20'000 + 4, 'x');
    stream.resize(4 + 70'470);
    PacketLog log;
    const auto all = lines(log, stream, 1000);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0], "PUBLISH \"" + std::string(256 - 6, 'a') + "\", QoS 0, 70474 bytes");
}

TEST(PacketLog, BytesThatAreNoMqttEndItsDirectionUntilTheNextConnection) {
    PacketLog log;
    EXPECT_TRUE(lines(log, lasting("'HTTP/1.1 200 OK' C0 00"), 1000, Direction::received).empty());
    EXPECT_THAT(lines(log, lasting("C0 00"), 1000), ElementsAre("PINGREQ, 2 bytes"));
    log.begin();
    EXPECT_THAT(lines(log, lasting("D0 00"), 1000, Direction::received), ElementsAre("PINGRESP, 2 bytes"));
}

}  // namespace
}  // namespace wsmq::test
