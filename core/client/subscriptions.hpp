// The subscriptions that the broker granted, for renewal where it loses its session.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/options.hpp"

namespace wsmq::client {

class Subscriptions {
public:
    /// Inserts, or replaces one with the same filter [MQTT-3.8.4-3].
    void insert(const Subscription&, Bytes properties);
    void erase(std::string_view topic_filter);
    void clear() { granted_.clear(); }
    [[nodiscard]] bool empty() const noexcept { return granted_.empty(); }

    /// What one SUBSCRIBE can renew: filters that share their properties, as many as fit.
    struct Batch {
        std::vector<Subscription> subscriptions;
        Bytes properties;
    };
    /// Borrows from this object, until it changes.
    [[nodiscard]] std::vector<Batch> batches(std::size_t maximum_packet_size) const;

private:
    struct Granted {
        Subscription subscription;  ///< its filter is the key's text
        std::vector<std::uint8_t> properties;
    };
    std::map<std::string, Granted, std::less<>> granted_;
};

}  // namespace wsmq::client
