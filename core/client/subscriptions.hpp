// The subscriptions that the broker granted, for renewal where it loses its session.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
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
    void clear();
    [[nodiscard]] bool empty() const noexcept { return granted_.empty(); }

    /// The broker cannot renew it now. False where it could not for so long: it is erased.
    [[nodiscard]] bool postpone(std::string_view topic_filter, TimePoint now, Duration patience);
    /// When the first of those is to be tried again.
    [[nodiscard]] std::optional<TimePoint> first_due() const noexcept {
        return first_due_ == TimePoint::max() ? std::nullopt : std::optional{first_due_};
    }

    /// What one SUBSCRIBE can renew: filters that share their properties, as many as fit.
    struct Batch {
        std::vector<Subscription> subscriptions;
        Bytes properties;
        std::uint64_t number;  ///< of the first subscription, which keeps it as long as it is here
    };
    /// Of all, or of those that are due: they are no longer. At least one filter each. Borrows from this object, until
    /// it changes.
    [[nodiscard]] std::vector<Batch> batches(std::size_t filters_per_packet, std::size_t maximum_packet_size,
                                             std::optional<TimePoint> due_at = {});

private:
    struct Granted {
        Subscription subscription;  ///< its filter is the key's text
        std::vector<std::uint8_t> properties;
        std::uint64_t number = 0;
        TimePoint refused_since = TimePoint::max();  ///< for now
        TimePoint due = TimePoint::max();
    };
    std::map<std::string, Granted, std::less<>> granted_;
    std::uint64_t last_number_ = 0;
    TimePoint first_due_ = TimePoint::max();  ///< or later, of what has been erased since
};

}  // namespace wsmq::client
