#include "session/received_identifiers.hpp"

namespace wsmq::session {

void ReceivedIdentifiers::note(std::uint16_t identifier) {
    if (!bits_) bits_ = std::make_unique<Bits>();
    bits_->set(identifier);
    ++size_;
}

bool ReceivedIdentifiers::insert(std::uint16_t identifier) {
    if (contains(identifier)) return false;
    note(identifier);
    if (store_) store_->put({StoreKind::received, identifier}, {});
    return true;
}

bool ReceivedIdentifiers::erase(std::uint16_t identifier) {
    if (!contains(identifier)) return false;
    bits_->reset(identifier);
    --size_;
    if (store_) store_->erase({StoreKind::received, identifier});
    return true;
}

void ReceivedIdentifiers::clear() {
    for (std::size_t each = 1; size_ != 0 && each < bits_->size(); ++each) {
        erase(static_cast<std::uint16_t>(each));
    }
}

void ReceivedIdentifiers::restore(std::uint64_t number) {
    const auto identifier = static_cast<std::uint16_t>(number);
    if (number == 0 || number != identifier || contains(identifier)) return;
    note(identifier);
}

}  // namespace wsmq::session
