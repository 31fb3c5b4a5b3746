// Any bytes as a message of JSON-RPC: nlohmann/json's own parser says whether they are JSON, what is cut out is what it
// finds there, and what is encoded of it is parsed to the same again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "json_rpc/scan.hpp"
#include "wsmq/messaging/json_rpc.hpp"

namespace {

using namespace wsmq::messaging;
using namespace wsmq::messaging::json_rpc;
using Json = nlohmann::json;

void require(bool held) {
    if (!held) std::abort();
}

Json parsed(std::string_view text) { return Json::parse(text, nullptr, false); }

/// The library takes NUL for the end, passes over a byte order mark, and lets the last of several members count.
bool is_comparable(std::string_view text) {
    return text.find('\0') == std::string_view::npos && !text.starts_with('\xEF');
}

void check_scan(std::string_view text) {
    const ScanResult scanned = scan(text);
    if (!is_comparable(text)) return require(!scanned.ok);
    const Json whole = parsed(text);
    require(scanned.ok == !whole.is_discarded());
    if (!scanned.ok) return;
    require(scanned.is_object() == whole.is_object());
    for (const Member& member : scanned.members) {
        require(member.raw.data() >= text.data() && member.raw.data() + member.raw.size() <= text.data() + text.size());
        const Json value = parsed(member.raw);
        require(!value.is_discarded());
        require(value.is_string() == (member.type == Type::string));
        if (value.is_string()) require(value.get<std::string>() == member.text);
        // Of members of one name, nlohmann keeps the last.
        const bool is_last = &member == &scanned.members.back() ||
                             std::none_of(&member + 1, &scanned.members.back() + 1,
                                          [&](const Member& each) { return each.key == member.key; });
        if (is_last) require(whole[member.key] == value);
    }
}

std::string encoded(const Message& message) {
    switch (message.kind) {
        case Kind::request: return encode_request(message.id, message.method, message.value);
        case Kind::notification: return encode_notification(message.method, message.value);
        case Kind::result: return encode_result(message.id, message.value, message.count);
        case Kind::error: return encode_error(message.id, message.code, message.message, message.value);
    }
    return {};
}

void check_message(std::string_view text) {
    Message message;
    Invalid invalid;
    if (!parse(text, message, invalid))
        return require(invalid.code == code::parse_error || invalid.code == code::invalid_request);
    require(message.id.size() <= convention::longest_id);
    // A count over the range of a signed number is written as another: no responder sends that many items.
    if (message.count.value_or(0) > INT64_MAX) return;
    const std::string again = encoded(message);
    Message second;
    require(parse(again, second, invalid));
    require(second.kind == message.kind && second.id == message.id && second.id_text == message.id_text);
    require(second.method == message.method && second.value == message.value && second.code == message.code);
    require(second.message == message.message && second.count == message.count);
    if (const auto control = parse_control(message.value)) require(!control->id.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Memory that ends where the text ends, so that the sanitizer sees whoever reads on.
    const std::unique_ptr<char[]> copy{new char[size]};
    std::copy(data, data + size, copy.get());
    const std::string_view text{copy.get(), size};
    check_scan(text);
    check_message(text);
    std::string quoted;
    append_string(quoted, text);
    require(is_json(quoted));
    return 0;
}
