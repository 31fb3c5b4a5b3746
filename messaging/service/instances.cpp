#include "service/instances.hpp"

#include <algorithm>
#include <utility>

#include "json_rpc/scan.hpp"
#include "layer/rendezvous.hpp"

namespace wsmq::messaging {

namespace {

constexpr std::size_t most_instances = 10'000;

}  // namespace

bool Instances::handle_record(std::string_view instance, const IncomingMessage& message, TimePoint now) {
    if (!message.may_be_record()) return false;
    if (!json_rpc::is_true(json_rpc::scan(message.payload).find("online"))) {
        const auto found = online_.find(instance);
        if (found != online_.end()) online_.erase(found);
        return false;
    }
    const auto expires = message.expires(now);
    const auto found = online_.find(instance);
    if (found != online_.end()) {
        found->second = expires;
        return false;
    }
    if (online_.size() >= most_instances) return false;
    online_.emplace(instance, expires);
    return instance != own_ && !message.retain;
}

bool Instances::is_ours(std::string_view uid, std::string_view id_text, TimePoint now) const {
    // The map is in the order of the names, and of equal weights the last wins.
    std::string_view winner;
    std::uint64_t highest = 0;
    for (const auto& [instance, expires] : online_) {
        if (expires <= now) continue;  // it died with its node, which said nothing
        const auto weight = rendezvous_weight(instance, uid, id_text);
        if (weight >= highest) winner = instance;
        highest = std::max(highest, weight);
    }
    return winner == own_;
}

}  // namespace wsmq::messaging
