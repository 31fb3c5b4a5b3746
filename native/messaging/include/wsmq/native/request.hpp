// A request from a webapp.
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
#include "wsmq/messaging/error.hpp"
#include "wsmq/native/completion.hpp"
#include "wsmq/native/messaging_error.hpp"
#include "wsmq/native/response.hpp"

namespace wsmq::native {

class Call;
class Request;

namespace detail {

/// Answers with the exception, or reports it to on_exception().
WSMQ_EXPORT void answer_exception(const Request&, const std::exception_ptr&);

}  // namespace detail

/// A handle: copies share one request, which lives as long as one of them. Any thread may read and answer it;
/// everything else is for the executor. A request whose last copy is destroyed unanswered is answered with an internal
/// error.
class WSMQ_EXPORT Request {
public:
    explicit Request(std::shared_ptr<Call> call) noexcept : call_{std::move(call)} {}

    // --- Its contents -----------------------------------------------------------------------------
    /// The sender's uid, from the topic, which the broker's access rules guarantee.
    [[nodiscard]] std::string_view from() const noexcept;
    /// Its account, "{org}:{user}".
    [[nodiscard]] std::string_view user() const noexcept;
    [[nodiscard]] std::string_view method() const noexcept;
    /// Null where there are none. Throws RequestError (invalid params) where they are nested more than 512 deep, which
    /// recursive code cannot process; params_text() has them.
    [[nodiscard]] const nlohmann::json& params() const;
    /// Valid JSON text, empty where there are none; the bytes of a raw body.
    [[nodiscard]] std::string_view params_text() const noexcept;
    /// Of a raw body; otherwise empty.
    [[nodiscard]] std::string_view content_type() const noexcept;
    /// W3C Trace Context; empty where the caller gave none.
    [[nodiscard]] std::string_view traceparent() const noexcept;
    /// A notification gets no answer: respond() says that the work is done. It counts as an open request until then, or
    /// until no copy is left.
    [[nodiscard]] bool is_notification() const noexcept;
    /// When it expires; the caller has given up then.
    [[nodiscard]] std::chrono::steady_clock::time_point deadline() const noexcept;

    // --- Its answer --------------------------------------------------------------------------------
    /// Answers it, now or later, after all progress. Further answers are ignored.
    void respond(Response) const;
    /// Sends the next item of a stream, once the caller has granted credit; ends when it is sent.
    /// Completion: void(ErrorCode).
    /// Errors: messaging::Error::cancelled, timed_out, left (the request has ended), unknown_call (it was answered),
    /// unwanted (it is a notification, which has no stream and ends by this); Errc::queue_full (10,000 items wait).
    /// Cancellation: none; it ends with the request.
    template <class Token> auto async_progress(const nlohmann::json& value, Token&& token) const {
        return begin_progress_with(Response{value}, token);
    }
    /// As above, with JSON text that is sent unchanged.
    template <class Token> auto async_progress_text(std::string text, Token&& token) const {
        return begin_progress_with(Response::json_text(std::move(text)), token);
    }

    // --- Its end -----------------------------------------------------------------------------------
    /// It was answered or cancelled, or has expired: stop the work on it.
    [[nodiscard]] bool has_ended() const noexcept;
    /// Called once where it ends unanswered, at once where it has ended so: cancelled, timed_out, left, or unwanted (a
    /// notification made progress). Call it on the executor.
    void on_end(std::function<void(messaging::Error)>) const;

    /// That of the service or webapp.
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
