// Where received messages are dispatched by their topics.
#include "json_rpc/scan.hpp"
#include "webapp/impl.hpp"

namespace wsmq::messaging {

using json_rpc::Kind;

bool Webapp::Impl::handle_message(const Message& message) {
    const auto below = context.topics.below_root(message.topic);
    if (!below) return false;
    const auto levels = Levels::of(*below);
    const auto incoming = IncomingMessage::of(message);
    if (levels.level[0] == "webapp") return handle_webapp_message(levels, incoming);
    const bool of_device = levels.count == 3 && levels.level[0] == "device" && levels.level[1] == "status";
    return of_device && handle_device(levels.level[2], incoming);
}

/// Retained messages on topics where the convention retains none are ignored: their sender may be long gone.
bool Webapp::Impl::handle_webapp_message(const Levels& levels, const IncomingMessage& incoming) {
    const auto kind = levels.level[1];
    const auto first = levels.level[2];
    if (levels.count == 3) {
        if (kind == "status") return handle_status(first, incoming);
        if (kind != "res" || first != options.uid) return false;
        if (!incoming.retain) handle_response(incoming);
        return true;
    }
    if (levels.count != 4) return false;
    const auto second = levels.level[3];
    if (kind == "room") return handle_room(first, second, incoming);
    if (kind == "svc") return discovery.handle_record(first, second, incoming);
    if (kind != "peer" || first != options.uid) return false;
    // A broker without access rules does not check the sender.
    if (is_valid_uid(second) && !incoming.retain) handle_peer(second, incoming);
    return true;
}

void Webapp::Impl::handle_response(const IncomingMessage& incoming) {
    if (requester.handle_raw(incoming)) return;
    json_rpc::Message message;
    json_rpc::Invalid invalid;
    if (!json_rpc::parse(incoming.payload, message, invalid)) return;
    if (message.kind == Kind::result || message.kind == Kind::error) return requester.handle_answer({}, message);
    if (message.kind != Kind::notification) return;  // services make no requests
    if (message.method == json_rpc::method::progress) {
        if (const auto control = json_rpc::parse_control(message.value)) requester.handle_progress({}, *control);
    } else {
        service_notifications.handle_notification({}, message, incoming);
    }
}

void Webapp::Impl::handle_peer(std::string_view from, const IncomingMessage& incoming) {
    json_rpc::Message message;
    json_rpc::Invalid invalid;
    const auto type = incoming.text(PropertyId::content_type);
    const bool may_be_json = type.empty() || type == json_type;
    if (may_be_json && json_rpc::parse(incoming.payload, message, invalid)) {
        handle_peer_call(from, message, incoming);
    } else if (invalid.has_version) {
        responder.refuse({from, context.topics.peer(from, options.uid)}, invalid, incoming);
    } else {
        context.events.push(PeerMessage{from, incoming.payload, type},
                            {&PeerMessage::from, &PeerMessage::body, &PeerMessage::content_type});
    }
}

void Webapp::Impl::handle_peer_call(std::string_view from, const json_rpc::Message& message,
                                    const IncomingMessage& incoming) {
    if (message.kind == Kind::result || message.kind == Kind::error) return requester.handle_answer(from, message);
    const auto reply_topic = context.topics.peer(from, options.uid);
    if (message.kind == Kind::request) {
        if (exposes && is_valid_name(message.method))
            return responder.handle_request({from, reply_topic}, message, incoming);
        return responder.refuse({from, reply_topic}, message.id, json_rpc::code::method_not_found, "Method not found",
                                incoming);
    }
    if (message.method == json_rpc::method::here) {
        roster.handle_here(from);
    } else if (message.method == json_rpc::method::progress) {
        if (const auto control = json_rpc::parse_control(message.value)) requester.handle_progress(from, *control);
    } else if (!responder.handle_control(from, message) && exposes) {
        responder.handle_notification({from, reply_topic}, message, incoming);
    }
}

bool Webapp::Impl::handle_room(std::string_view room, std::string_view from, const IncomingMessage& incoming) {
    const bool of_roll = room == roll_room;
    if (!of_roll && !rooms.contains(room)) return false;
    if (from == options.uid || !is_valid_uid(from) || incoming.retain) return true;
    if (of_roll) {
        roster.handle_presence_request(incoming);
        announcer.handle_presence_request();
    } else {
        context.events.push(RoomMessage{room, from, incoming.payload, incoming.text(PropertyId::content_type)},
                            {&RoomMessage::room, &RoomMessage::from, &RoomMessage::body, &RoomMessage::content_type});
    }
    return true;
}

bool Webapp::Impl::handle_status(std::string_view uid, const IncomingMessage& incoming) {
    if (uid != options.uid) {
        if (!roster.is_watching()) return false;
        roster.handle_record(uid, incoming);
        return true;
    }
    uid_was_taken |= shows_uid_taken(incoming);
    roster.handle_own_record(incoming.retain);
    if (!membership.is_leaving()) announcer.handle_own_record(incoming);
    return true;
}

bool Webapp::Impl::handle_device(std::string_view serial_number, const IncomingMessage& incoming) {
    if (!devices.contains(serial_number) && !devices.contains("+")) return false;
    if (!is_valid_level(serial_number) || !incoming.may_be_record()) return true;
    bool online = false;
    if (!incoming.payload.empty()) {
        const auto scanned = json_rpc::scan(incoming.payload);
        if (!scanned.is_object()) return true;
        online = json_rpc::is_true(scanned.find("online"));
    }
    context.events.push(DeviceStatus{serial_number, online, incoming.payload},
                        {&DeviceStatus::serial_number, &DeviceStatus::status});
    return true;
}

}  // namespace wsmq::messaging
