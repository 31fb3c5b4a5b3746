#include "respond/responder.hpp"

#include <algorithm>
#include <utility>

namespace wsmq::patterns {

namespace {

/// "{org}:{user}" of the sender with whose name the key begins.
std::string_view account_of(std::string_view key) { return key.substr(0, key.find(':', key.find(':') + 1)); }

}  // namespace

// --- What arrives ----------------------------------------------------------------------------------

std::string Responder::key_of(std::string_view from, std::string_view id) {
    std::string key{from};
    key += '/';  // which no sender's name holds
    key += id;
    return key;
}

Responder::Calls::iterator Responder::find(std::string_view from, std::string_view id) {
    const auto found = by_key_.find(key_of(from, id));
    return found == by_key_.end() ? calls_.end() : calls_.find(found->second);
}

void Responder::handle_request(const Sender& sender, const json_rpc::Message& message, const Incoming& incoming) {
    if (!is_duplicate(sender, message.id)) {
        accept(sender, message.id, message.method, message.value, {}, incoming);
    }
}

bool Responder::is_raw(const Incoming& incoming) {
    const auto type = incoming.text(PropertyId::content_type);
    return !type.empty() && type != json_type && !incoming.correlation().empty() &&
           !incoming.user_property("method").empty();
}

void Responder::handle_raw(const Sender& sender, const Incoming& incoming) {
    const auto method = incoming.user_property("method");
    std::string id;
    json_rpc::append_string(id, incoming.correlation());
    if (id.size() > json_rpc::longest_id || !is_valid_name(method)) {
        refuse(sender, {}, json_rpc::code::invalid_request, "Invalid Request", incoming);
    } else if (!is_duplicate(sender, id)) {
        accept(sender, id, method, incoming.payload, incoming.text(PropertyId::content_type), incoming);
    }
}

bool Responder::is_duplicate(const Sender& sender, std::string_view id) {
    const auto found = find(sender.from, id);
    if (found == calls_.end()) return false;
    const auto& call = found->second;
    // Of one that is not answered yet, the answer is still to come.
    if (call.state == State::answered) {
        ++counts_.duplicates;
        (void)send(call, call.answer, call.answer_type);
    }
    return true;
}

std::optional<Duration> Responder::lifetime(const Incoming& incoming) const {
    const auto seconds = incoming.properties.integer(PropertyId::message_expiry_interval);
    if (!seconds) return limits_.default_expiry;
    if (*seconds == 0) return std::nullopt;
    return std::min(Duration{std::chrono::seconds{*seconds}}, limits_.longest_expiry);
}

void Responder::accept(const Sender& sender, std::string_view id, std::string_view method, std::string_view params,
                       std::string_view content_type, const Incoming& incoming) {
    const auto left = lifetime(incoming);
    if (!left) {
        ++counts_.expired;
        return;
    }
    if (!methods_.empty() && !methods_.contains(method)) {
        return refuse(sender, id, json_rpc::code::method_not_found, "Method not found", incoming);
    }
    auto key = key_of(sender.from, id);
    const auto traceparent = incoming.user_property("traceparent");
    const auto bytes =
        incoming.payload.size() + incoming.correlation().size() + content_type.size() + traceparent.size();
    if (!turns_.has_room(account_of(key), bytes)) {
        return refuse(sender, id, json_rpc::code::overloaded, "Too many requests", incoming);
    }
    const auto number = ++last_;
    auto& call = calls_[number];
    call.key = std::move(key);
    call.reply_topic = sender.reply_topic;
    call.id = id;
    call.correlation = incoming.correlation();
    call.due = context_.now + *left;
    call.credit = json_rpc::first_credit;
    call.is_raw = !content_type.empty();
    call.from = sender.from;
    call.method = method;
    call.params = params;
    call.content_type = content_type;
    call.traceparent = traceparent;
    by_key_[call.key] = number;
    deadlines_.set(number, call.due);
    turns_.add(account_of(call.key), number, bytes);
    pump();
}

void Responder::refuse(const Sender& sender, std::string_view id, std::int64_t code, std::string_view message,
                       const Incoming& incoming) {
    ++counts_.errors;
    (void)context_.port.publish(sender.reply_topic, json_rpc::encode_error(id, code, message, {}),
                                {.content_type = json_type, .correlation = incoming.correlation()}, {}, context_.now);
}

void Responder::refuse(const Sender& sender, const json_rpc::Invalid& invalid, const Incoming& incoming) {
    if (invalid.is_answer) return;  // else two sides could answer each other for ever
    const bool no_json = invalid.code == json_rpc::code::parse_error;
    refuse(sender, invalid.id, invalid.code, no_json ? "Parse error" : "Invalid Request", incoming);
}

bool Responder::handle_control(std::string_view from, const json_rpc::Message& message) {
    const bool cancels = message.method == json_rpc::method::cancel;
    if (!cancels && message.method != json_rpc::method::more) return false;
    const auto control = json_rpc::parse_control(message.value);
    if (!control) return true;
    const auto found = find(from, control->id);
    if (found == calls_.end() || found->second.state == State::answered) return true;
    if (cancels) {
        cancel(found, "The request was cancelled");
        pump();
        return true;
    }
    auto& [number, call] = *found;
    const bool was_out_of_credit = call.credit == 0;
    call.credit += std::min(control->n.value_or(0), json_rpc::most_credit - call.credit);
    if (call.credit == 0 || !was_out_of_credit || call.state != State::open) return true;
    if (std::exchange(call.is_stalled, false)) deadlines_.set(number, call.due);
    context_.events.push(CreditGranted{CallId{number}, call.credit});
    return true;
}

// --- The user's calls ------------------------------------------------------------------------------

Responder::Calls::iterator Responder::find_open(CallId id) {
    const auto found = calls_.find(static_cast<std::uint64_t>(id));
    return found != calls_.end() && found->second.state == State::open ? found : calls_.end();
}

Error Responder::respond(CallId id, std::string_view result) {
    const auto found = find_open(id);
    if (found == calls_.end()) return Error::unknown_call;
    if (!context_.accepts_json(result)) return Error::invalid_json;
    const auto& call = found->second;
    const auto count = call.seq == 0 ? std::nullopt : std::optional{call.seq};
    return answer(found, json_rpc::encode_result(call.id, result, count), json_type);
}

Error Responder::respond_raw(CallId id, std::string_view body, std::string_view content_type) {
    const auto found = find_open(id);
    if (found == calls_.end()) return Error::unknown_call;
    if (content_type.empty() || content_type == json_type) return Error::invalid_argument;
    // A raw body has no place for the count of a stream.
    if (!found->second.is_raw || found->second.seq != 0) return Error::not_supported;
    return answer(found, std::string{body}, content_type);
}

Error Responder::fail(CallId id, std::int64_t code, std::string_view message, std::string_view data) {
    const auto found = find_open(id);
    if (found == calls_.end()) return Error::unknown_call;
    if (!data.empty() && !context_.accepts_json(data)) return Error::invalid_json;
    const auto error = answer(found, json_rpc::encode_error(found->second.id, code, message, data), json_type);
    if (error == Error::none) ++counts_.errors;
    return error;
}

Error Responder::progress(CallId id, std::string_view value) {
    const auto found = find_open(id);
    if (found == calls_.end()) return Error::unknown_call;
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
        if (call.state == State::answered) continue;
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
    while (const auto number = turns_.next()) tell(calls_.find(*number));
}

void Responder::tell(Calls::iterator position) {
    auto& [number, call] = *position;
    call.state = State::open;
    ++counts_.requests;
    const auto left = std::chrono::duration_cast<Duration>(call.due - context_.now);
    context_.events.push(
        Request{CallId{number}, call.from, call.method, call.params, call.content_type, call.traceparent, left},
        {&Request::from, &Request::method, &Request::params, &Request::content_type, &Request::traceparent});
    // The event has a copy of its own.
    for (auto* text : {&call.from, &call.method, &call.params, &call.content_type, &call.traceparent}) *text = {};
}

Error Responder::send(const Call& call, std::string_view payload, std::string_view content_type) {
    const auto left = std::chrono::duration_cast<Duration>(call.due - context_.now);
    const Outgoing how{
        .content_type = content_type, .correlation = call.correlation, .expiry = std::max(left, Duration{1})};
    return context_.port.publish(call.reply_topic, payload, how, {}, context_.now).error();
}

Error Responder::answer(Calls::iterator position, std::string payload, std::string_view content_type) {
    auto& call = position->second;
    const auto error = send(call, payload, content_type);
    if (error != Error::none) return error;
    stop_counting(position);
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

void Responder::cancel(Calls::iterator position, std::string_view message) {
    ++counts_.cancelled;
    const auto number = position->first;
    if (position->second.state == State::open) context_.events.push(RequestEnded{CallId{number}, Error::cancelled});
    const auto payload = json_rpc::encode_error(position->second.id, json_rpc::code::cancelled, message, {});
    if (answer(position, payload, json_type) != Error::none) erase(position);
}

/// It is no longer one of those that are open or waiting.
void Responder::stop_counting(Calls::iterator position) {
    const auto& [number, call] = *position;
    if (call.state == State::open) turns_.end_open(account_of(call.key));
    if (call.state == State::waiting) turns_.end_waiting(account_of(call.key), number);
}

void Responder::erase(Calls::iterator position) {
    stop_counting(position);
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

}  // namespace wsmq::patterns
