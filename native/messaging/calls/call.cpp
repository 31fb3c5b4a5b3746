#include "calls/call.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <string_view>

#include "calls/calls.hpp"
#include "wsmq/native/response.hpp"

namespace wsmq::native {

namespace {

/// Values of nlohmann/json are copied and written by recursion.
constexpr std::size_t deepest = 512;

/// How deep sound JSON text is nested.
std::size_t depth_of(std::string_view text) noexcept {
    std::size_t depth = 0;
    std::size_t most = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            most = std::max(most, ++depth);
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return most;
}

}  // namespace

Call::Call(const std::shared_ptr<Calls>& of, const patterns::Request& request)
    : calls{of},
      executor{of->executor()},
      id{request.id},
      from{request.from},
      method{request.method},
      params{request.params},
      content_type{request.content_type},
      traceparent{request.traceparent},
      deadline{std::chrono::steady_clock::now() + request.time_left} {}

Call::Call(const std::shared_ptr<Calls>& of, const patterns::Notification& notification)
    : calls{of},
      executor{of->executor()},
      from{notification.from},
      method{notification.method},
      params{notification.params} {}

Call::~Call() {
    if (id == patterns::CallId{} || answered || end != patterns::Error::none) return;
    // Any thread may have been the last.
    boost::asio::post(executor, [weak = calls, number = id] {
        if (const auto owner = weak.lock()) owner->abandon(number);
    });
}

const nlohmann::json& Call::value() const {
    std::call_once(parsed_, [this] {
        is_too_deep_ = content_type.empty() && depth_of(params) > deepest;
        if (!is_too_deep_ && content_type.empty()) value_ = patterns::to_json(params);
    });
    if (is_too_deep_) throw RequestError::invalid_params("The params are nested too deeply");
    return value_;
}

}  // namespace wsmq::native
