// A layer's way to the broker: publishes and subscribes on a client that others use as well, and knows which of its
// operations were the layer's.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wsmq/client.hpp"
#include "wsmq/patterns/error.hpp"
#include "wsmq/property.hpp"

namespace wsmq::patterns {

inline constexpr std::string_view json_type = "application/json";

/// What an operation was for.
enum class Purpose : std::uint8_t {
    nothing,    ///< its end is nobody's business
    join,       ///< a subscription without which the layer has not joined; `number`: which, where that matters
    presence,   ///< the layer's own record
    offline,    ///< the last record
    request,    ///< `number`: the request
    roster,     ///< the subscription to all webapps' records
    janitor,    ///< the same, for clearing them
    discovery,  ///< `number`: of the service
};

struct Operation {
    Purpose purpose = Purpose::nothing;
    std::uint64_t number = 0;
};

/// How a message goes, beside its topic and payload. With MQTT 3 all but the first three are left out.
struct MessageOptions {
    Qos qos = Qos::at_least_once;
    bool retain = false;
    bool waits = true;  ///< for the connection
    std::string_view content_type{};
    std::string_view response_topic{};
    std::string_view correlation{};
    std::optional<Duration> expiry{};
    std::string_view traceparent{};
    std::string_view method{};  ///< of a raw body
    std::string_view error{};   ///< of a raw body
};

/// A subscription to topics whose messages are retained. Borrows the filter.
[[nodiscard]] inline Subscription retained_subscription(std::string_view filter) noexcept {
    return {.topic_filter = filter, .qos = Qos::at_least_once};
}

/// The same to topics on which nothing is ever retained by those who follow the convention. What somebody else retains
/// there is not sent; below MQTT 5 it is, and whoever receives it passes over it. Borrows the filter.
[[nodiscard]] inline Subscription live_subscription(std::string_view filter) noexcept {
    return {.topic_filter = filter, .qos = Qos::at_least_once, .retain_handling = RetainHandling::do_not_send};
}

class BrokerLink {
public:
    explicit BrokerLink(Client& client) noexcept : client_{client} {}

    [[nodiscard]] Client& client() noexcept { return client_; }
    [[nodiscard]] bool is_connected() const noexcept { return client_.is_connected(); }
    [[nodiscard]] bool is_v5() const noexcept { return client_.version() == Version::v5; }

    Result<OperationId> publish(std::string_view topic, std::string_view payload, const MessageOptions&, Operation,
                                TimePoint now);
    /// In one packet.
    Error subscribe(std::span<const Subscription>, Operation, TimePoint now);
    /// Of retained_subscription() topics.
    Error subscribe(std::span<const std::string> filters, Operation, TimePoint now);
    Error unsubscribe(std::string_view filter, TimePoint now);
    /// Nobody waits for it any more: it is taken back where it was not sent yet, and its end is of no interest.
    void abandon(OperationId);
    /// The same of all that have this purpose.
    void abandon(Purpose);

    /// Nothing of the layer's waits for the broker's answer.
    [[nodiscard]] bool is_idle() const noexcept { return operations_.empty(); }
    /// The layer's own operation ended: what it was for. Nothing: it was not the layer's.
    [[nodiscard]] std::optional<Operation> take(OperationId);

private:
    Client& client_;
    std::map<OperationId, Operation> operations_;
};

}  // namespace wsmq::patterns
