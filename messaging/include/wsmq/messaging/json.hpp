// For C++ programs that use nlohmann/json: between its values and the JSON text that the layers take and give. The
// layers themselves do without, so include this only where it is wanted.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "wsmq/messaging/event.hpp"
#include "wsmq/messaging/json_rpc.hpp"
#include "wsmq/messaging/webapp.hpp"

namespace wsmq::messaging {

/// The value; null where the text is empty, as params may be. A discarded value where it is nested deeper than
/// json_rpc::deepest_nesting, or is not sound, which what the layers give always is.
template <class Value = nlohmann::json> [[nodiscard]] Value to_json(std::string_view text) {
    if (text.empty()) return {};
    if (json_rpc::is_nested_too_deep(text)) return Value(Value::value_t::discarded);
    return Value::parse(text, nullptr, false);
}

/// Bytes of strings that are not UTF-8 become U+FFFD.
[[nodiscard]] inline std::string to_text(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

inline Result<RequestId> request(Webapp& webapp, Target target, std::string_view method, const nlohmann::json& params,
                                 const RequestOptions& options, TimePoint now) {
    return webapp.request(target, method, params.is_null() ? std::string{} : to_text(params), options, now);
}

/// `Layer` is a Webapp, or what has its shape.
template <class Layer> Error respond(Layer& layer, CallId call, const nlohmann::json& result, TimePoint now) {
    return layer.respond(call, to_text(result), now);
}

template <class Layer> Error progress(Layer& layer, CallId call, const nlohmann::json& value, TimePoint now) {
    return layer.progress(call, to_text(value), now);
}

}  // namespace wsmq::messaging
