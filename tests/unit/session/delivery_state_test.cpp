#include "session/delivery_state.hpp"

#include "gtest/gtest.h"

namespace wsmq::session {
namespace {

using codec::PacketType;
using enum DeliveryState;

TEST(DeliveryState, QosOneEndsWithPuback) {
    EXPECT_EQ(next_delivery_state(awaiting_puback, PacketType::puback, false), done);
    EXPECT_EQ(next_delivery_state(awaiting_puback, PacketType::puback, true), done);
}

TEST(DeliveryState, QosTwoGoesOverPubrecToPubcomp) {
    EXPECT_EQ(next_delivery_state(awaiting_pubrec, PacketType::pubrec, false), awaiting_pubcomp);
    EXPECT_EQ(next_delivery_state(awaiting_pubrec, PacketType::pubrec, true), done);
    EXPECT_EQ(next_delivery_state(awaiting_pubcomp, PacketType::pubcomp, false), done);
    EXPECT_EQ(next_delivery_state(awaiting_pubcomp, PacketType::pubcomp, true), done);
    EXPECT_EQ(next_delivery_state(awaiting_pubcomp, PacketType::pubrec, false), awaiting_pubcomp);
}

TEST(DeliveryState, PubackEndsQos2AtBrokersWithoutIt) {
    for (const bool failure : {false, true}) {
        EXPECT_EQ(next_delivery_state(awaiting_pubrec, PacketType::puback, failure), done);
    }
}

TEST(DeliveryState, EverythingElseIsAProtocolError) {
    for (const bool failure : {false, true}) {
        EXPECT_EQ(next_delivery_state(awaiting_puback, PacketType::pubrec, failure), std::nullopt);
        EXPECT_EQ(next_delivery_state(awaiting_puback, PacketType::pubcomp, failure), std::nullopt);
        EXPECT_EQ(next_delivery_state(awaiting_pubrec, PacketType::pubcomp, failure), std::nullopt);
        EXPECT_EQ(next_delivery_state(awaiting_pubcomp, PacketType::puback, failure), std::nullopt);
        for (const auto packet : {PacketType::puback, PacketType::pubrec, PacketType::pubcomp}) {
            EXPECT_EQ(next_delivery_state(waiting, packet, failure), std::nullopt);
            EXPECT_EQ(next_delivery_state(done, packet, failure), std::nullopt);
        }
    }
}

TEST(DeliveryState, TheTableNamesEachStepOnce) {
    for (const auto& a : delivery_transitions) {
        std::size_t same = 0;
        for (const auto& b : delivery_transitions) {
            if (a.from == b.from && a.packet == b.packet && a.failure == b.failure) ++same;
        }
        EXPECT_EQ(same, 1u);
    }
}

}  // namespace
}  // namespace wsmq::session
