#include "session/inflight_messages.hpp"

#include "codec/encode.hpp"
#include "gtest/gtest.h"

namespace wsmq::session {
namespace {

class InflightMessagesTest : public testing::Test {
protected:
    InflightMessages::Index add(std::uint32_t operation, Qos qos, bool droppable = false, std::size_t size = 10) {
        const auto index = outgoing.create(OperationId{operation}, qos, droppable);
        const std::vector<std::uint8_t> payload(size, 'x');
        codec::Publish packet;
        packet.topic = "a";
        packet.payload = payload;
        packet.qos = qos;
        packet.packet_identifier = qos == Qos::at_most_once ? std::uint16_t{0} : std::uint16_t{1};
        codec::encode_publish(outgoing.at(index).packet, packet, Version::v5);
        return index;
    }
    InflightMessages::Index queue(std::uint32_t operation, Qos qos, bool droppable = false) {
        const auto index = add(operation, qos, droppable);
        outgoing.enqueue(index);
        return index;
    }
    std::vector<std::uint32_t> operations(const InflightMessages::List& list) {
        std::vector<std::uint32_t> found;
        for (auto index = list.first; index != InflightMessages::none; index = outgoing.next(index)) {
            found.push_back(static_cast<std::uint32_t>(outgoing.at(index).operation));
        }
        EXPECT_EQ(found.size(), list.size);
        return found;
    }

    using Operations = std::vector<std::uint32_t>;
    PacketIdentifiers identifiers;
    MemoryStore store;
    InflightMessages outgoing{Version::v5, identifiers, &store};
};

TEST_F(InflightMessagesTest, WaitsInOrder) {
    for (std::uint32_t i = 1; i <= 3; ++i) queue(i, Qos::at_least_once);
    EXPECT_EQ(operations(outgoing.waiting()), (Operations{1, 2, 3}));
    EXPECT_EQ(outgoing.size(), 3u);
    EXPECT_EQ(outgoing.in_flight(), 0u);
    EXPECT_GT(outgoing.bytes(), 30u);
}

TEST_F(InflightMessagesTest, AnExchangeGivesAnIdentifierAndEndsWithErase) {
    const auto index = queue(1, Qos::at_least_once);
    ASSERT_TRUE(outgoing.begin_exchange(index));
    EXPECT_EQ(outgoing.at(index).packet_identifier, 1);
    EXPECT_EQ(outgoing.at(index).state, DeliveryState::awaiting_puback);
    EXPECT_EQ(outgoing.at(index).packet[0] & 8, 0) << "not a duplicate";
    EXPECT_EQ(identifiers.find(1), index);
    EXPECT_EQ(outgoing.in_flight(), 1u);
    outgoing.erase(index);
    EXPECT_EQ(identifiers.size(), 0u);
    EXPECT_EQ(outgoing.size(), 0u);
    EXPECT_EQ(outgoing.bytes(), 0u);
    EXPECT_EQ(store.size(), 0u);
}

TEST_F(InflightMessagesTest, AnExchangeMayBeginAtOnce) {
    const auto index = add(1, Qos::exactly_once);
    ASSERT_TRUE(outgoing.begin_exchange(index));
    EXPECT_EQ(outgoing.at(index).state, DeliveryState::awaiting_pubrec);
    EXPECT_GT(outgoing.bytes(), 10u);
    outgoing.erase(index);
    EXPECT_EQ(outgoing.bytes(), 0u);
}

TEST_F(InflightMessagesTest, ALostConnectionPutsWhatIsInFlightInFront) {
    const auto first = queue(1, Qos::at_least_once);
    const auto second = queue(2, Qos::exactly_once);
    const auto third = queue(3, Qos::exactly_once);
    queue(4, Qos::at_least_once);
    for (const auto index : {first, second, third}) ASSERT_TRUE(outgoing.begin_exchange(index));
    outgoing.release(third);
    outgoing.connection_lost();
    EXPECT_EQ(operations(outgoing.waiting()), (Operations{1, 2, 4}));
    EXPECT_EQ(operations(outgoing.releasing()), (Operations{3}));
    ASSERT_TRUE(outgoing.begin_exchange(first));
    EXPECT_EQ(outgoing.at(first).packet_identifier, 1) << "its identifier is its own";
    EXPECT_NE(outgoing.at(first).packet[0] & 8, 0) << "a duplicate";
}

TEST_F(InflightMessagesTest, ALostSessionMakesEverythingNew) {
    const auto first = queue(1, Qos::at_least_once);
    ASSERT_TRUE(outgoing.begin_exchange(first));
    outgoing.connection_lost();
    ASSERT_TRUE(outgoing.begin_exchange(first));
    outgoing.connection_lost();
    outgoing.session_lost();
    EXPECT_EQ(outgoing.at(first).packet_identifier, 0);
    EXPECT_EQ(identifiers.size(), 0u);
    ASSERT_TRUE(outgoing.begin_exchange(first));
    EXPECT_EQ(outgoing.at(first).packet[0] & 8, 0);
}

TEST_F(InflightMessagesTest, ReleasingLetsThePacketGoOnce) {
    const auto index = add(1, Qos::exactly_once, false, 100'000);
    ASSERT_TRUE(outgoing.begin_exchange(index));
    outgoing.release(index);
    outgoing.release(index);
    EXPECT_LT(outgoing.bytes(), 1'000u);
    EXPECT_EQ(outgoing.releasing().size, 1u);
    EXPECT_EQ(outgoing.at(index).packet.capacity(), 0u) << "large memory is not kept";
    outgoing.erase(index);
    EXPECT_EQ(outgoing.bytes(), 0u);
}

TEST_F(InflightMessagesTest, FindsByOperation) {
    const auto index = queue(7, Qos::at_least_once);
    EXPECT_EQ(outgoing.find(OperationId{7}), index);
    EXPECT_EQ(outgoing.find(OperationId{8}), InflightMessages::none);
    EXPECT_EQ(outgoing.find(OperationId{}), InflightMessages::none);
}

TEST_F(InflightMessagesTest, DropsTheOldestThatMayGo) {
    EXPECT_EQ(outgoing.oldest_droppable(), InflightMessages::none);
    queue(1, Qos::at_least_once);
    const auto sent = queue(2, Qos::at_least_once, true);
    const auto droppable = queue(3, Qos::at_least_once, true);
    ASSERT_TRUE(outgoing.begin_exchange(sent));
    outgoing.connection_lost();
    EXPECT_EQ(outgoing.oldest_droppable(), droppable);
}

TEST_F(InflightMessagesTest, WithoutAnIdentifierAMessageStaysWhereItIs) {
    while (identifiers.allocate(0)) {
    }
    const auto index = queue(1, Qos::at_least_once);
    EXPECT_FALSE(outgoing.begin_exchange(index));
    EXPECT_EQ(outgoing.waiting().size, 1u);
    EXPECT_EQ(outgoing.in_flight(), 0u);
}

TEST_F(InflightMessagesTest, SlotsAreUsedAgainFromTheMiddleToo) {
    const auto first = queue(1, Qos::at_least_once);
    const auto second = queue(2, Qos::at_least_once);
    const auto third = queue(3, Qos::at_least_once);
    outgoing.erase(second);
    EXPECT_EQ(operations(outgoing.waiting()), (Operations{1, 3}));
    EXPECT_EQ(queue(4, Qos::at_least_once), second);
    EXPECT_EQ(operations(outgoing.waiting()), (Operations{1, 3, 4}));
    outgoing.erase(third);
    outgoing.erase(first);
    outgoing.erase(second);
    EXPECT_TRUE(outgoing.waiting().empty());
}

TEST_F(InflightMessagesTest, QosZeroIsNotStored) {
    queue(1, Qos::at_most_once);
    EXPECT_EQ(store.size(), 0u);
    queue(2, Qos::at_least_once);
    EXPECT_EQ(store.size(), 1u);
}

}  // namespace
}  // namespace wsmq::session
