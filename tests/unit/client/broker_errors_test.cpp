// What a broker may not do: the connection ends with the right DISCONNECT reason, and the user is told.
#include <ostream>

#include "support/bench.hpp"

namespace wsmq::test {
namespace {

struct Row {
    const char* what;
    Block bytes;
    Errc error;
    ReasonCode said;

    friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.what; }
};

constexpr auto malformed = ReasonCode::malformed_packet;
constexpr auto protocol = ReasonCode::protocol_error;

const std::vector<Row>& rows() {
    static const std::vector<Row> table{
        {"type 0 is reserved", {0x00, 0x00}, Errc::malformed_packet, malformed},
        {"a length of five bytes", {0x30, 0x80, 0x80, 0x80, 0x80, 0x01}, Errc::malformed_packet, malformed},
        {"flags of PUBACK [MQTT-2.1.3-1]", {0x41, 0x02, 0, 1}, Errc::malformed_packet, malformed},
        {"flags of PUBREL [MQTT-2.1.3-1]", {0x60, 0x02, 0, 1}, Errc::malformed_packet, malformed},
        {"QoS 3 [MQTT-3.3.1-4]", {0x36, 0x06, 0, 1, 'a', 0, 1, 0}, Errc::malformed_packet, malformed},
        {"DUP at QoS 0 [MQTT-3.3.1-2]", {0x38, 0x04, 0, 1, 'a', 0}, Errc::malformed_packet, malformed},
        {"PUBLISH without a packet identifier", {0x32, 0x03, 0, 1, 'a'}, Errc::malformed_packet, malformed},
        {"packet identifier 0 in PUBLISH [MQTT-2.2.1-3]",
         {0x32, 0x06, 0, 1, 'a', 0, 0, 0},
         Errc::protocol_error,
         protocol},
        {"packet identifier 0 in PUBACK", {0x40, 0x02, 0, 0}, Errc::protocol_error, protocol},
        {"a topic longer than its packet", {0x30, 0x04, 0, 9, 'a', 0}, Errc::malformed_packet, malformed},
        {"a topic that is not UTF-8 [MQTT-1.5.4-1]", {0x30, 0x04, 0, 1, 0xFF, 0}, Errc::malformed_packet, malformed},
        {"a topic with U+0000 [MQTT-1.5.4-2]", {0x30, 0x04, 0, 1, 0, 0}, Errc::malformed_packet, malformed},
        {"a wildcard in a topic name [MQTT-3.3.2-2]", {0x30, 0x04, 0, 1, '#', 0}, Errc::malformed_packet, malformed},
        {"no topic and no alias", {0x30, 0x03, 0, 0, 0}, Errc::protocol_error, protocol},
        {"properties longer than their packet", {0x30, 0x04, 0, 1, 'a', 9}, Errc::malformed_packet, malformed},
        {"an unknown property", {0x30, 0x06, 0, 1, 'a', 2, 0x7F, 0}, Errc::malformed_packet, malformed},
        {"a property of another packet", {0x30, 0x07, 0, 1, 'a', 3, 0x21, 0, 1}, Errc::malformed_packet, malformed},
        {"a property that stands twice", {0x30, 0x08, 0, 1, 'a', 4, 1, 0, 1, 0}, Errc::protocol_error, protocol},
        {"an unknown reason code in PUBACK", {0x40, 0x03, 0, 1, 0x42}, Errc::protocol_error, protocol},
        {"PUBACK that is too short", {0x40, 0x01, 0}, Errc::malformed_packet, malformed},
        {"an unknown reason code in PUBREL", {0x62, 0x03, 0, 1, 0x42}, Errc::protocol_error, protocol},
        {"an unknown reason code in DISCONNECT", {0xE0, 0x02, 0x42, 0}, Errc::protocol_error, protocol},
        {"SUBACK without a code", {0x90, 0x03, 0, 1, 0}, Errc::protocol_error, protocol},
        {"PINGRESP with a body", {0xD0, 0x01, 0}, Errc::malformed_packet, malformed},
        {"CONNECT", {0x10, 0x00}, Errc::protocol_error, protocol},
        {"SUBSCRIBE", {0x82, 0x06, 0, 1, 0, 1, 'a', 0}, Errc::protocol_error, protocol},
        {"UNSUBSCRIBE", {0xA2, 0x05, 0, 1, 0, 1, 'a'}, Errc::protocol_error, protocol},
        {"PINGREQ", {0xC0, 0x00}, Errc::protocol_error, protocol},
        {"a second CONNACK [MQTT-3.2.0-2]", {0x20, 0x03, 0, 0, 0}, Errc::protocol_error, protocol},
        {"AUTH that nobody asked for", {0xF0, 0x00}, Errc::protocol_error, protocol},
    };
    return table;
}

class BrokerErrors : public testing::TestWithParam<Row> {};

TEST_P(BrokerErrors, EndTheConnectionWithTheirReason) {
    Bench bench;
    bench.connect();
    bench.send_bytes(GetParam().bytes);
    bench.expect(disconnect(GetParam().said)).expect_hang_up();
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, GetParam().error);
    EXPECT_TRUE(end.was_connected);
    EXPECT_TRUE(end.reconnecting);
    bench.expect_no_event();
    EXPECT_FALSE(bench.client().is_connected());
    bench.reconnect(connack());
}

TEST_P(BrokerErrors, ComeByteByByteAndBehindGoodPackets) {
    Bench bench;
    bench.connect();
    bench.send_in_pieces(publish("good", "1"), 1);
    EXPECT_EQ(bench.event<seen::Message>().payload, "1");
    for (const std::uint8_t byte : GetParam().bytes) {
        if (bench.transport() == Bench::Transport::open) bench.send_bytes({byte});
    }
    EXPECT_EQ(bench.event<seen::Disconnected>().why, GetParam().error);
    bench.expect(disconnect(GetParam().said)).expect_hang_up().expect_no_event();
}

TEST_P(BrokerErrors, WhatFollowsThemIsNotRead) {
    Bench bench;
    bench.connect();
    Block stream = encode_from_broker(publish("before", "1").at(qos1, 1), Version::v5);
    stream.insert(stream.end(), GetParam().bytes.begin(), GetParam().bytes.end());
    const Block after = encode_from_broker(publish("after", "2").at(qos1, 2), Version::v5);
    stream.insert(stream.end(), after.begin(), after.end());
    bench.send_bytes(stream);
    EXPECT_EQ(bench.event<seen::Message>().topic, "before");
    EXPECT_EQ(bench.event<seen::Disconnected>().why, GetParam().error);
    bench.expect(puback(1)).expect(disconnect(GetParam().said)).expect_hang_up().expect_no_event();
}

INSTANTIATE_TEST_SUITE_P(Table, BrokerErrors, testing::ValuesIn(rows()));

TEST(BrokerErrorsBefore5, CloseWithoutASaying) {
    for (const Version version : {Version::v3_1, Version::v3_1_1}) {
        Bench bench{plain_options(version)};
        bench.connect();
        bench.send_bytes({0x36, 0x05, 0, 1, 'a', 0, 1}).expect_silence().expect_hang_up();
        EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::malformed_packet);
    }
}

TEST(BrokerErrorsBefore5, KnowNeitherDisconnectNorAuth) {
    for (const int type : {0xE0, 0xF0}) {
        Bench bench{plain_options(Version::v3_1_1)};
        bench.connect();
        bench.send_bytes({static_cast<std::uint8_t>(type), 0}).expect_silence().expect_hang_up();
        EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
    }
}

TEST(BrokerErrorsBeforeConnack, EndTheAttempt) {
    for (const Block& bytes : {Block{0x20, 0x03, 0x02, 0, 0}, Block{0x20, 0x02, 0, 0}, Block{0x20, 0x03, 1, 0x87, 0},
                               Block{0x00}, Block{0x20, 0x03, 0, 0x42, 0}}) {
        SCOPED_TRACE(hex(bytes));
        Bench bench;
        bench.begin_connecting();
        bench.send_bytes(bytes);
        EXPECT_FALSE(bench.event<seen::Disconnected>().was_connected);
        bench.expect_hang_up().expect_no_event();
        bench.forget();
    }
}

TEST(BrokerErrorsAtAll, AnAliasOfZeroIsInvalid) {  // [MQTT-3.3.2-8]
    Bench bench;
    bench.connect();
    bench.send_bytes({0x30, 0x07, 0, 1, 'a', 3, 0x23, 0, 0}).expect_hang_up();
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_TRUE(end.why == Errc::topic_alias_invalid || end.why == Errc::protocol_error) << end;
    bench.take(PacketType::disconnect);
}

}  // namespace
}  // namespace wsmq::test
