// Dispatches messages to the handlers of matching filters. Filters without wildcards are found by their hash, the
// others by trying each. Where filters overlap, a broker may send a copy for each (MQTT 5.0, 3.3.4): the Subscription
// Identifiers say for which handlers it is. Where a filter is subscribed again, the broker sends the retained messages
// again: they go to the handlers that have not had them. A route that is removed during dispatch lives until collect().
#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
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
    using Topics = std::unordered_set<std::string>;

    /// Retained topics that a route remembers; beyond them it may get a retained message twice.
    static constexpr std::size_t maximum_retained_topics = 10'000;

    /// The state of a route's retained messages.
    struct Retained {
        bool wanted = true;         ///< its SUBSCRIBE asks for them
        bool as_published = false;  ///< the flag says nothing about being stored (MQTT 5.0, 3.3.1.3)
        std::uint64_t granted = 0;  ///< at which moment; 0: not yet
        Topics heard{};
        Topics brought{};  ///< the copy that its SUBSCRIBE brings has come
    };
    struct Route {
        std::string filter;  ///< as subscribed
        Handler handler;
        Identifiers identifiers;  ///< of the filter's subscription; none: every message that matches is for it
        std::uint32_t call = 0;   ///< what was subscribed by one call serves a message once
        Retained retained{};
        bool removed = false;
    };

    /// The Subscription Identifier of the filter's subscription; 0: none.
    [[nodiscard]] std::uint32_t identifier_of(std::string_view filter) {
        std::uint32_t identifier = 0;
        for_each_route(filter, [&](const Route& route) {
            if (!route.removed && !route.identifiers.empty()) identifier = route.identifiers.back();
        });
        return identifier;
    }
    [[nodiscard]] std::uint32_t next_identifier() noexcept { return next_identifier_++; }
    [[nodiscard]] std::uint32_t next_call() noexcept { return ++last_call_; }

    /// `identifier`: the Subscription Identifier of this subscription, which replaces an earlier one to the same filter
    /// [MQTT-3.8.4-3]; 0: none.
    std::shared_ptr<Route> add(std::string_view filter, Handler handler, std::uint32_t identifier = 0,
                               std::uint32_t call = 0) {
        auto route = std::make_shared<Route>(Route{std::string{filter}, std::move(handler), {}, call});
        last_added_ = ++moment_;
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

    /// What the SUBSCRIBE of a route that was just added says of retained messages. Retain As Published holds for the
    /// filter, to which the broker has one subscription.
    void set_retained(Route& added, bool wanted, bool as_published) {
        added.retained.wanted = wanted;
        for_each_route(added.filter, [&](Route& route) { route.retained.as_published = as_published; });
    }
    /// SUBACK has come.
    void granted(Route& route) noexcept { route.retained.granted = ++moment_; }
    /// The session is new: every subscription is renewed, and each route gets the retained messages again.
    void handle_new_session() {
        ++moment_;
        const auto forget = [this](auto& route) {
            route->retained.granted = moment_;
            route->retained.heard.clear();
            route->retained.brought.clear();
        };
        std::ranges::for_each(wild_, forget);
        for (auto& [filter, routes] : plain_) std::ranges::for_each(routes, forget);
    }

    /// False: no route matches.
    bool dispatch(const wsmq::Message& message) {
        if (size_ == 0) return false;
        identifiers_.clear();
        if (!message.encoded_properties.empty()) read_identifiers(message.encoded_properties);
        // A resumed session may have subscriptions that are unknown here: their messages go to every route that
        // matches.
        return offer(message, !identifiers_.empty()) || (!identifiers_.empty() && offer(message, false));
    }

    /// Frees removed routes. Not during dispatch().
    void collect() {
        if (!std::exchange(has_removed_, false)) return;
        const auto removed = [](const auto& route) { return route->removed; };
        std::erase_if(wild_, removed);
        for (auto& [filter, routes] : plain_) std::erase_if(routes, removed);
        std::erase_if(plain_, [](const auto& entry) { return entry.second.empty(); });
    }

private:
    // A deque: routes do not move when a handler adds more.
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
        served_.clear();
        if (message.retain) return offer_retained(message, by_identifier);
        bool taken = false;
        for_each_match(message, by_identifier, [&](Route& route) {
            taken = true;
            serve(route, message);
        });
        return taken;
    }

    /// To the routes that lack it. True as well where every route that matches has had it.
    bool offer_retained(const wsmq::Message& message, bool by_identifier) {
        std::vector<Route*> all;
        for_each_match(message, by_identifier, [&](Route& route) { all.push_back(&route); });
        if (all.empty()) return false;
        const std::string topic{message.topic};
        const auto lacks = [&](const Route* route) {
            return !route->retained.as_published && route->retained.wanted && !route->retained.heard.contains(topic);
        };
        const auto is_next = [&](const Route* route) { return lacks(route) && awaits_retained(*route); };
        const auto owed = std::ranges::find_if(all, [&](const Route* route) {
            return !route->retained.as_published && route->retained.wanted && !route->retained.brought.contains(topic);
        });
        const bool is_owed = owed != all.end();
        if (is_owed) remember((*owed)->retained.brought, topic);
        const bool any_next = std::ranges::any_of(all, is_next);
        const bool any_lacks = any_next || std::ranges::any_of(all, lacks);
        std::erase_if(all, [&](const Route* route) {
            if (route->retained.as_published || (!any_lacks && !is_owed)) return false;
            return any_next ? !is_next(route) : !lacks(route);
        });
        for (auto* route : all) {
            remember(route->retained.heard, topic);
            if (!route->removed) serve(*route, message);
        }
        return true;
    }

    /// Whether the retained messages of its own SUBSCRIBE may still be on their way, rather than those of a later one.
    [[nodiscard]] bool awaits_retained(const Route& route) const noexcept {
        return route.retained.granted == 0 || route.retained.granted > last_added_;
    }
    static void remember(Topics& topics, const std::string& topic) {
        if (topics.size() < maximum_retained_topics) topics.insert(topic);
    }

    void serve(Route& route, const wsmq::Message& message) {
        if (route.call != 0) {
            if (contains(served_, route.call)) return;
            served_.push_back(route.call);
        }
        route.handler(message);
    }

    template <class Do> void for_each_match(const wsmq::Message& message, bool by_identifier, Do act) {
        const auto visit = [&](Routes& routes, bool match) {
            // By index: a handler may add routes. Those are not for this message.
            for (std::size_t i = 0, end = routes.size(); i < end; ++i) {
                auto& route = *routes[i];
                if (route.removed || (by_identifier && !is_own(route))) continue;
                // Only the broker knows which topics a filter with a prefix of its own is for.
                const bool is_known = by_identifier && route.filter[0] == '$' && !route.identifiers.empty();
                if (match && !is_known && !topic_matches(route.filter, message.topic)) continue;
                act(route);
            }
        };
        if (!plain_.empty()) {
            key_.assign(message.topic);
            if (const auto found = plain_.find(key_); found != plain_.end()) visit(found->second, false);
        }
        visit(wild_, true);
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
    std::uint64_t moment_ = 0;  ///< of routes that are added and granted
    std::uint64_t last_added_ = 0;
    std::size_t size_ = 0;
    bool has_removed_ = false;
};

}  // namespace wsmq::native
