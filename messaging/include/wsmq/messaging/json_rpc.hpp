// JSON-RPC 2.0 as the convention uses it: one message to a payload, no batches. A value crosses this interface as its
// JSON text, untouched, so that no number loses a digit and nobody needs a common type for JSON.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wsmq/export.hpp"
#include "wsmq/messaging/convention.hpp"

namespace wsmq::messaging::json_rpc {

/// Codes of errors on the wire. An application's own codes are positive.
namespace code {
inline constexpr std::int64_t parse_error = -32700;
inline constexpr std::int64_t invalid_request = -32600;
inline constexpr std::int64_t method_not_found = -32601;
inline constexpr std::int64_t invalid_params = -32602;
inline constexpr std::int64_t internal_error = -32603;
inline constexpr std::int64_t timed_out = -32001;
inline constexpr std::int64_t no_responder = -32002;
inline constexpr std::int64_t cancelled = -32003;
inline constexpr std::int64_t overloaded = -32004;
}  // namespace code

namespace method {
inline constexpr std::string_view cancel = "$/cancelRequest";
inline constexpr std::string_view progress = "$/progress";
inline constexpr std::string_view more = "$/more";
/// To a webapp that has just come: its sender was there before.
inline constexpr std::string_view here = "$/here";
}  // namespace method

enum class Kind : std::uint8_t { request, notification, result, error };

/// One parsed message. Views of JSON text point into what was parsed; texts are decoded, and owned.
struct Message {
    Kind kind{};
    std::string_view id;     ///< JSON text: a string or a number; empty in a notification; "null" in an error
    std::string id_text;     ///< the string's own characters, or the number's
    std::string method;      ///< of a request or a notification
    std::string_view value;  ///< JSON text: params, empty where there are none; the result; an error's data, or empty
    std::int64_t code = 0;   ///< of an error
    std::string message;     ///< of an error
    std::optional<std::uint64_t> count;  ///< of a result: how many items the stream had
};

/// Why a payload is not a message of JSON-RPC.
struct Invalid {
    std::int64_t code = 0;     ///< 0: it is one; else parse_error or invalid_request
    std::string_view id;       ///< JSON text, where one could be made out; else empty
    bool is_answer = false;    ///< it tries to be a response, which is never answered
    bool has_version = false;  ///< a member "jsonrpc"; an object without one may be an application's own
};

/// Strict: one object with "jsonrpc":"2.0", members of the right types (params are an array or an object), none twice
/// among those of JSON-RPC; a batch is an invalid request. Members that JSON-RPC does not know are passed over. True:
/// `message` is set; false: `invalid` is.
[[nodiscard]] WSMQ_EXPORT bool parse(std::string_view text, Message& message, Invalid& invalid);

/// Params of "$/progress", "$/more" and "$/cancelRequest". A member that is absent or of the wrong type is empty.
struct Control {
    std::string_view id;  ///< JSON text
    std::string id_text;
    std::optional<std::uint64_t> seq;
    std::optional<std::uint64_t> n;
    std::string_view value;  ///< JSON text
    std::string at;
};
/// Nothing where the params are no object, or one without a sound id.
[[nodiscard]] WSMQ_EXPORT std::optional<Control> parse_control(std::string_view params);

/// Whether it is one sound JSON value, in UTF-8.
[[nodiscard]] WSMQ_EXPORT bool is_json(std::string_view text);
/// Libraries copy, compare and write values by recursion: text that is nested deeper must stay text.
inline constexpr std::size_t deepest_nesting = 512;
/// Whether making a value of it, or trying to, could go deeper than that. Any text, sound or not.
[[nodiscard]] WSMQ_EXPORT bool is_nested_too_deep(std::string_view text) noexcept;
/// Its digits, as JSON has them.
WSMQ_EXPORT void append_number(std::string& out, std::int64_t number);
/// The text as a JSON string, in quotes. Bytes that are not UTF-8 become U+FFFD.
WSMQ_EXPORT void append_string(std::string& out, std::string_view text);

// Encoding. `id` is JSON text, as in Message; an empty `params`, `data` is left out.
[[nodiscard]] WSMQ_EXPORT std::string encode_request(std::string_view id, std::string_view method,
                                                     std::string_view params);
[[nodiscard]] WSMQ_EXPORT std::string encode_notification(std::string_view method, std::string_view params);
[[nodiscard]] WSMQ_EXPORT std::string encode_result(std::string_view id, std::string_view result,
                                                    std::optional<std::uint64_t> count = {});
/// An empty id becomes null.
[[nodiscard]] WSMQ_EXPORT std::string encode_error(std::string_view id, std::int64_t code, std::string_view message,
                                                   std::string_view data);
[[nodiscard]] WSMQ_EXPORT std::string encode_cancel(std::string_view id);
[[nodiscard]] WSMQ_EXPORT std::string encode_more(std::string_view id, std::uint64_t n);
[[nodiscard]] WSMQ_EXPORT std::string encode_progress(std::string_view id, std::uint64_t seq, std::string_view value,
                                                      std::string_view at);

}  // namespace wsmq::messaging::json_rpc
