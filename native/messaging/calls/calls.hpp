// The open requests, and the methods that answer them. Items of streams wait here for credit, and answers for the items
// before them. For the executor only; other threads use Call and Request.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calls/call.hpp"
#include "wsmq/messaging/event.hpp"
#include "wsmq/native/completion.hpp"
#include "wsmq/native/handler.hpp"
#include "wsmq/native/metrics.hpp"
#include "wsmq/native/response.hpp"

namespace wsmq::native {

class Calls : public std::enable_shared_from_this<Calls> {
public:
    /// Answers by the layer.
    class Answers {
    public:
        virtual ~Answers() = default;
        virtual messaging::Error respond(messaging::CallId, std::string_view result) = 0;
        virtual messaging::Error respond_raw(messaging::CallId, std::string_view body, std::string_view type) = 0;
        virtual messaging::Error fail(messaging::CallId, std::int64_t code, std::string_view message,
                                      std::string_view data) = 0;
        virtual messaging::Error progress(messaging::CallId, std::string_view value) = 0;
    };
    using ExceptionHandler = std::function<void(const Request&, const std::exception_ptr&)>;

    /// `answers` lives until shut_down().
    Calls(boost::asio::any_io_executor executor, Answers& answers)
        : executor_{std::move(executor)}, answers_{&answers} {}

    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    // --- Methods -----------------------------------------------------------------------------------
    void add(std::string method, RequestHandler handler) {
        methods_[std::move(method)].handler = std::make_shared<RequestHandler>(std::move(handler));
    }
    void add_any(RequestHandler handler) { any_.handler = std::make_shared<RequestHandler>(std::move(handler)); }
    [[nodiscard]] bool takes_any() const noexcept { return any_.handler != nullptr; }
    [[nodiscard]] std::vector<std::string> methods() const;
    [[nodiscard]] std::vector<ServiceMetrics::Method> metrics() const;
    /// Open requests that have sent items.
    [[nodiscard]] std::size_t streams() const noexcept;
    ExceptionHandler on_exception;

    // --- Events of the layer -----------------------------------------------------------------------
    /// False: there is no handler for its method; refuse() it then.
    bool handle(const messaging::Request&);
    void refuse(messaging::CallId);
    void handle(const messaging::RequestEnded&);
    void handle(const messaging::CreditGranted&);

    // --- Calls of handlers -------------------------------------------------------------------------
    void respond(messaging::CallId, Response);
    void progress(messaging::CallId, std::string item, AnyCompletion<> done);
    void on_end(messaging::CallId, std::function<void(messaging::Error)>);
    /// Its last handle was destroyed unanswered.
    void abandon(messaging::CallId);

    /// Open calls end with Error::left; nothing is answered after that.
    void shut_down();

private:
    using Clock = std::chrono::steady_clock;
    struct Item {
        std::string value;
        AnyCompletion<> done;
    };
    struct Method {
        std::shared_ptr<RequestHandler> handler;  ///< shared, because it may replace itself during its call
        MethodMetrics metrics;
    };
    struct Open {
        std::weak_ptr<Call> call{};
        Method* method = nullptr;
        Clock::time_point arrived{};
        bool is_notification = false;
        bool is_stream = false;              ///< has sent items
        std::list<Item> items{};             ///< wait for credit
        std::optional<Response> response{};  ///< waits for the items
        std::vector<std::function<void(messaging::Error)>> on_end{};
    };
    using OpenCalls = std::map<messaging::CallId, Open>;

    /// Null where there is none.
    [[nodiscard]] Method* method_of(std::string_view name);
    void send_waiting(OpenCalls::iterator);
    /// True: with an error.
    bool answer(messaging::CallId, const Response&);
    static void note_end(const Open&);
    void end(OpenCalls::iterator, messaging::Error);
    void stop(OpenCalls::iterator);

    boost::asio::any_io_executor executor_;
    Answers* answers_;
    std::map<std::string, Method, std::less<>> methods_;
    Method any_;
    OpenCalls open_;
};

}  // namespace wsmq::native
