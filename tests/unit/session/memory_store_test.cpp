#include "gtest/gtest.h"
#include "wsmq/store.hpp"

namespace wsmq {
namespace {

struct Listing final : Store::Visitor {
    std::vector<std::pair<StoreKey, std::vector<std::uint8_t>>> found;
    void visit(StoreKey key, Bytes record, Duration) override {
        found.emplace_back(key, std::vector(record.begin(), record.end()));
    }
};

TEST(MemoryStore, ListsInAscendingOrder) {
    MemoryStore store;
    const std::vector<std::uint8_t> one{1};
    const std::vector<std::uint8_t> two{2, 2};
    EXPECT_TRUE(store.put({StoreKind::received, 1}, one));
    EXPECT_TRUE(store.put({StoreKind::outgoing, 300}, one));
    EXPECT_TRUE(store.put({StoreKind::outgoing, 2}, one));
    EXPECT_TRUE(store.put({StoreKind::outgoing, 2}, two));
    Listing listing;
    store.for_each(listing);
    ASSERT_EQ(listing.found.size(), 3u);
    EXPECT_EQ(listing.found[0].first, (StoreKey{StoreKind::outgoing, 2}));
    EXPECT_EQ(listing.found[0].second, two);
    EXPECT_EQ(listing.found[1].first, (StoreKey{StoreKind::outgoing, 300}));
    EXPECT_EQ(listing.found[2].first, (StoreKey{StoreKind::received, 1}));
}

TEST(MemoryStore, ErasesOneOrAll) {
    MemoryStore store;
    store.put({StoreKind::outgoing, 1}, {});
    store.put({StoreKind::outgoing, 2}, {});
    store.erase({StoreKind::outgoing, 1});
    store.erase({StoreKind::outgoing, 7});
    EXPECT_EQ(store.size(), 1u);
    store.clear();
    EXPECT_EQ(store.size(), 0u);
}

}  // namespace
}  // namespace wsmq
