// The life of an outgoing message (MQTT 5.0, 4.3), as a table.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "codec/frame.hpp"

namespace wsmq::session {

enum class OutgoingState : std::uint8_t {
    waiting,           ///< not sent on this connection. Next: awaiting_puback, awaiting_pubrec, done
    awaiting_puback,   ///< QoS 1, sent. Next: done; waiting, on a new connection
    awaiting_pubrec,   ///< QoS 2, sent. Next: awaiting_pubcomp; done (refused, or taken as QoS 1); waiting
    awaiting_pubcomp,  ///< QoS 2, released. Next: done
    done,              ///< The broker has it, or refused it. No next state.
};

struct OutgoingTransition {
    OutgoingState from;
    codec::PacketType packet;
    bool failure;  ///< the packet's reason code is 0x80 or above
    OutgoingState to;
};

inline constexpr std::array outgoing_transitions{
    OutgoingTransition{OutgoingState::awaiting_puback, codec::PacketType::puback, false, OutgoingState::done},
    OutgoingTransition{OutgoingState::awaiting_puback, codec::PacketType::puback, true, OutgoingState::done},
    OutgoingTransition{OutgoingState::awaiting_pubrec, codec::PacketType::pubrec, false,
                       OutgoingState::awaiting_pubcomp},
    OutgoingTransition{OutgoingState::awaiting_pubrec, codec::PacketType::pubrec, true, OutgoingState::done},
    // RabbitMQ up to 3.10 takes QoS 2 for QoS 1, and has the message.
    OutgoingTransition{OutgoingState::awaiting_pubrec, codec::PacketType::puback, false, OutgoingState::done},
    OutgoingTransition{OutgoingState::awaiting_pubrec, codec::PacketType::puback, true, OutgoingState::done},
    // A PUBREC that comes again is answered again [MQTT-4.3.3-4].
    OutgoingTransition{OutgoingState::awaiting_pubcomp, codec::PacketType::pubrec, false,
                       OutgoingState::awaiting_pubcomp},
    OutgoingTransition{OutgoingState::awaiting_pubcomp, codec::PacketType::pubrec, true, OutgoingState::done},
    OutgoingTransition{OutgoingState::awaiting_pubcomp, codec::PacketType::pubcomp, false, OutgoingState::done},
    OutgoingTransition{OutgoingState::awaiting_pubcomp, codec::PacketType::pubcomp, true, OutgoingState::done},
};

/// The state after the broker's acknowledgement; nothing: a protocol error.
[[nodiscard]] constexpr std::optional<OutgoingState> acknowledged(OutgoingState from, codec::PacketType packet,
                                                                  bool failure) noexcept {
    for (const auto& each : outgoing_transitions) {
        if (each.from == from && each.packet == packet && each.failure == failure) return each.to;
    }
    return std::nullopt;
}

}  // namespace wsmq::session
