#include "respond/responder.hpp"

#include <algorithm>
#include <utility>

namespace wsmq::messaging {

// --- The user's calls ------------------------------------------------------------------------------

Responder::Calls::iterator Responder::find_open(CallId id) {
    const auto found = calls_.find(static_cast<std::uint64_t>(id));
    return found != calls_.end() && found->second.state == State::open ? found : calls_.end();
}

Error Responder::respond(CallId id, std::string_view result) {
    const auto found = find_open(id);
    if (found == calls_.end()) return Error::unknown_call;
    if (found->second.is_notification()) return finish(found);
    if (!context_.accepts_json(result)) return Error::invalid_json;
    const auto& call = found->second;
    const auto count = call.seq == 0 ? std::nullopt : std::optional{call.seq};
    return answer(found, json_rpc::encode_result(call.id, result, count), json_type);
}

Error Responder::respond_raw(CallId id, std::string_view body, std::string_view content_type) {
    const auto found = find_open(id);
    if (found == calls_.end()) return Error::unknown_call;
    if (found->second.is_notification()) return finish(found);
    if (content_type.empty() || content_type == json_type) return Error::invalid_argument;
    // A raw body has no place for the count of a stream.
    if (!found->second.is_raw || found->second.seq != 0) return Error::not_supported;
    return answer(found, std::string{body}, content_type);
}

Error Responder::fail(CallId id, std::int64_t code, std::string_view message, std::string_view data) {
    const auto found = find_open(id);
    if (found == calls_.end()) return Error::unknown_call;
    if (found->second.is_notification()) return finish(found);
    if (!data.empty() && !context_.accepts_json(data)) return Error::invalid_json;
    const auto error = answer(found, json_rpc::encode_error(found->second.id, code, message, data), json_type);
    if (error == Error::none) ++counts_.errors;
    return error;
}

Error Responder::progress(CallId id, std::string_view value) {
    const auto found = find_open(id);
    if (found == calls_.end()) return Error::unknown_call;
    if (found->second.is_notification()) return Error::unwanted;
    if (!context_.accepts_json(value)) return Error::invalid_json;
    auto& [number, call] = *found;
    if (call.credit == 0) {
        const auto stalled = std::min(call.due, context_.now + limits_.stall_timeout);
        if (!std::exchange(call.is_stalled, true)) deadlines_.set(number, stalled);
        return Error::no_credit;
    }
    const auto error = send(call, json_rpc::encode_progress(call.id, call.seq, value, at_), json_type);
    if (error != Error::none) return error;
    ++call.seq;
    --call.credit;
    return Error::none;
}

void Responder::handle_timeout() {
    while (const auto number = deadlines_.take(context_.now)) {
        const auto found = calls_.find(*number);
        if (found == calls_.end()) continue;
        if (context_.now < found->second.due) {
            cancel(found, "Nobody takes the items of the stream");
            continue;
        }
        if (found->second.state != State::answered) ++counts_.expired;
        if (found->second.state == State::open) {
            context_.events.push(RequestEnded{CallId{*number}, Error::timed_out});
        }
        erase(found);
    }
    pump();
}

void Responder::fail_all(std::string_view message) {
    for (const auto& [number, call] : calls_) {
        if (call.state == State::answered || call.is_notification()) continue;
        (void)send(call, json_rpc::encode_error(call.id, json_rpc::code::cancelled, message, {}), json_type);
    }
    end_all();
}

void Responder::end_all() {
    for (const auto& [number, call] : calls_) {
        if (call.state == State::open) context_.events.push(RequestEnded{CallId{number}, Error::left});
    }
    while (!calls_.empty()) erase(calls_.begin());
}

// --- Helpers ---------------------------------------------------------------------------------------

void Responder::pump() {
    while (const auto number = queue_.next()) dispatch(calls_.find(*number));
}

void Responder::dispatch(Calls::iterator position) {
    auto& call = position->second;
    call.state = State::open;
    if (!call.is_notification()) ++counts_.requests;
    call.request.time_left = std::chrono::duration_cast<Duration>(call.due - context_.now);
    call.request.waited = std::chrono::duration_cast<Duration>(context_.now - call.arrived);
    context_.events.push_joined(
        std::move(call.text), call.request,
        {&Request::from, &Request::method, &Request::params, &Request::content_type, &Request::traceparent});
    call.text = {};
}

Error Responder::send(const Call& call, std::string_view payload, std::string_view content_type) {
    const auto left = std::chrono::duration_cast<Duration>(call.due - context_.now);
    const MessageOptions how{
        .content_type = content_type, .correlation = call.correlation, .expiry = std::max(left, Duration{1})};
    return context_.broker.publish(call.reply_topic, payload, how, {}, context_.now).error();
}

Error Responder::answer(Calls::iterator position, std::string payload, std::string_view content_type) {
    auto& call = position->second;
    const auto error = send(call, payload, content_type);
    if (error != Error::none) return error;
    leave_queue(position);
    if (call.is_stalled) deadlines_.set(position->first, call.due);
    call.state = State::answered;
    call.answer_type = content_type;
    call.answer = std::move(payload);
    answered_.push_back(position->first);
    ++remembered_;
    remembered_bytes_ += call.answer.size();
    forget_oldest();
    pump();
    return Error::none;
}

Error Responder::finish(Calls::iterator position) {
    erase(position);
    pump();
    return Error::none;
}

void Responder::cancel(Calls::iterator position, std::string_view message) {
    ++counts_.cancelled;
    const auto number = position->first;
    if (position->second.state == State::open) context_.events.push(RequestEnded{CallId{number}, Error::cancelled});
    auto payload = json_rpc::encode_error(position->second.id, json_rpc::code::cancelled, message, {});
    if (answer(position, std::move(payload), json_type) != Error::none) erase(position);
}

/// The call is not open or waiting any more.
void Responder::leave_queue(Calls::iterator position) {
    const auto& [number, call] = *position;
    if (call.state == State::open) queue_.end_open(account_of(call.key));
    if (call.state == State::waiting) queue_.end_waiting(account_of(call.key), number);
}

void Responder::erase(Calls::iterator position) {
    leave_queue(position);
    const auto& call = position->second;
    if (call.state == State::answered) {
        --remembered_;
        remembered_bytes_ -= call.answer.size();
    }
    by_key_.erase(call.key);
    deadlines_.erase(position->first);
    calls_.erase(position);
}

void Responder::forget_oldest() {
    while (!answered_.empty()) {
        const auto oldest = calls_.find(answered_.front());
        const bool is_gone = oldest == calls_.end();
        const bool too_much = remembered_ > limits_.remembered_answers || remembered_bytes_ > limits_.remembered_bytes;
        if (!is_gone && !too_much) return;
        answered_.pop_front();
        if (!is_gone) erase(oldest);
    }
}

}  // namespace wsmq::messaging
