#include "wsmq/native/request.hpp"

#include <boost/asio/dispatch.hpp>

#include "calls/calls.hpp"
#include "wsmq/native/handler.hpp"
#include "wsmq/native/messaging_error.hpp"

namespace wsmq::native {

std::string_view Request::from() const noexcept { return call_->from; }

std::string_view Request::user() const noexcept {
    const std::string_view uid = call_->from;
    return uid.substr(0, uid.rfind(':'));
}

std::string_view Request::method() const noexcept { return call_->method; }
const nlohmann::json& Request::params() const { return call_->value(); }
std::string_view Request::params_text() const noexcept { return call_->params; }
std::string_view Request::content_type() const noexcept { return call_->content_type; }
std::string_view Request::traceparent() const noexcept { return call_->traceparent; }
bool Request::is_notification() const noexcept { return call_->is_notification; }
std::chrono::steady_clock::time_point Request::deadline() const noexcept { return call_->deadline; }
boost::asio::any_io_executor Request::get_executor() const noexcept { return call_->executor; }

void Request::respond(Response response) const {
    if (!call_->claim()) return;
    boost::asio::dispatch(call_->executor, [call = call_, response = std::move(response)]() mutable {
        if (const auto calls = call->calls.lock()) calls->respond(call->id, std::move(response));
    });
}

void Request::begin_progress(Response item, AnyCompletion<> done) const {
    boost::asio::dispatch(call_->executor,
                          [call = call_, value = std::move(item.body), done = std::move(done)]() mutable {
                              const auto end = call->end.load();
                              const auto calls = call->calls.lock();
                              if (end != messaging::Error::none || !calls) {
                                  return done->complete_later(calls ? end : messaging::Error::left);
                              }
                              calls->progress(call->id, std::move(value), std::move(done));
                          });
}

bool Request::has_ended() const noexcept { return call_->answered || call_->end.load() != messaging::Error::none; }

void Request::on_end(std::function<void(messaging::Error)> handler) const {
    const auto end = call_->end.load();
    if (end != messaging::Error::none) return handler(end);
    if (const auto calls = call_->calls.lock()) calls->on_end(call_->id, std::move(handler));
}

void detail::answer_exception(const Request& request, const std::exception_ptr& thrown) {
    namespace code = messaging::json_rpc::code;
    try {
        std::rethrow_exception(thrown);
    } catch (const RequestError& error) {
        request.respond(Response::error(error));
    } catch (const nlohmann::json::exception& error) {
        request.respond(Response::error(code::invalid_params, "Invalid params", error.what()));
    } catch (...) {
        // The end of the request may be the cause of the exception.
        if (request.has_ended()) return;
        const auto calls = request.call_->calls.lock();
        request.respond(Response::error(code::internal_error, "Internal error"));
        if (calls && calls->on_exception) calls->on_exception(request, thrown);
    }
}

}  // namespace wsmq::native
