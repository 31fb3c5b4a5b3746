#include "session/outgoing_state.hpp"

#include "gtest/gtest.h"

namespace wsmq::session {
namespace {

using codec::PacketType;
using enum OutgoingState;

TEST(OutgoingState, QosOneEndsWithPuback) {
    EXPECT_EQ(acknowledged(awaiting_puback, PacketType::puback, false), done);
    EXPECT_EQ(acknowledged(awaiting_puback, PacketType::puback, true), done);
}

TEST(OutgoingState, QosTwoGoesOverPubrecToPubcomp) {
    EXPECT_EQ(acknowledged(awaiting_pubrec, PacketType::pubrec, false), awaiting_pubcomp);
    EXPECT_EQ(acknowledged(awaiting_pubrec, PacketType::pubrec, true), done);
    EXPECT_EQ(acknowledged(awaiting_pubcomp, PacketType::pubcomp, false), done);
    EXPECT_EQ(acknowledged(awaiting_pubcomp, PacketType::pubcomp, true), done);
    EXPECT_EQ(acknowledged(awaiting_pubcomp, PacketType::pubrec, false), awaiting_pubcomp);
}

TEST(OutgoingState, PubackEndsQos2AtBrokersWithoutIt) {
    for (const bool failure : {false, true}) {
        EXPECT_EQ(acknowledged(awaiting_pubrec, PacketType::puback, failure), done);
    }
}

TEST(OutgoingState, EverythingElseIsAProtocolError) {
    for (const bool failure : {false, true}) {
        EXPECT_EQ(acknowledged(awaiting_puback, PacketType::pubrec, failure), std::nullopt);
        EXPECT_EQ(acknowledged(awaiting_puback, PacketType::pubcomp, failure), std::nullopt);
        EXPECT_EQ(acknowledged(awaiting_pubrec, PacketType::pubcomp, failure), std::nullopt);
        EXPECT_EQ(acknowledged(awaiting_pubcomp, PacketType::puback, failure), std::nullopt);
        for (const auto packet : {PacketType::puback, PacketType::pubrec, PacketType::pubcomp}) {
            EXPECT_EQ(acknowledged(waiting, packet, failure), std::nullopt);
            EXPECT_EQ(acknowledged(done, packet, failure), std::nullopt);
        }
    }
}

TEST(OutgoingState, TheTableNamesEachStepOnce) {
    for (const auto& a : outgoing_transitions) {
        std::size_t same = 0;
        for (const auto& b : outgoing_transitions) {
            if (a.from == b.from && a.packet == b.packet && a.failure == b.failure) ++same;
        }
        EXPECT_EQ(same, 1u);
    }
}

}  // namespace
}  // namespace wsmq::session
