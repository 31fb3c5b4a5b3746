// Which handlers a message is for. Filters without wildcards are found by their hash, the others by
// trying each. Where filters overlap, a broker may send a copy for each (MQTT 5.0, 3.3.4): its
// subscription identifiers tell for which handlers it is. What is removed while a message is handed
// out stays alive until collect().
#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "wsmq/event.hpp"
#include "wsmq/property.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::native {

class Router {
public:
    using Handler = std::function<void(const wsmq::Message&)>;
    using Identifiers = std::vector<std::uint32_t>;
    struct Route {
        std::string filter;  ///< as subscribed
        Handler handler;
        Identifiers identifiers;  ///< of the filter's subscription; none: every message that matches is for it
        std::uint32_t call = 0;   ///< what was subscribed by one call serves a message once
        bool removed = false;
    };

    /// What the filter's subscription has already; 0: nothing.
    [[nodiscard]] std::uint32_t identifier_of(std::string_view filter) {
        std::uint32_t identifier = 0;
        for_each_route(filter, [&](const Route& route) {
            if (!route.removed && !route.identifiers.empty()) identifier = route.identifiers.back();
        });
        return identifier;
    }
    [[nodiscard]] std::uint32_t next_identifier() noexcept { return next_identifier_++; }
    [[nodiscard]] std::uint32_t next_call() noexcept { return ++last_call_; }

    /// `identifier`: what messages carry that come by this subscription, which takes the place of a former one of the
    /// same filter [MQTT-3.8.4-3]; 0: none.
    std::shared_ptr<Route> add(std::string_view filter, Handler handler, std::uint32_t identifier = 0,
                               std::uint32_t call = 0) {
        auto route = std::make_shared<Route>(Route{std::string{filter}, std::move(handler), {}, call});
        const auto learn = [identifier](Route& each) {
            if (identifier != 0 && !contains(each.identifiers, identifier)) each.identifiers.push_back(identifier);
        };
        learn(*route);
        for_each_route(filter, learn);
        auto& list = is_plain(filter) ? plain_[route->filter] : wild_;
        list.push_back(route);
        ++size_;
        return route;
    }

    void remove(std::string_view filter) {
        for_each_route(filter, [this](Route& route) { remove(route); });
    }
    void remove(Route& route) {
        if (std::exchange(route.removed, true)) return;
        --size_;
        has_removed_ = true;
    }

    /// False where nobody wanted it.
    bool hand_out(const wsmq::Message& message) {
        if (size_ == 0) return false;
        identifiers_.clear();
        if (!message.encoded_properties.empty()) read_identifiers(message.encoded_properties);
        // A session that lasted may have subscriptions of which nothing is known here: they are for all that match.
        return offer(message, !identifiers_.empty()) || (!identifiers_.empty() && offer(message, false));
    }

    /// Forgets what was removed. Not from within a handler.
    void collect() {
        if (!std::exchange(has_removed_, false)) return;
        const auto removed = [](const auto& route) { return route->removed; };
        std::erase_if(wild_, removed);
        for (auto& [filter, routes] : plain_) std::erase_if(routes, removed);
        std::erase_if(plain_, [](const auto& entry) { return entry.second.empty(); });
    }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

private:
    // Routes do not move while they are handed a message, though more are added.
    using Routes = std::deque<std::shared_ptr<Route>>;

    static bool contains(const Identifiers& all, std::uint32_t identifier) {
        return std::find(all.begin(), all.end(), identifier) != all.end();
    }

    void read_identifiers(Bytes properties) {
        for (const auto& property : PropertyView{properties}) {
            if (property.id == PropertyId::subscription_identifier)
                identifiers_.push_back(std::get<std::uint32_t>(property.value));
        }
    }

    [[nodiscard]] bool is_own(const Route& route) const {
        return route.identifiers.empty() || std::ranges::any_of(route.identifiers, [this](std::uint32_t each) {
                   return contains(identifiers_, each);
               });
    }

    bool offer(const wsmq::Message& message, bool by_identifier) {
        bool taken = false;
        served_.clear();
        const auto offer_to = [&](Routes& routes, bool match) {
            // By index: a handler may add routes. Those are not for this message.
            for (std::size_t i = 0, end = routes.size(); i < end; ++i) {
                auto& route = *routes[i];
                if (route.removed || (by_identifier && !is_own(route))) continue;
                // Only the broker knows which topics a filter with a prefix of its own is for.
                const bool is_known = by_identifier && route.filter[0] == '$' && !route.identifiers.empty();
                if (match && !is_known && !topic_matches(route.filter, message.topic)) continue;
                taken = true;
                if (route.call != 0) {
                    if (contains(served_, route.call)) continue;
                    served_.push_back(route.call);
                }
                route.handler(message);
            }
        };
        if (!plain_.empty()) {
            key_.assign(message.topic);
            if (const auto found = plain_.find(key_); found != plain_.end()) offer_to(found->second, false);
        }
        offer_to(wild_, true);
        return taken;
    }

    static bool is_plain(std::string_view filter) {
        return filter.find_first_of("+#") == std::string_view::npos && !filter.starts_with('$');
    }
    template <class Do> void for_each_route(std::string_view filter, Do act) {
        const auto visit = [&](Routes& routes) {
            for (auto& route : routes) {
                if (route->filter == filter) act(*route);
            }
        };
        if (!is_plain(filter)) return visit(wild_);
        if (const auto found = plain_.find(std::string{filter}); found != plain_.end()) visit(found->second);
    }

    std::unordered_map<std::string, Routes> plain_;
    Routes wild_;
    std::string key_;  ///< kept for their capacity, as are these
    Identifiers identifiers_;
    Identifiers served_;
    /// Applications that use identifiers themselves like small ones.
    std::uint32_t next_identifier_ = 1000;
    std::uint32_t last_call_ = 0;
    std::size_t size_ = 0;
    bool has_removed_ = false;
};

}  // namespace wsmq::native
