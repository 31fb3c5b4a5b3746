// Cancels one operation, with every version of Boost.Asio from 1.74 on.
//
//     wsmq::native::CancelSource source;
//     client.async_publish("a", "b", {.qos = Qos::at_least_once}, cancel_with(source, handler));
//     source.cancel();                  // the handler gets Errc::cancelled
//
// With Boost 1.77 and later, Asio's cancellation slots (bind_cancellation_slot, awaitable operators) do the same.
#pragma once
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace wsmq::native {

/// Copies share one operation. Not thread-safe: use it on the client's executor.
class CancelSource {
public:
    /// Cancels the operation, as its documentation says. No effect where none is in progress.
    void cancel() const {
        if (const auto action = std::exchange(*action_, nullptr)) action();
    }
    /// For the client.
    void bind(std::function<void()> action) const { *action_ = std::move(action); }

private:
    std::shared_ptr<std::function<void()>> action_ = std::make_shared<std::function<void()>>();
};

/// Made by cancel_with().
template <class Token> struct CancelToken {
    CancelSource source;
    Token token;
};

/// Adapts a completion token so that `source` cancels its operation. It must be the outermost adapter.
template <class Token> [[nodiscard]] auto cancel_with(const CancelSource& source, Token&& token) {
    return CancelToken<std::decay_t<Token>>{source, std::forward<Token>(token)};
}

/// A completion handler with its CancelSource.
template <class Handler> struct CancellableHandler {
    Handler handler;
    CancelSource cancel_source;

    template <class... Arguments> void operator()(Arguments&&... arguments) {
        std::move(handler)(std::forward<Arguments>(arguments)...);
    }
};

}  // namespace wsmq::native

template <class Handler, class Executor>
struct boost::asio::associated_executor<wsmq::native::CancellableHandler<Handler>, Executor> {
    using type = associated_executor_t<Handler, Executor>;
    static type get(const wsmq::native::CancellableHandler<Handler>& handler, const Executor& executor = {}) noexcept {
        return associated_executor<Handler, Executor>::get(handler.handler, executor);
    }
};

template <class Handler, class Allocator>
struct boost::asio::associated_allocator<wsmq::native::CancellableHandler<Handler>, Allocator> {
    using type = associated_allocator_t<Handler, Allocator>;
    static type get(const wsmq::native::CancellableHandler<Handler>& handler,
                    const Allocator& allocator = {}) noexcept {
        return associated_allocator<Handler, Allocator>::get(handler.handler, allocator);
    }
};

template <class Token, class Signature> struct boost::asio::async_result<wsmq::native::CancelToken<Token>, Signature> {
    template <class Initiation, class OuterToken, class... Arguments>
    static auto initiate(Initiation&& initiation, OuterToken&& token, Arguments&&... arguments) {
        auto begin = [start = std::decay_t<Initiation>(std::forward<Initiation>(initiation)), source = token.source](
                         auto&& handler, auto&&... rest) mutable {
            using Handler = std::decay_t<decltype(handler)>;
            std::move(start)(
                wsmq::native::CancellableHandler<Handler>{std::forward<decltype(handler)>(handler), source},
                std::forward<decltype(rest)>(rest)...);
        };
        return async_initiate<Token, Signature>(std::move(begin), token.token, std::forward<Arguments>(arguments)...);
    }
};
