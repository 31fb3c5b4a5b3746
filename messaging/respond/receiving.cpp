// Where a request is accepted: delivered, queued, or refused.
#include <algorithm>
#include <utility>

#include "respond/responder.hpp"

namespace wsmq::messaging {

std::string_view Responder::account_of(std::string_view key) {
    const auto end = key.find(':', key.find(':') + 1);
    return end == std::string_view::npos ? std::string_view{} : key.substr(0, end);
}

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

void Responder::handle_request(const Sender& sender, const json_rpc::Message& message,
                               const IncomingMessage& incoming) {
    if (!is_duplicate(sender, message.id)) {
        accept(sender, message.id, message.method, message.value, {}, incoming);
    }
}

void Responder::handle_notification(const Sender& sender, const json_rpc::Message& message,
                                    const IncomingMessage& incoming) {
    if (is_valid_name(message.method)) accept(sender, {}, message.method, message.value, {}, incoming);
}

bool Responder::is_raw(const IncomingMessage& incoming) {
    const auto type = incoming.text(PropertyId::content_type);
    return !type.empty() && type != json_type && !incoming.correlation().empty() &&
           !incoming.user_property("method").empty();
}

void Responder::handle_raw(const Sender& sender, const IncomingMessage& incoming) {
    const auto method = incoming.user_property("method");
    std::string id;
    json_rpc::append_string(id, incoming.correlation());
    if (id.size() > convention::longest_id || !is_valid_name(method)) {
        refuse(sender, {}, json_rpc::code::invalid_request, "Invalid Request", incoming);
    } else if (!is_duplicate(sender, id)) {
        accept(sender, id, method, incoming.payload, incoming.text(PropertyId::content_type), incoming);
    }
}

bool Responder::is_duplicate(const Sender& sender, std::string_view id) {
    const auto found = find(sender.from, id);
    if (found == calls_.end()) return false;
    const auto& call = found->second;
    // One that is not answered yet will be.
    if (call.state == State::answered) {
        ++counts_.duplicates;
        (void)send(call, call.answer, call.answer_type);
    }
    return true;
}

std::optional<Duration> Responder::lifetime(const IncomingMessage& incoming) const {
    const auto seconds = incoming.properties.integer(PropertyId::message_expiry_interval);
    if (!seconds) return limits_.default_expiry;
    if (*seconds == 0) return std::nullopt;
    return std::min(Duration{std::chrono::seconds{*seconds}}, limits_.longest_expiry);
}

void Responder::accept(const Sender& sender, std::string_view id, std::string_view method, std::string_view params,
                       std::string_view content_type, const IncomingMessage& incoming) {
    const auto left = lifetime(incoming);
    const auto correlation = incoming.correlation();
    const auto traceparent = incoming.user_property("traceparent");
    const auto bytes = incoming.payload.size() + correlation.size() + content_type.size() + traceparent.size();
    if (!left) {
        ++counts_.expired;
        return;
    }
    if (!admits(sender, id, method, bytes, incoming)) return;
    const auto number = ++context_.last_call;
    auto& call = calls_[number];
    call.key = key_of(sender.from, id);
    call.reply_topic = sender.reply_topic;
    call.id = id;
    call.correlation = correlation;
    call.arrived = context_.now;
    call.due = call.arrived + *left;
    call.credit = convention::first_credit;
    call.is_raw = !content_type.empty();
    const std::string_view texts[] = {sender.from, method, params, content_type, traceparent};
    call.text = EventQueue::join(texts);
    call.request = {CallId{number}, sender.from, method, params, content_type, traceparent, {}, id.empty()};
    if (!call.is_notification()) by_key_[call.key] = number;
    deadlines_.set(number, call.due);
    queue_.add(account_of(call.key), number, bytes);
    pump();
}

bool Responder::admits(const Sender& sender, std::string_view id, std::string_view method, std::size_t bytes,
                       const IncomingMessage& incoming) {
    const bool is_notification = id.empty();
    if (!methods_.empty() && !methods_.contains(method)) {
        if (!is_notification) refuse(sender, id, json_rpc::code::method_not_found, "Method not found", incoming);
        return false;
    }
    if (queue_.has_room(account_of(sender.from), bytes)) return true;
    if (is_notification) {
        ++counts_.dropped;
    } else {
        refuse(sender, id, json_rpc::code::overloaded, "Too many requests", incoming);
    }
    return false;
}

void Responder::refuse(const Sender& sender, std::string_view id, std::int64_t code, std::string_view message,
                       const IncomingMessage& incoming) {
    ++counts_.errors;
    ++(code == json_rpc::code::overloaded         ? counts_.overloaded
       : code == json_rpc::code::method_not_found ? counts_.unknown_methods
                                                  : counts_.invalid);
    (void)context_.broker.publish(sender.reply_topic, json_rpc::encode_error(id, code, message, {}),
                                  {.content_type = json_type, .correlation = incoming.correlation()}, {}, context_.now);
}

void Responder::refuse(const Sender& sender, const json_rpc::Invalid& invalid, const IncomingMessage& incoming) {
    if (invalid.is_answer) return;  // two responders would answer each other without end
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
    call.credit += std::min(control->n.value_or(0), convention::most_credit - call.credit);
    if (call.credit == 0 || !was_out_of_credit || call.state != State::open) return true;
    if (std::exchange(call.is_stalled, false)) deadlines_.set(number, call.due);
    context_.events.push(CreditGranted{CallId{number}, call.credit});
    return true;
}

}  // namespace wsmq::messaging
