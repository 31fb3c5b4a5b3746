#include "wsmq/messaging/names.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::messaging {

std::optional<std::string_view> Topics::below_root(std::string_view topic) const noexcept {
    if (!topic.starts_with(root_)) return std::nullopt;
    return topic.substr(root_.size());
}

std::string Topics::join(std::string_view kind, std::string_view first, std::string_view second,
                         std::string_view third) const {
    std::string topic;
    topic.reserve(root_.size() + kind.size() + first.size() + second.size() + third.size() + 2);
    topic += root_;
    topic += kind;
    topic += first;
    for (const auto level : {second, third}) {
        if (level.empty()) continue;
        topic += '/';
        topic += level;
    }
    return topic;
}

std::string Topics::status(std::string_view uid) const { return join("webapp/status/", uid); }

std::string Topics::device(std::string_view serial_number) const { return join("device/status/", serial_number); }

std::string Topics::request(std::string_view service, std::string_view uid) const {
    return service.empty() ? join("webapp/req/", uid) : join("webapp/req/", service, uid);
}

std::string Topics::shared_requests(std::string_view service) const {
    std::string filter{shared_subscription_prefix};
    filter += service;
    filter += '/';
    filter += request(service, "+");
    return filter;
}

std::string Topics::response(std::string_view uid) const { return join("webapp/res/", uid); }

std::string Topics::peer(std::string_view to, std::string_view from) const { return join("webapp/peer/", to, from); }

std::string Topics::room(std::string_view room, std::string_view from) const {
    return join("webapp/room/", room, from);
}

std::string Topics::record(std::string_view service, std::string_view instance) const {
    return join("webapp/svc/", service, instance);
}

std::string Topics::instance(std::string_view service, std::string_view instance, std::string_view uid) const {
    return join("webapp/svc/", service, instance, uid);
}

Levels Levels::of(std::string_view topic) noexcept {
    Levels levels;
    for (;;) {
        if (levels.count == most) return {};
        const auto end = topic.find('/');
        levels.level[levels.count++] = topic.substr(0, end);
        if (end == std::string_view::npos) return levels;
        topic.remove_prefix(end + 1);
    }
}

}  // namespace wsmq::messaging
