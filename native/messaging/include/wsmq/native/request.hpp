// A request that somebody made of us.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "wsmq/export.hpp"
#include "wsmq/native/completion.hpp"
#include "wsmq/native/messaging_error.hpp"
#include "wsmq/native/response.hpp"
#include "wsmq/patterns/error.hpp"

namespace wsmq::native {

class Call;
class Request;

namespace detail {

/// Answers with what was thrown, or tells of it.
WSMQ_EXPORT void answer_exception(const Request&, const std::exception_ptr&);

}  // namespace detail

/// A handle: copies stand for the same request, which lives as long as one of them. What it holds may be read, and the
/// request answered, by any thread; everything else belongs to the executor. A request of which no copy is left without
/// an answer is answered with an internal error.
class WSMQ_EXPORT Request {
public:
    explicit Request(std::shared_ptr<Call> call) noexcept : call_{std::move(call)} {}

    // --- What it says ------------------------------------------------------------------------------
    /// The sender's uid, from the topic: the broker's access rules vouch for it.
    [[nodiscard]] std::string_view from() const noexcept;
    /// Its account, "{org}:{user}".
    [[nodiscard]] std::string_view user() const noexcept;
    [[nodiscard]] std::string_view method() const noexcept;
    /// Null where there are none. Throws RequestError, invalid params, where they are nested more than 512 deep, which
    /// is beyond what recursive code bears; params_text() has them all the same.
    [[nodiscard]] const nlohmann::json& params() const;
    /// Sound JSON text, empty where there are none; of a raw body its bytes.
    [[nodiscard]] std::string_view params_text() const noexcept;
    /// Of a raw body; else empty.
    [[nodiscard]] std::string_view content_type() const noexcept;
    /// W3C Trace Context; empty where the caller gave none.
    [[nodiscard]] std::string_view traceparent() const noexcept;
    /// Wants no answer, and gets none: respond() says that the work is done. It counts among the requests until then,
    /// or until no copy is left.
    [[nodiscard]] bool is_notification() const noexcept;
    /// When it expires, and whoever asked has given up.
    [[nodiscard]] std::chrono::steady_clock::time_point deadline() const noexcept;

    // --- Its answer --------------------------------------------------------------------------------
    /// Answers it, now or later; what comes after the first answer is passed over. Goes behind all progress.
    void respond(Response) const;
    /// Sends the next item of a stream. void(ErrorCode): ends when it has left, for which the caller must have granted
    /// credit; with patterns::Error::cancelled, timed_out or left where the request has ended, with
    /// Errc::queue_full where 10,000 wait already, and with patterns::Error::unwanted of a notification, which ends by
    /// it: nobody takes what it would stream.
    template <class Token> auto async_progress(const nlohmann::json& value, Token&& token) const {
        return begin_progress_with(Response{value}, token);
    }
    /// The same of an item that is JSON text already, which goes as it is.
    template <class Token> auto async_progress_text(std::string text, Token&& token) const {
        return begin_progress_with(Response::json_text(std::move(text)), token);
    }

    // --- Its end -----------------------------------------------------------------------------------
    /// It was answered or cancelled, or has expired: stop working on it.
    [[nodiscard]] bool has_ended() const noexcept;
    /// Called once where it ends without an answer of ours, at once where it has: cancelled, timed_out, left, or
    /// unwanted, where a notification made progress.
    void on_end(std::function<void(patterns::Error)>) const;

    /// The service's.
    [[nodiscard]] boost::asio::any_io_executor get_executor() const noexcept;

private:
    friend void detail::answer_exception(const Request&, const std::exception_ptr&);
    template <class Token> auto begin_progress_with(Response with, Token& token) const {
        return boost::asio::async_initiate<Token, void(ErrorCode)>(
            [self = *this](auto&& handler, Response&& item) {
                auto done = make_completion<>(std::forward<decltype(handler)>(handler), self.get_executor());
                self.begin_progress(std::move(item), std::move(done));
            },
            token, std::move(with));
    }
    void begin_progress(Response item, AnyCompletion<> done) const;

    std::shared_ptr<Call> call_;
};

}  // namespace wsmq::native
