#include "session/packet_identifiers.hpp"

#include <deque>

#include "gtest/gtest.h"

namespace wsmq::session {
namespace {

TEST(PacketIdentifiers, GoInTurnFromOne) {
    PacketIdentifiers identifiers;
    for (std::uint16_t expected = 1; expected <= 300; ++expected) EXPECT_EQ(identifiers.allocate(0), expected);
    EXPECT_EQ(identifiers.size(), 300u);
}

TEST(PacketIdentifiers, RestAsLongAsPossibleBeforeTheyComeBack) {
    PacketIdentifiers identifiers;
    const auto first = identifiers.allocate(0);
    identifiers.release(*first);
    EXPECT_EQ(identifiers.allocate(0), 2);
}

TEST(PacketIdentifiers, AreNeverZeroOrInUseOverMillions) {  // [MQTT-2.2.1-3]
    PacketIdentifiers identifiers;
    std::vector<bool> in_use(65'536);
    in_use[*identifiers.allocate(0)] = true;  // for ever
    std::deque<std::uint16_t> open;
    std::size_t wrong = 0;
    for (std::uint32_t i = 0; i < 2'000'000; ++i) {
        const auto id = identifiers.allocate(i).value_or(0);
        if (id == 0 || in_use[id]) ++wrong;
        in_use[id] = true;
        open.push_back(id);
        for (const std::size_t most = i % 101; open.size() > most; open.pop_front()) {
            if (!identifiers.find(open.front())) ++wrong;
            identifiers.release(open.front());
            in_use[open.front()] = false;
        }
    }
    EXPECT_EQ(wrong, 0u);
}

TEST(PacketIdentifiers, KnowWhatTheyStandFor) {
    PacketIdentifiers identifiers;
    for (std::uint32_t value = 0; value < 1000; ++value) (void)identifiers.allocate(value * 7);
    for (std::uint16_t id = 1; id <= 1000; ++id) EXPECT_EQ(identifiers.find(id), (id - 1u) * 7);
    EXPECT_EQ(identifiers.find(0), std::nullopt);
    EXPECT_EQ(identifiers.find(1001), std::nullopt);
}

TEST(PacketIdentifiers, GiveOutAll65535AndNoMore) {
    PacketIdentifiers identifiers;
    std::vector<bool> seen(65'536);
    for (int i = 0; i < 65'535; ++i) {
        const auto id = identifiers.allocate(0);
        ASSERT_TRUE(id && *id != 0 && !seen[*id]) << i;
        seen[*id] = true;
    }
    EXPECT_EQ(identifiers.allocate(0), std::nullopt);
    identifiers.release(40'000);
    EXPECT_EQ(identifiers.allocate(5), 40'000);
    EXPECT_EQ(identifiers.find(40'000), 5u);
    EXPECT_EQ(identifiers.allocate(0), std::nullopt);
}

TEST(PacketIdentifiers, AFarOneDoesNotStandInTheWay) {
    // 1 stays; 65 and 129 would lie in its slot while there are few.
    PacketIdentifiers identifiers;
    EXPECT_EQ(identifiers.allocate(11), 1);
    for (int i = 0; i < 1000; ++i) {
        const auto id = identifiers.allocate(22);
        ASSERT_TRUE(id);
        EXPECT_EQ(identifiers.find(*id), 22u);
        identifiers.release(*id);
    }
    EXPECT_EQ(identifiers.find(1), 11u);
    EXPECT_EQ(identifiers.size(), 1u);
}

TEST(PacketIdentifiers, CanBeReserved) {
    PacketIdentifiers identifiers;
    EXPECT_TRUE(identifiers.reserve(1, 10));
    EXPECT_TRUE(identifiers.reserve(65, 20)) << "the same slot, while there are few";
    EXPECT_TRUE(identifiers.reserve(65'535, 30));
    EXPECT_FALSE(identifiers.reserve(65, 40));
    EXPECT_FALSE(identifiers.reserve(0, 40));
    EXPECT_EQ(identifiers.find(1), 10u);
    EXPECT_EQ(identifiers.find(65), 20u);
    EXPECT_EQ(identifiers.find(65'535), 30u);
    EXPECT_EQ(identifiers.allocate(0), 2) << "1 is in use";
}

TEST(PacketIdentifiers, ThatWereReservedRestAsLongAsPossible) {
    PacketIdentifiers identifiers;
    EXPECT_TRUE(identifiers.reserve(7, 0));
    EXPECT_TRUE(identifiers.reserve(8, 0));
    identifiers.release(7);
    identifiers.release(8);
    EXPECT_EQ(identifiers.allocate(0), 9);
}

TEST(PacketIdentifiers, ReleasingWhatIsNotInUseIsNothing) {
    PacketIdentifiers identifiers;
    EXPECT_EQ(identifiers.allocate(0), 1);
    identifiers.release(0);
    identifiers.release(2);
    identifiers.release(65);
    EXPECT_EQ(identifiers.size(), 1u);
    EXPECT_TRUE(identifiers.find(1));
}

}  // namespace
}  // namespace wsmq::session
