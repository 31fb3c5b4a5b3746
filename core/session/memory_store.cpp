#include "wsmq/store.hpp"

namespace wsmq {

bool MemoryStore::put(StoreKey key, Bytes record) {
    records_[key].assign(record.begin(), record.end());
    return true;
}

void MemoryStore::erase(StoreKey key) { records_.erase(key); }

void MemoryStore::clear() { records_.clear(); }

void MemoryStore::for_each(Visitor& visitor) const {
    for (const auto& [key, record] : records_) visitor.visit(key, record);
}

}  // namespace wsmq
