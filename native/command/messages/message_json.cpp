#include "message_json.hpp"

#include <algorithm>

#include "text/base64.hpp"
#include "text/json_text.hpp"
#include "wsmq/messaging/json_rpc.hpp"
#include "wsmq/property.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::command {

namespace {

/// "Message Expiry Interval" becomes "message_expiry_interval".
std::string key_of(PropertyId id) {
    std::string key{describe(id)};
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char letter) { return letter == ' ' ? '_' : static_cast<char>(std::tolower(letter)); });
    return key;
}

Json properties_as_json(Bytes block) {
    Json object = Json::object();
    for (const auto& property : PropertyView{block}) {
        const std::string key = key_of(property.id);
        if (const auto* number = std::get_if<std::uint32_t>(&property.value)) {
            if (property.id == PropertyId::subscription_identifier)
                object["subscription_identifiers"].push_back(*number);
            else
                object[key] = *number;
        } else if (const auto* text = std::get_if<std::string_view>(&property.value))
            object[key] = *text;
        else if (const auto* bytes = std::get_if<Bytes>(&property.value)) {
            const std::string_view as_text{reinterpret_cast<const char*>(bytes->data()), bytes->size()};
            if (is_valid_utf8(as_text))
                object[key] = as_text;
            else
                object[key + "_base64"] = base64(*bytes);
        } else if (const auto* pair = std::get_if<UserProperty>(&property.value)) {
            object["user_properties"].push_back({pair->name, pair->value});
        }
    }
    return object;
}

/// A payload that is JSON goes as it is written: nothing is made a value of, however large and deep it is.
std::string payload_member(Bytes payload, bool as_json) {
    const std::string_view text{reinterpret_cast<const char*>(payload.data()), payload.size()};
    if (as_json && messaging::json_rpc::is_json(text)) return R"("payload":)" + one_line(text);
    if (is_valid_utf8(text)) return R"("payload":)" + to_text(text);
    return R"("payload_base64":")" + base64(payload) + '"';
}

}  // namespace

std::string message_as_json(const Message& message, std::chrono::system_clock::time_point received, bool pretty,
                            bool payload_as_json) {
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(received.time_since_epoch()).count();
    std::string object = to_text({{"time", milliseconds},
                                  {"topic", message.topic},
                                  {"qos", static_cast<int>(message.qos)},
                                  {"retain", message.retain},
                                  {"duplicate", message.duplicate},
                                  {"size", message.payload.size()}});
    object.back() = ',';
    object += payload_member(message.payload, payload_as_json);
    if (const auto properties = properties_as_json(message.encoded_properties); !properties.empty())
        object += R"(,"properties":)" + to_text(properties);
    object += '}';
    return pretty ? indented(object) : object;
}

}  // namespace wsmq::command
