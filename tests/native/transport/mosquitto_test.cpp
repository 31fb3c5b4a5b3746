// Each transport carries MQTT to and from a real broker.
#include "support/mosquitto_suite.hpp"

#include <gtest/gtest.h>

namespace wsmq::native::test {
namespace {

/// CONNECT of MQTT 3.1.1 with a clean session and the client identifier "t".
const std::string connect_packet{"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01t", 15};
const std::string connack_packet{"\x20\x02\x00\x00", 4};
const std::string subscribe_packet{"\x82\x06\x00\x01\x00\x01x\x00", 8};
const std::string suback_packet{"\x90\x03\x00\x01\x00", 5};

/// PUBLISH at QoS 0 to the topic "x".
std::string publish_packet(const std::string& payload) {
    std::string packet = "\x30";
    for (auto rest = payload.size() + 3; rest > 0; rest >>= 7)
        packet += static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    return packet + std::string("\x00\x01x", 3) + payload;
}

class MosquittoTest : public MosquittoSuite {
protected:
    static TransportOptions trusting() { return {.tls = {.ca_file = mosquitto->authority().file()}}; }
};

class MosquittoTransportTest : public MosquittoTest, public testing::WithParamInterface<const char*> {};

TEST_P(MosquittoTransportTest, CarriesPacketsOfEverySizeBothWays) {
    Rig rig{loop, mosquitto->url(GetParam()), trusting()};
    ASSERT_FALSE(rig.open()) << rig.detail();
    ASSERT_FALSE(rig.write(connect_packet));
    auto expected = connack_packet;
    ASSERT_EQ(rig.read(expected.size()), expected);
    ASSERT_FALSE(rig.write(subscribe_packet));
    expected += suback_packet;
    ASSERT_EQ(rig.read(expected.size()), expected);
    std::string packets;
    for (const std::size_t size : {0u, 1u, 125u, 5'000u, 20'000u}) packets += publish_packet(std::string(size, 'p'));
    // To a WebSocket Debian's Mosquitto hands 4 KiB at a time, every 100 ms.
    if (std::string{GetParam()}.starts_with("mqtt")) packets += publish_packet(std::string(1'000'000, 'p'));
    ASSERT_FALSE(rig.write(packets));
    expected += packets;
    EXPECT_TRUE(rig.read(expected.size()) == expected);
    // Split in the middle of a packet.
    const auto packet = publish_packet("in two");
    ASSERT_FALSE(rig.write(packet.substr(0, 3)));
    ASSERT_FALSE(rig.write(packet.substr(3)));
    expected += packet;
    EXPECT_TRUE(rig.read(expected.size()) == expected);
    rig.transport->close();
    loop.run_out();
}

TEST_P(MosquittoTransportTest, EndsWhenTheBrokerEndsIt) {
    Rig rig{loop, mosquitto->url(GetParam()), trusting()};
    ASSERT_FALSE(rig.open()) << rig.detail();
    ASSERT_FALSE(rig.write(connect_packet + connect_packet));  // a second CONNECT is a violation (MQTT 3.1.1, 3.1.0-2)
    rig.read_to_the_end();
    EXPECT_TRUE(rig.read_error == TransportError::closed_by_peer || rig.read_error == TransportError::connection_lost)
        << rig.read_error->message();
    rig.transport->close();
    loop.run_out();
}

INSTANTIATE_TEST_SUITE_P(EachTransport, MosquittoTransportTest, testing::Values("mqtt", "mqtts", "ws", "wss"),
                         [](const auto& scheme) { return std::string{scheme.param}; });

TEST_F(MosquittoTest, ACertificateThatIsDemandedIsShown) {
    const auto own = mosquitto->authority().issue({.common_name = "ann", .names = {}});
    auto options = trusting();
    options.tls.certificate_file = own.certificate;
    options.tls.private_key_file = own.private_key;
    Rig rig{loop, mosquitto->demanding_url(), options};
    ASSERT_FALSE(rig.open()) << rig.detail();
    ASSERT_FALSE(rig.write(connect_packet));
    EXPECT_EQ(rig.read(4), connack_packet);

    Rig without{loop, mosquitto->demanding_url(), trusting()};
    const auto opening = without.open();
    EXPECT_EQ(opening ? opening : without.read_to_the_end(), TransportError::tls_failed);
}

TEST_F(MosquittoTest, AnAuthorityThatIsNotTrustedIsRefused) {
    for (const auto* scheme : {"mqtts", "wss"}) {
        Rig rig{loop, mosquitto->url(scheme)};
        EXPECT_EQ(rig.open(), TransportError::certificate_untrusted);
    }
}

}  // namespace
}  // namespace wsmq::native::test
