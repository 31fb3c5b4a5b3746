#include <initializer_list>

#include "json_rpc/scan.hpp"
#include "wsmq/messaging/json_rpc.hpp"

namespace wsmq::messaging::json_rpc {

namespace {

constexpr std::string_view known_members[] = {"jsonrpc", "id", "method", "params", "result", "error", "count"};

bool has_type(const Member* member, std::initializer_list<Type> types) {
    if (member == nullptr) return false;
    for (const Type type : types) {
        if (member->type == type) return true;
    }
    return false;
}

bool is_sound_id(const Member* id) {
    return has_type(id, {Type::string, Type::number}) && id->raw.size() <= convention::longest_id;
}

void take_id(Message& message, const Member& id) {
    message.id = id.raw;
    message.id_text = id.type == Type::string ? id.text : std::string{id.raw};
}

/// No member of JSON-RPC appears twice.
bool is_unambiguous(const ScanResult& scanned) {
    for (const auto known : known_members) {
        int times = 0;
        for (const Member& member : scanned.members) times += member.key == known ? 1 : 0;
        if (times > 1) return false;
    }
    return true;
}

bool take_request(const ScanResult& scanned, Message& message) {
    const Member* method = scanned.find("method");
    const Member* params = scanned.find("params");
    const Member* id = scanned.find("id");
    if (!has_type(method, {Type::string}) || scanned.find("result") || scanned.find("error")) return false;
    if (params && !has_type(params, {Type::array, Type::object})) return false;
    if (id && !is_sound_id(id)) return false;
    message.kind = id ? Kind::request : Kind::notification;
    if (id) take_id(message, *id);
    message.method = method->text;
    if (params) message.value = params->raw;
    return true;
}

bool take_result(const ScanResult& scanned, const Member& result, Message& message) {
    const Member* id = scanned.find("id");
    const Member* count = scanned.find("count");
    if (!is_sound_id(id) || scanned.find("error")) return false;
    message.kind = Kind::result;
    take_id(message, *id);
    message.value = result.raw;
    message.count = unsigned_of(count);
    return count == nullptr || message.count.has_value();
}

bool take_error(const ScanResult& scanned, const Member& error, Message& message) {
    const Member* id = scanned.find("id");
    if (!is_sound_id(id) && !has_type(id, {Type::null})) return false;
    if (error.type != Type::object) return false;
    const ScanResult inner = scan(error.raw);
    const auto code = integer_of(inner.find("code"));
    const Member* text = inner.find("message");
    const Member* data = inner.find("data");
    if (!code || !has_type(text, {Type::string})) return false;
    message.kind = Kind::error;
    take_id(message, *id);
    message.code = *code;
    message.message = text->text;
    if (data) message.value = data->raw;
    return true;
}

bool take(const ScanResult& scanned, Message& message) {
    const Member* version = scanned.find("jsonrpc");
    if (!has_type(version, {Type::string}) || version->text != "2.0" || !is_unambiguous(scanned)) return false;
    if (scanned.find("method")) return take_request(scanned, message);
    if (const Member* result = scanned.find("result")) return take_result(scanned, *result, message);
    if (const Member* error = scanned.find("error")) return take_error(scanned, *error, message);
    return false;
}

}  // namespace

bool parse(std::string_view text, Message& message, Invalid& invalid) {
    const ScanResult scanned = scan(text);
    if (scanned.is_object() && take(scanned, message)) return true;
    invalid.code = scanned.ok ? code::invalid_request : code::parse_error;
    if (!scanned.is_object()) return false;
    invalid.has_version = scanned.find("jsonrpc") != nullptr;
    invalid.is_answer = !scanned.find("method") && (scanned.find("result") || scanned.find("error"));
    if (const Member* id = scanned.find("id"); is_sound_id(id)) invalid.id = id->raw;
    return false;
}

std::optional<Control> parse_control(std::string_view params) {
    const ScanResult scanned = scan(params);
    const Member* id = scanned.find("id");
    if (!scanned.is_object() || !is_sound_id(id)) return std::nullopt;
    Control control;
    control.id = id->raw;
    control.id_text = id->type == Type::string ? id->text : std::string{id->raw};
    control.seq = unsigned_of(scanned.find("seq"));
    control.n = unsigned_of(scanned.find("n"));
    if (const Member* value = scanned.find("value")) control.value = value->raw;
    if (const Member* at = scanned.find("at"); has_type(at, {Type::string})) control.at = at->text;
    return control;
}

bool is_json(std::string_view text) { return scan(text).ok; }

}  // namespace wsmq::messaging::json_rpc
