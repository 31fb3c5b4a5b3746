#include "session/received_identifiers.hpp"

#include "gtest/gtest.h"

namespace wsmq::session {
namespace {

TEST(ReceivedIdentifiers, KnowDuplicates) {
    ReceivedIdentifiers received{nullptr};
    EXPECT_FALSE(received.erase(1)) << "before the first";
    EXPECT_TRUE(received.insert(1));
    EXPECT_FALSE(received.insert(1));
    EXPECT_TRUE(received.insert(65'535));
    EXPECT_EQ(received.size(), 2u);
    EXPECT_TRUE(received.erase(1));
    EXPECT_FALSE(received.erase(1));
    EXPECT_TRUE(received.insert(1));
}

TEST(ReceivedIdentifiers, AreWrittenThrough) {
    MemoryStore store;
    ReceivedIdentifiers received{&store};
    received.insert(1);
    received.insert(2);
    received.insert(2);
    EXPECT_EQ(store.size(), 2u);
    received.erase(1);
    EXPECT_EQ(store.size(), 1u);
    received.insert(65'535);
    received.clear();
    EXPECT_EQ(store.size(), 0u);
    EXPECT_EQ(received.size(), 0u);
    EXPECT_TRUE(received.insert(2));
}

TEST(ReceivedIdentifiers, AreRestored) {
    ReceivedIdentifiers received{nullptr};
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{65'536}, UINT64_MAX}) received.restore(number);
    EXPECT_EQ(received.size(), 0u);
    received.restore(7);
    received.restore(7);
    received.restore(8);
    EXPECT_EQ(received.size(), 2u);
    EXPECT_FALSE(received.insert(7));
}

}  // namespace
}  // namespace wsmq::session
