#include "layer/context.hpp"

#include "json_rpc/scan.hpp"

namespace wsmq::messaging {

Error Context::check_params(std::string_view params) const {
    if (params.empty() || trusts_json) return Error::none;
    const auto scanned = json_rpc::scan(params);
    if (!scanned.ok) return Error::invalid_json;
    const bool is_structured = scanned.type == json_rpc::Type::array || scanned.type == json_rpc::Type::object;
    return is_structured ? Error::none : Error::invalid_argument;
}

std::string_view IncomingMessage::correlation() const {
    const auto data = properties.binary(PropertyId::correlation_data);
    return data ? std::string_view{reinterpret_cast<const char*>(data->data()), data->size()} : std::string_view{};
}

std::string_view IncomingMessage::user_property(std::string_view name) const {
    for (const Property& property : properties) {
        const auto* pair = std::get_if<UserProperty>(&property.value);
        if (pair != nullptr && pair->name == name) return pair->value;
    }
    return {};
}

}  // namespace wsmq::messaging
