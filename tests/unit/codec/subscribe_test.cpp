// What the hand-written samples do not show of SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK.
#include <gtest/gtest.h>

#include <array>

#include "codec/decode.hpp"
#include "codec/encode.hpp"
#include "codec/octets.hpp"

namespace wsmq::test {
namespace {

using namespace wsmq::codec;

constexpr std::uint32_t any_size = limits::largest_packet;

constexpr std::array subscriptions{
    Subscription{.topic_filter = "a/+",
                 .qos = Qos::exactly_once,
                 .no_local = true,
                 .retain_as_published = true,
                 .retain_handling = RetainHandling::do_not_send},
    Subscription{.topic_filter = "#", .retain_handling = RetainHandling::send_if_new},
};

TEST(SubscribePacket, WritesAllOptionsInMqtt5) {
    Buffer out;
    encode_subscribe(out, 1, subscriptions, lasting("0B 05"), Version::v5);
    EXPECT_EQ(to_hex(out), to_hex(octets("82 0F 0001 02 0B05 0003 'a/+' 2E 0001 '#' 10")));
}

TEST(SubscribePacket, WritesTheQosAloneBelowMqtt5) {
    for (const Version version : {Version::v3_1, Version::v3_1_1}) {
        Buffer out;
        encode_subscribe(out, 1, subscriptions, lasting("0B 05"), version);
        EXPECT_EQ(to_hex(out), to_hex(octets("82 0C 0001 0003 'a/+' 02 0001 '#' 00")));
    }
}

TEST(SubscriptionView, TellsWhatWasAskedFor) {
    Buffer out;
    encode_subscribe(out, 1, subscriptions, {}, Version::v5);
    const auto packet = decode_subscribe(read_frame(out, any_size).frame, Version::v5);
    ASSERT_TRUE(packet);
    SubscriptionView view{packet->payload};
    for (const Subscription& asked : subscriptions) {
        Subscription told;
        ASSERT_TRUE(view.next(told, Version::v5));
        EXPECT_EQ(told.topic_filter, asked.topic_filter);
        EXPECT_EQ(told.qos, asked.qos);
        EXPECT_EQ(told.no_local, asked.no_local);
        EXPECT_EQ(told.retain_as_published, asked.retain_as_published);
        EXPECT_EQ(told.retain_handling, asked.retain_handling);
    }
    Subscription none;
    EXPECT_FALSE(view.next(none, Version::v5));
    EXPECT_TRUE(view.ok());
}

TEST(SubscriptionView, EndsWhereThePayloadIsNotSound) {
    const Octets payload = octets("0001 'a' 01 0001 'b' 03 0001 'c' 00");
    SubscriptionView view{payload};
    Subscription told;
    EXPECT_TRUE(view.next(told, Version::v5));
    EXPECT_FALSE(view.next(told, Version::v5));
    EXPECT_FALSE(view.ok());
    EXPECT_EQ(view.error(), Errc::protocol_error);
    EXPECT_FALSE(view.next(told, Version::v5));
}

TEST(SubscribePacket, MayBeADuplicateInMqtt31) {
    const Octets subscribe = octets("8A 06 0001 0001 'a' 00");
    EXPECT_TRUE(decode_subscribe(read_frame(subscribe, any_size).frame, Version::v3_1));
    const Octets unsubscribe = octets("AA 05 0001 0001 'a'");
    EXPECT_TRUE(decode_unsubscribe(read_frame(unsubscribe, any_size).frame, Version::v3_1));
}

TEST(UnsubackPacket, WritesNoCodesBelowMqtt5) {
    Buffer out;
    encode_unsuback(out, {.packet_identifier = 1, .reason_codes = lasting("00 11")}, Version::v3_1_1);
    EXPECT_EQ(to_hex(out), to_hex(octets("B0 02 0001")));
}

}  // namespace
}  // namespace wsmq::test
