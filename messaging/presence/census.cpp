#include "presence/census.hpp"

#include "layer/rendezvous.hpp"

namespace wsmq::messaging {

void Census::note(std::string_view uid, bool online) {
    if (!online_) online_ = std::make_unique<Places>();
    // Any hash does.
    auto place = (*online_)[static_cast<std::size_t>(rendezvous_weight(uid, {}, {}) % online_->size())];
    if (place == online) return;
    place = online;
    online ? ++size_ : --size_;
}

}  // namespace wsmq::messaging
