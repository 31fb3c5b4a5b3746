#include "calls/call.hpp"

#include <boost/asio/post.hpp>

#include "calls/calls.hpp"
#include "wsmq/native/response.hpp"

namespace wsmq::native {

Call::Call(const std::shared_ptr<Calls>& of, const messaging::Request& request)
    : calls{of},
      executor{of->executor()},
      id{request.id},
      is_notification{request.is_notification},
      from{request.from},
      method{request.method},
      params{request.params},
      content_type{request.content_type},
      traceparent{request.traceparent},
      deadline{std::chrono::steady_clock::now() + request.time_left} {}

Call::~Call() {
    if (answered || end != messaging::Error::none) return;
    // The last handle may be on any thread.
    boost::asio::post(executor, [weak = calls, number = id] {
        if (const auto owner = weak.lock()) owner->abandon(number);
    });
}

const nlohmann::json& Call::value() const {
    std::call_once(parsed_, [this] {
        if (content_type.empty()) value_ = messaging::to_json(params);
    });
    if (value_.is_discarded()) throw RequestError::invalid_params("The params are nested too deeply");
    return value_;
}

}  // namespace wsmq::native
