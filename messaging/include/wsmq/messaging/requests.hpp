// What a request or a message to others is sent with.
#pragma once
#include <cstdint>
#include <string_view>

#include "wsmq/types.hpp"

namespace wsmq::messaging {

/// Whom a request, a notification or a cancellation is for. Borrows the name.
struct Target {
    enum class Kind : std::uint8_t { service, backend, peer } kind;
    std::string_view name;

    [[nodiscard]] static constexpr Target service(std::string_view name) noexcept { return {Kind::service, name}; }
    /// The one unnamed backend.
    [[nodiscard]] static constexpr Target backend() noexcept { return {Kind::backend, {}}; }
    [[nodiscard]] static constexpr Target peer(std::string_view uid) noexcept { return {Kind::peer, uid}; }
};

struct RequestOptions {
    /// For the whole exchange, its stream included; 1 ms to 24 days.
    Duration timeout{10'000};
    /// Whether a request waits for the connection, within its time limit, or fails with Error::not_connected.
    bool waits_for_connection = true;
    /// Off: credit for a stream is granted by grant() alone. On: by itself, as Progress events are taken.
    bool grants_credit = true;
    /// W3C Trace Context, sent with MQTT 5; empty for none.
    std::string_view traceparent{};
    /// Not empty: `params` are a raw body of this type. MQTT 5, and a service whose record, which discover() must have
    /// brought, says "raw": true.
    std::string_view content_type{};
};

struct SendOptions {
    Qos qos = Qos::at_least_once;
    bool waits_for_connection = true;
    /// Sent with MQTT 5; empty for none.
    std::string_view content_type{};
};

}  // namespace wsmq::messaging
