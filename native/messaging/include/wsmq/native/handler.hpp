// Makes request handlers from functions and coroutines.
#pragma once
#include <utility>

#include <boost/asio/detail/config.hpp>
#if defined(BOOST_ASIO_HAS_CO_AWAIT)
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#endif
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>

#include "wsmq/native/request.hpp"

namespace wsmq::native {

using RequestHandler = std::function<void(const Request&)>;

namespace detail {

template <class T> struct Awaited { static constexpr bool is_awaitable = false; };

/// Defined only where Asio supports the compiler's coroutines.
template <class Function> RequestHandler make_coroutine_handler(Function function);
#if defined(BOOST_ASIO_HAS_CO_AWAIT)
template <class T, class Executor> struct Awaited<boost::asio::awaitable<T, Executor>> {
    static constexpr bool is_awaitable = true;
    static constexpr bool gives_nothing = std::is_void_v<T>;
};

template <class Function> boost::asio::awaitable<void> run(std::shared_ptr<Function> function, Request request) {
    using Result = std::invoke_result_t<Function&, const Request&>;
    std::exception_ptr thrown;
    try {
        if constexpr (Awaited<Result>::gives_nothing) {
            co_await (*function)(request);
        } else {
            request.respond(co_await (*function)(request));
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) answer_exception(request, thrown);
}

template <class Function> RequestHandler make_coroutine_handler(Function function) {
    return [kept = std::make_shared<Function>(std::move(function))](const Request& request) {
        boost::asio::co_spawn(request.get_executor(), run(kept, request), boost::asio::detached);
    };
}
#endif

}  // namespace detail

/// From a function of a `const Request&` that returns
/// - a Response, or what converts to one: the answer;
/// - an awaitable of these, where Asio has coroutines: the answer, later; it runs on the request's executor;
/// - void, or an awaitable of void: it calls respond() itself, now or later.
/// An exception is an answer as well: a RequestError unchanged, one of nlohmann/json as invalid params, any other as an
/// internal error without details.
template <class Function> [[nodiscard]] RequestHandler make_request_handler(Function function) {
    using Result = std::invoke_result_t<Function&, const Request&>;
    if constexpr (detail::Awaited<Result>::is_awaitable) {
        return detail::make_coroutine_handler(std::move(function));
    } else {
        return [kept = std::move(function)](const Request& request) mutable {
            try {
                if constexpr (std::is_void_v<Result>) {
                    kept(request);
                } else {
                    request.respond(kept(request));
                }
            } catch (...) {
                detail::answer_exception(request, std::current_exception());
            }
        };
    }
}

}  // namespace wsmq::native
