#include "presence/census.hpp"

#include "layer/rendezvous.hpp"

namespace wsmq::patterns {

namespace {

constexpr std::size_t places = 1u << 17;

}  // namespace

void Census::note(std::string_view uid, bool online) {
    if (online_.empty()) online_.resize(places);
    // Any hash does.
    const auto place = static_cast<std::size_t>(rendezvous_weight(uid, {}, {}) % places);
    if (online_[place] == online) return;
    online_[place] = online;
    online ? ++size_ : --size_;
}

}  // namespace wsmq::patterns
