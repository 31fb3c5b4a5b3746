// Publishes and subscribes for a layer, on a client that the application uses as well, and knows which of the client's
// operations are the layer's.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wsmq/client.hpp"
#include "wsmq/messaging/error.hpp"
#include "wsmq/property.hpp"

namespace wsmq::messaging {

inline constexpr std::string_view json_type = "application/json";

/// What an operation is for.
enum class Purpose : std::uint8_t {
    nothing,    ///< its result is not used
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

/// How a message is sent. MQTT 3 uses only the first three.
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
};

/// A subscription to topics whose messages are retained. Borrows the filter.
[[nodiscard]] inline Subscription retained_subscription(std::string_view filter) noexcept {
    return {.topic_filter = filter, .qos = Qos::at_least_once};
}

/// The same to topics on which the convention retains nothing. Messages that others retain there are not requested;
/// below MQTT 5 they arrive, and the receiver ignores them. Borrows the filter.
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
    Error unsubscribe(std::span<const std::string> filters, TimePoint now);
    Error unsubscribe(const std::string& filter, TimePoint now) { return unsubscribe({&filter, 1}, now); }
    /// Cancels an operation, where it was not sent yet, and ignores its result.
    void abandon(OperationId);
    /// The same for all of this purpose.
    void abandon(Purpose);

    /// No operation of the layer awaits the broker's answer.
    [[nodiscard]] bool is_idle() const noexcept { return operations_.empty(); }
    /// An operation ended: removes it, and returns what it was for. Nothing where it is not the layer's.
    [[nodiscard]] std::optional<Operation> take(OperationId);

private:
    Client& client_;
    std::map<OperationId, Operation> operations_;
};

}  // namespace wsmq::messaging
