// Where received messages are dispatched by their topics.
#include "service/impl.hpp"

namespace wsmq::messaging {

using json_rpc::Kind;

bool Service::Impl::handle_message(const Message& message) {
    const auto below = context.topics.below_root(message.topic);
    if (!below) return false;
    const auto levels = Levels::of(*below);
    const auto& level = levels.level;
    if (levels.count < 3 || level[0] != "webapp") return false;
    const auto incoming = IncomingMessage::of(message);
    const auto sender = level[levels.count - 1];
    if (level[1] == "status" && levels.count == 3 && janitor.is_on()) {
        janitor.handle_record(sender, incoming);
        return true;
    }
    const bool is_own = !is_named() || level[2] == options.service;
    if (!is_own) return false;
    if (level[1] == "req" && levels.count == (is_named() ? 4u : 3u)) {
        // A broker without access rules does not check the sender. A retained request would be executed at every start.
        if (is_valid_uid(sender) && !incoming.retain) handle_request(sender, incoming);
        return true;
    }
    if (!is_named() || level[1] != "svc") return false;
    if (levels.count == 4) {
        if (probe.is_running() && sender == options.instance) {
            end_probe(true);
            return true;
        }
        if (shares) return false;
        const bool is_new = is_valid_instance(sender) && instances.handle_record(sender, incoming, context.now);
        if (is_new) record.handle_newcomer();
        return true;
    }
    const bool reaches_us = levels.count == 5 && (level[3] == options.instance || level[3] == all_instances);
    if (reaches_us && is_valid_uid(sender) && !incoming.retain) handle_control(sender, incoming);
    return reaches_us;
}

bool Service::Impl::is_ours(std::string_view from, std::string_view id_text) const {
    return shares || !is_named() || instances.is_ours(from, id_text, context.now);
}

void Service::Impl::handle_request(std::string_view from, const IncomingMessage& incoming) {
    const auto reply_topic = context.topics.response(from);
    const Responder::Sender sender{from, reply_topic};
    const bool is_raw = options.raw && Responder::is_raw(incoming);
    if (is_raw) {
        if (is_ours(from, incoming.correlation())) responder.handle_raw(sender, incoming);
        return;
    }
    json_rpc::Message message;
    json_rpc::Invalid invalid;
    if (!json_rpc::parse(incoming.payload, message, invalid)) {
        if (is_ours(from, {})) responder.refuse(sender, invalid, incoming);
    } else if (message.kind == Kind::notification) {
        // The unnamed backend receives them on the same topic.
        const bool is_control = !is_named() && responder.handle_control(from, message);
        if (!is_control && is_ours(from, {})) responder.handle_notification(sender, message, incoming);
    } else if (message.kind == Kind::request && is_ours(from, message.id_text)) {
        if (is_valid_name(message.method)) return responder.handle_request(sender, message, incoming);
        responder.refuse(sender, message.id, json_rpc::code::method_not_found, "Method not found", incoming);
    }
}

void Service::Impl::handle_control(std::string_view from, const IncomingMessage& incoming) {
    json_rpc::Message message;
    json_rpc::Invalid invalid;
    const bool is_notification =
        json_rpc::parse(incoming.payload, message, invalid) && message.kind == Kind::notification;
    if (!is_notification || responder.handle_control(from, message)) return;
    responder.handle_notification({from, context.topics.response(from)}, message, incoming);
}

}  // namespace wsmq::messaging
