// The state of a request that its handles share.
#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "wsmq/messaging/event.hpp"

namespace wsmq::native {

class Calls;

class Call {
public:
    Call(const std::shared_ptr<Calls>& calls, const messaging::Request&);
    /// The last handle is gone: answers with an internal error where it is unanswered.
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// Parsed at the first call. Throws RequestError.
    [[nodiscard]] const nlohmann::json& value() const;
    /// True for the first caller, who answers.
    [[nodiscard]] bool claim() noexcept { return !answered.exchange(true); }

    const std::weak_ptr<Calls> calls;
    const boost::asio::any_io_executor executor;
    const messaging::CallId id{};
    const bool is_notification;
    const std::string from, method, params, content_type, traceparent;
    const std::chrono::steady_clock::time_point deadline;
    std::atomic<bool> answered = false;
    /// How it ended without an answer; none until then.
    std::atomic<messaging::Error> end = messaging::Error::none;

private:
    mutable std::once_flag parsed_;
    mutable nlohmann::json value_;
};

}  // namespace wsmq::native
