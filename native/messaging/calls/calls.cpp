#include "calls/calls.hpp"

#include <algorithm>
#include <utility>

#include "wsmq/messaging/json_rpc.hpp"
#include "wsmq/native/error_code.hpp"
#include "wsmq/native/messaging_error.hpp"

namespace wsmq::native {

namespace {

constexpr std::size_t most_items = 10'000;
namespace code = messaging::json_rpc::code;

}  // namespace

std::vector<std::string> Calls::methods() const {
    std::vector<std::string> names;
    for (const auto& [name, method] : methods_) names.push_back(name);
    return names;
}

std::vector<ServiceMetrics::Method> Calls::metrics() const {
    std::vector<ServiceMetrics::Method> all;
    if (takes_any()) all.push_back({{}, any_.metrics});
    for (const auto& [name, method] : methods_) all.push_back({name, method.metrics});
    return all;
}

std::size_t Calls::streams() const noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(open_, [](const auto& each) { return each.second.is_stream; }));
}

Calls::Method* Calls::method_of(std::string_view name) {
    const auto found = methods_.find(name);
    if (found != methods_.end()) return &found->second;
    return takes_any() ? &any_ : nullptr;
}

// --- Events of the layer ---------------------------------------------------------------------------

bool Calls::handle(const messaging::Request& request) {
    auto* const method = method_of(request.method);
    if (method == nullptr) return false;
    const auto call = std::make_shared<Call>(shared_from_this(), request);
    auto& open = open_[request.id];
    open.call = call;
    open.method = method;
    open.arrived = Clock::now() - request.waited;
    open.is_notification = request.is_notification;
    ++(request.is_notification ? method->metrics.notifications : method->metrics.requests);
    const auto handler = method->handler;
    (*handler)(Request{call});
    return true;
}

void Calls::refuse(messaging::CallId id) { (void)answers_->fail(id, code::method_not_found, "Method not found", {}); }

void Calls::handle(const messaging::RequestEnded& ended) {
    const auto found = open_.find(ended.id);
    if (found != open_.end()) end(found, ended.why);
}

void Calls::end(OpenCalls::iterator position, messaging::Error why) {
    auto node = open_.extract(position);
    auto& open = node.mapped();
    note_end(open);
    if (const auto call = open.call.lock()) call->end = why;
    for (auto& item : open.items) item.done->complete_later(why);
    for (auto& handler : open.on_end) handler(why);
}

void Calls::handle(const messaging::CreditGranted& granted) {
    const auto found = open_.find(granted.id);
    if (found != open_.end()) send_waiting(found);
}

// --- Calls of handlers -----------------------------------------------------------------------------

void Calls::respond(messaging::CallId id, Response response) {
    const auto found = open_.find(id);
    if (found == open_.end()) return;
    found->second.response = std::move(response);
    found->second.on_end.clear();
    send_waiting(found);
}

void Calls::progress(messaging::CallId id, std::string value, AnyCompletion<> done) {
    const auto found = open_.find(id);
    if (found == open_.end() || found->second.response) return done->complete_later(messaging::Error::unknown_call);
    auto& items = found->second.items;
    if (items.size() >= most_items) return done->complete_later(Errc::queue_full);
    items.push_back({std::move(value), std::move(done)});
    if (items.size() == 1) send_waiting(found);
}

/// Sends items as far as the credit allows, and the answer after the last one.
void Calls::send_waiting(OpenCalls::iterator position) {
    auto& [id, open] = *position;
    while (!open.items.empty()) {
        const auto error = answers_->progress(id, open.items.front().value);
        if (error == messaging::Error::no_credit) return;
        if (error == messaging::Error::unwanted) return stop(position);
        open.is_stream |= error == messaging::Error::none;
        open.items.front().done->complete_later(error);
        open.items.pop_front();
    }
    if (!open.response) return;
    const auto node = open_.extract(position);
    const auto& answered = node.mapped();
    const bool is_error = answer(node.key(), *answered.response);
    if (is_error && !answered.is_notification) ++answered.method->metrics.errors;
    note_end(answered);
}

/// A notification that makes progress: it has no stream, so it ends.
void Calls::stop(OpenCalls::iterator position) {
    (void)answers_->respond(position->first, "null");
    end(position, messaging::Error::unwanted);
}

void Calls::note_end(const Open& open) {
    if (!open.is_notification) open.method->metrics.durations.add(Clock::now() - open.arrived);
}

bool Calls::answer(messaging::CallId id, const Response& response) {
    using Kind = Response::Kind;
    auto error = messaging::Error::none;
    switch (response.kind) {
        case Kind::result: error = answers_->respond(id, response.body); break;
        case Kind::raw: error = answers_->respond_raw(id, response.body, response.content_type); break;
        case Kind::error: error = answers_->fail(id, response.code, response.message, response.body); break;
    }
    if (error == messaging::Error::none || error == messaging::Error::unknown_call) return response.kind == Kind::error;
    // The caller learns why there is no answer, unless the call has ended.
    (void)answers_->fail(id, code::internal_error, describe(error), {});
    return true;
}

void Calls::on_end(messaging::CallId id, std::function<void(messaging::Error)> handler) {
    const auto found = open_.find(id);
    if (found != open_.end()) found->second.on_end.push_back(std::move(handler));
}

void Calls::abandon(messaging::CallId id) {
    if (answers_ != nullptr) respond(id, Response::error(code::internal_error, "Internal error"));
}

void Calls::shut_down() {
    while (!open_.empty()) end(open_.begin(), messaging::Error::left);
    answers_ = nullptr;
}

}  // namespace wsmq::native
