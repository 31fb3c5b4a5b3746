// The type-erased completion handler of an asynchronous operation, so that the client is compiled once.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#if __has_include(<boost/asio/associated_cancellation_slot.hpp>)
#include <boost/asio/associated_cancellation_slot.hpp>
#define WSMQ_HAS_CANCELLATION_SLOTS 1
#else
#define WSMQ_HAS_CANCELLATION_SLOTS 0
#endif

#include "wsmq/native/cancel.hpp"

namespace wsmq::native {

using ErrorCode = boost::system::error_code;

/// The handler is called at most once; it is destroyed without a call only together with its loop.
template <class... Results> class Completion {
public:
    Completion() = default;
    virtual ~Completion() = default;
    Completion(const Completion&) = delete;
    Completion& operator=(const Completion&) = delete;

    /// Calls the handler, at once on the handler's own executor. Only from handlers of the loop.
    virtual void complete(ErrorCode error, Results... results) = 0;
    /// Posts the handler; never calls it from within this call.
    virtual void complete_later(ErrorCode error, Results... results) = 0;
    /// Binds the action that `make_action` makes to the handler's cancellation, if it has any.
    virtual void on_cancel(const std::function<std::function<void()>()>& make_action) = 0;
};

namespace detail {

template <class Handler> class HandlerOperationBase {
protected:
    using Io = boost::asio::any_io_executor;
    using Executor = boost::asio::associated_executor_t<Handler, Io>;

    HandlerOperationBase(Handler handler, const Io& io)
        : handler_{std::move(handler)}, executor_{boost::asio::get_associated_executor(handler_, io)} {
        if constexpr (std::is_same_v<Executor, Io>) {
            is_ours_ = executor_ == io;
        }
        if (!is_ours_) work_.emplace(executor_);
    }

    Handler handler_;
    Executor executor_;
    bool is_ours_ = false;  ///< the handler's executor is the client's
    // Keeps another executor's loop running; the client's own has work while it is started.
    std::optional<boost::asio::executor_work_guard<Executor>> work_;
};

}  // namespace detail

template <class Handler, class... Results>
class HandlerOperation final : public Completion<Results...>, private detail::HandlerOperationBase<Handler> {
    using Base = detail::HandlerOperationBase<Handler>;

public:
    HandlerOperation(Handler handler, const boost::asio::any_io_executor& io) : Base{std::move(handler), io} {}

    void complete(ErrorCode error, Results... results) override {
        forget_cancellation();
        if (this->is_ours_) return std::move(this->handler_)(error, std::move(results)...);
        boost::asio::dispatch(this->executor_, bound(error, std::move(results)...));
    }

    void complete_later(ErrorCode error, Results... results) override {
        forget_cancellation();
        boost::asio::post(this->executor_, bound(error, std::move(results)...));
    }

    void on_cancel(const std::function<std::function<void()>()>& make_action) override {
        if constexpr (requires { this->handler_.cancel_source; }) {
            this->handler_.cancel_source.bind(make_action());
        }
#if WSMQ_HAS_CANCELLATION_SLOTS
        auto slot = boost::asio::get_associated_cancellation_slot(this->handler_);
        if (slot.is_connected()) {
            slot.assign([action = make_action()](boost::asio::cancellation_type) { action(); });
        }
#endif
    }

private:
    /// An operation that has ended cannot be cancelled.
    void forget_cancellation() {
        if constexpr (requires { this->handler_.cancel_source; }) {
            this->handler_.cancel_source.bind(nullptr);
        }
#if WSMQ_HAS_CANCELLATION_SLOTS
        auto slot = boost::asio::get_associated_cancellation_slot(this->handler_);
        if (slot.is_connected()) slot.clear();
#endif
    }

    auto bound(ErrorCode error, Results... results) {
        return [handler = std::move(this->handler_), work = std::move(this->work_), error,
                values = std::tuple<Results...>{std::move(results)...}]() mutable {
            std::apply([&](auto&... each) { std::move(handler)(error, std::move(each)...); }, values);
        };
    }
};

template <class... Results> using AnyCompletion = std::unique_ptr<Completion<Results...>>;

template <class... Results, class Handler>
[[nodiscard]] AnyCompletion<Results...> make_completion(Handler&& handler, const boost::asio::any_io_executor& io) {
    return std::make_unique<HandlerOperation<std::decay_t<Handler>, Results...>>(std::forward<Handler>(handler), io);
}

namespace detail {

/// Initiates an operation of `self`: calls `begin` with it, the completion of the token, and the arguments.
template <class... Results, class Self, class Begin, class Token, class... Arguments>
auto initiate(Self& self, Begin begin, Token& token, Arguments&&... arguments) {
    return boost::asio::async_initiate<Token, void(ErrorCode, Results...)>(
        [&self, begin](auto&& handler, auto&&... rest) {
            begin(self, make_completion<Results...>(std::forward<decltype(handler)>(handler), self.get_executor()),
                  std::forward<decltype(rest)>(rest)...);
        },
        token, std::forward<Arguments>(arguments)...);
}

}  // namespace detail

}  // namespace wsmq::native
