// The life of an outgoing message (MQTT 5.0, 4.3), as a table.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "codec/frame.hpp"

namespace wsmq::session {

enum class DeliveryState : std::uint8_t {
    waiting,           ///< not sent on this connection. Next: awaiting_puback, awaiting_pubrec, done
    awaiting_puback,   ///< QoS 1, sent. Next: done; waiting, on a new connection
    awaiting_pubrec,   ///< QoS 2, sent. Next: awaiting_pubcomp; done (refused, or taken as QoS 1); waiting
    awaiting_pubcomp,  ///< QoS 2, released. Next: done
    done,              ///< The broker has it, or refused it. No next state.
};

struct DeliveryTransition {
    DeliveryState from;
    codec::PacketType packet;
    bool failure;  ///< the packet's reason code is 0x80 or above
    DeliveryState to;
};

inline constexpr std::array delivery_transitions{
    DeliveryTransition{DeliveryState::awaiting_puback, codec::PacketType::puback, false, DeliveryState::done},
    DeliveryTransition{DeliveryState::awaiting_puback, codec::PacketType::puback, true, DeliveryState::done},
    DeliveryTransition{DeliveryState::awaiting_pubrec, codec::PacketType::pubrec, false,
                       DeliveryState::awaiting_pubcomp},
    DeliveryTransition{DeliveryState::awaiting_pubrec, codec::PacketType::pubrec, true, DeliveryState::done},
    // RabbitMQ up to 3.10 takes QoS 2 for QoS 1, and has the message.
    DeliveryTransition{DeliveryState::awaiting_pubrec, codec::PacketType::puback, false, DeliveryState::done},
    DeliveryTransition{DeliveryState::awaiting_pubrec, codec::PacketType::puback, true, DeliveryState::done},
    // A PUBREC that comes again is answered again [MQTT-4.3.3-4].
    DeliveryTransition{DeliveryState::awaiting_pubcomp, codec::PacketType::pubrec, false,
                       DeliveryState::awaiting_pubcomp},
    DeliveryTransition{DeliveryState::awaiting_pubcomp, codec::PacketType::pubrec, true, DeliveryState::done},
    DeliveryTransition{DeliveryState::awaiting_pubcomp, codec::PacketType::pubcomp, false, DeliveryState::done},
    DeliveryTransition{DeliveryState::awaiting_pubcomp, codec::PacketType::pubcomp, true, DeliveryState::done},
};

/// The state after the broker's acknowledgement; nothing: a protocol error.
[[nodiscard]] constexpr std::optional<DeliveryState> next_delivery_state(DeliveryState from, codec::PacketType packet,
                                                                         bool failure) noexcept {
    for (const auto& each : delivery_transitions) {
        if (each.from == from && each.packet == packet && each.failure == failure) return each.to;
    }
    return std::nullopt;
}

}  // namespace wsmq::session
