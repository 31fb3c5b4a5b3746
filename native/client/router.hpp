// Which handlers a message is for. Filters without wildcards are found by their hash, the others by
// trying each. What is removed while a message is handed out stays alive until collect().
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "wsmq/event.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::native {

class Router {
public:
    using Handler = std::function<void(const wsmq::Message&)>;
    struct Route {
        std::string filter;  ///< as subscribed
        Handler handler;
        bool removed = false;
    };

    std::shared_ptr<Route> add(std::string_view filter, Handler handler) {
        auto route = std::make_shared<Route>(Route{std::string{filter}, std::move(handler)});
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
        bool taken = false;
        const auto offer = [&](Routes& routes, bool match) {
            // By index: a handler may add routes. Those are not for this message.
            for (std::size_t i = 0, end = routes.size(); i < end; ++i) {
                auto& route = *routes[i];
                if (route.removed || (match && !topic_matches(route.filter, message.topic))) continue;
                taken = true;
                route.handler(message);
            }
        };
        if (!plain_.empty()) {
            key_.assign(message.topic);
            if (const auto found = plain_.find(key_); found != plain_.end()) offer(found->second, false);
        }
        offer(wild_, true);
        return taken;
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

    static bool is_plain(std::string_view filter) {
        return filter.find_first_of("+#") == std::string_view::npos && !filter.starts_with("$share/");
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
    std::string key_;  ///< kept for its capacity
    std::size_t size_ = 0;
    bool has_removed_ = false;
};

}  // namespace wsmq::native
