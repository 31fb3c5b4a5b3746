#include "layer/broker_link.hpp"

#include <vector>

namespace wsmq::messaging {

namespace {

Bytes bytes_of(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

PropertyWriter properties_of(const MessageOptions& how) {
    PropertyWriter properties;
    if (how.expiry) {
        // Rounded up: an expiry of 0 would be over before it began.
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*how.expiry).count();
        properties.integer(PropertyId::message_expiry_interval, static_cast<std::uint32_t>(seconds));
    }
    const auto text = [&properties](PropertyId id, std::string_view value) {
        if (!value.empty()) properties.text(id, value);
    };
    text(PropertyId::content_type, how.content_type);
    text(PropertyId::response_topic, how.response_topic);
    if (!how.correlation.empty()) properties.binary(PropertyId::correlation_data, bytes_of(how.correlation));
    if (!how.traceparent.empty()) properties.user_property("traceparent", how.traceparent);
    if (!how.method.empty()) properties.user_property("method", how.method);
    return properties;
}

}  // namespace

Result<OperationId> BrokerLink::publish(std::string_view topic, std::string_view payload, const MessageOptions& how,
                                        Operation operation, TimePoint now) {
    const PropertyWriter properties = is_v5() ? properties_of(how) : PropertyWriter{};
    const PublishOptions options{.qos = how.qos,
                                 .retain = how.retain,
                                 .when_blocked = how.waits ? WhenBlocked::wait : WhenBlocked::fail,
                                 .encoded_properties = properties.bytes()};
    const auto id = client_.publish(topic, bytes_of(payload), options, now);
    if (!id) return error_of(id.error());
    // What is encoded at once at QoS 0 has no identifier, and no end.
    if (*id != OperationId{}) operations_[*id] = operation;
    return *id;
}

Error BrokerLink::subscribe(std::span<const std::string> filters, Operation operation, TimePoint now) {
    std::vector<Subscription> subscriptions;
    for (const auto& filter : filters) subscriptions.push_back(retained_subscription(filter));
    return subscribe(subscriptions, operation, now);
}

Error BrokerLink::subscribe(std::span<const Subscription> subscriptions, Operation operation, TimePoint now) {
    const auto id = client_.subscribe(subscriptions, {}, now);
    if (!id) return error_of(id.error());
    operations_[*id] = operation;
    return Error::none;
}

Error BrokerLink::unsubscribe(std::span<const std::string> filters, TimePoint now) {
    const std::vector<std::string_view> borrowed{filters.begin(), filters.end()};
    const auto id = client_.unsubscribe(borrowed, {}, now);
    if (!id) return error_of(id.error());
    operations_[*id] = {};
    return Error::none;
}

void BrokerLink::abandon(OperationId id) {
    const auto found = operations_.find(id);
    if (found == operations_.end()) return;
    found->second = {};
    client_.cancel(id);
}

void BrokerLink::abandon(Purpose purpose) {
    for (const auto& [id, operation] : operations_) {
        if (operation.purpose == purpose) abandon(id);
    }
}

std::optional<Operation> BrokerLink::take(OperationId id) {
    const auto found = operations_.find(id);
    if (found == operations_.end()) return std::nullopt;
    const auto operation = found->second;
    operations_.erase(found);
    return operation;
}

}  // namespace wsmq::messaging
