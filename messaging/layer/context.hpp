// State that the parts of a layer share.
#pragma once
#include <string>
#include <string_view>

#include "layer/broker_link.hpp"
#include "layer/event_queue.hpp"
#include "layer/timer_table.hpp"
#include "wsmq/messaging/json_rpc.hpp"
#include "wsmq/messaging/names.hpp"
#include "wsmq/random.hpp"

namespace wsmq::messaging {

struct Context {
    Context(Client& client, std::string_view root, std::uint64_t seed, bool trusts)
        : broker{client}, topics{root}, random{seed}, trusts_json{trusts} {}

    /// Whether the application's text can be sent as JSON.
    [[nodiscard]] bool accepts_json(std::string_view text) const {
        return trusts_json ? !text.empty() : json_rpc::is_json(text);
    }

    /// The same for params, which are an array, an object, or empty.
    [[nodiscard]] Error check_params(std::string_view params) const;

    BrokerLink broker;
    Topics topics;
    EventQueue events;
    TimerTable timers;
    Random random;
    TimePoint now{};
    std::uint64_t last_call = 0;  ///< of others
    bool trusts_json;
};

/// A received message without its topic.
struct IncomingMessage {
    [[nodiscard]] static IncomingMessage of(const Message& message) {
        return {{reinterpret_cast<const char*>(message.payload.data()), message.payload.size()},
                PropertyView{message.encoded_properties},
                message.retain};
    }

    std::string_view payload;
    PropertyView properties;
    bool retain = false;

    /// Whether it is small enough for a record.
    [[nodiscard]] bool may_be_record() const noexcept { return payload.size() <= maximum_record_size; }
    /// TimePoint::max() without a Message Expiry Interval.
    [[nodiscard]] TimePoint expires(TimePoint now) const {
        const auto interval = properties.integer(PropertyId::message_expiry_interval);
        return interval ? now + std::chrono::seconds{*interval} : TimePoint::max();
    }
    [[nodiscard]] std::string_view text(PropertyId id) const {
        return properties.text(id).value_or(std::string_view{});
    }
    /// Empty where there is none.
    [[nodiscard]] std::string_view correlation() const;
    [[nodiscard]] std::string_view user_property(std::string_view name) const;
};

}  // namespace wsmq::messaging
