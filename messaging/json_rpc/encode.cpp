#include <array>
#include <charconv>

#include "wsmq/messaging/json_rpc.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::messaging::json_rpc {

namespace {

constexpr std::string_view begin_message = R"({"jsonrpc":"2.0",)";

void append_escaped(std::string& out, char c) {
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20) {
        out += c;
        return;
    }
    out += "\\u00";
    out += digits[byte >> 4];
    out += digits[byte & 0xF];
}

/// The size of the character at the beginning, in bytes; 0 where it is not well-formed.
std::size_t character_size(std::string_view text) noexcept {
    for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size) {
        if (text[0] == '\0' || is_valid_utf8(text.substr(0, size))) return size;
    }
    return 0;
}

void append_id(std::string& out, std::string_view id) {
    out += R"("id":)";
    out += id.empty() ? "null" : id;
}

/// At least the size of the fixed parts of a message and its numbers.
constexpr std::size_t fixed_size = 128;

/// Reserves room for the whole message, so that values are copied once.
std::string begin(std::size_t size_of_values) {
    std::string out;
    out.reserve(fixed_size + size_of_values);
    out += begin_message;
    return out;
}

std::string begin_call(std::string_view method, std::size_t size_of_values) {
    std::string out = begin(method.size() + size_of_values);
    out += R"("method":)";
    append_string(out, method);
    return out;
}

std::string begin_control(std::string_view method, std::string_view id, std::size_t size_of_values = 0) {
    std::string out = begin_call(method, id.size() + size_of_values);
    out += R"(,"params":{)";
    append_id(out, id);
    return out;
}

std::string begin_with_params(std::string_view method, std::string_view params, std::size_t size_of_rest) {
    std::string out = begin_call(method, params.size() + size_of_rest);
    if (!params.empty()) {
        out += R"(,"params":)";
        out += params;
    }
    return out;
}

}  // namespace

void append_number(std::string& out, std::int64_t number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_string(std::string& out, std::string_view text) {
    out += '"';
    const bool sound = is_valid_utf8(text);
    while (!text.empty()) {
        const std::size_t size = sound ? 1 : character_size(text);
        if (size == 0) out += "\\ufffd";
        if (size == 1) append_escaped(out, text[0]);
        if (size > 1) out += text.substr(0, size);
        text.remove_prefix(size == 0 ? 1 : size);
    }
    out += '"';
}

std::string encode_request(std::string_view id, std::string_view method, std::string_view params) {
    std::string out = begin_with_params(method, params, id.size());
    out += ',';
    append_id(out, id);
    out += '}';
    return out;
}

std::string encode_notification(std::string_view method, std::string_view params) {
    return begin_with_params(method, params, 0) + '}';
}

std::string encode_result(std::string_view id, std::string_view result, std::optional<std::uint64_t> count) {
    std::string out = begin(id.size() + result.size());
    append_id(out, id);
    out += R"(,"result":)";
    out += result;
    if (count) {
        out += R"(,"count":)";
        append_number(out, static_cast<std::int64_t>(*count));
    }
    out += '}';
    return out;
}

std::string encode_error(std::string_view id, std::int64_t code, std::string_view message, std::string_view data) {
    std::string out = begin(id.size() + message.size() + data.size());
    append_id(out, id);
    out += R"(,"error":{"code":)";
    append_number(out, code);
    out += R"(,"message":)";
    append_string(out, message);
    if (!data.empty()) {
        out += R"(,"data":)";
        out += data;
    }
    out += "}}";
    return out;
}

std::string encode_cancel(std::string_view id) { return begin_control(method::cancel, id) + "}}"; }

std::string encode_more(std::string_view id, std::uint64_t n) {
    std::string out = begin_control(method::more, id);
    out += R"(,"n":)";
    append_number(out, static_cast<std::int64_t>(n));
    out += "}}";
    return out;
}

std::string encode_progress(std::string_view id, std::uint64_t seq, std::string_view value, std::string_view at) {
    std::string out = begin_control(method::progress, id, value.size() + at.size());
    out += R"(,"seq":)";
    append_number(out, static_cast<std::int64_t>(seq));
    out += R"(,"value":)";
    out += value;
    out += R"(,"at":)";
    append_string(out, at);
    out += "}}";
    return out;
}

}  // namespace wsmq::messaging::json_rpc
