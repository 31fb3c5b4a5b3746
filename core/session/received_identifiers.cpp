#include "session/received_identifiers.hpp"

namespace wsmq::session {

namespace {
constexpr std::size_t identifier_count = 65'536;
}

bool ReceivedIdentifiers::insert(std::uint16_t identifier) {
    if (contains(identifier)) return false;
    if (bits_.empty()) bits_.resize(identifier_count);
    bits_[identifier] = true;
    ++size_;
    if (store_) store_->put({StoreKind::received, identifier}, {});
    return true;
}

bool ReceivedIdentifiers::erase(std::uint16_t identifier) {
    if (!contains(identifier)) return false;
    bits_[identifier] = false;
    --size_;
    if (store_) store_->erase({StoreKind::received, identifier});
    return true;
}

void ReceivedIdentifiers::clear() {
    for (std::size_t each = 1; size_ != 0 && each < bits_.size(); ++each) {
        erase(static_cast<std::uint16_t>(each));
    }
}

void ReceivedIdentifiers::restore(std::uint64_t number) {
    if (number == 0 || number >= identifier_count || contains(static_cast<std::uint16_t>(number))) {
        return;
    }
    if (bits_.empty()) bits_.resize(identifier_count);
    bits_[static_cast<std::size_t>(number)] = true;
    ++size_;
}

}  // namespace wsmq::session
