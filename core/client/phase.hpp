// The phases of a client between idle and connected, as a table. phase_diagram_test.cpp compares the diagram in
// docs/design.md with it.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

namespace wsmq::client {

enum class Phase : std::uint8_t {
    idle,         ///< Next: asking, opening (start)
    waiting,      ///< for the backoff to pass. Next: asking, opening (attempt); idle (ended)
    asking,       ///< for credentials. Next: opening; waiting (retry); idle (ended)
    opening,      ///< the transport. Next: handshaking; waiting; idle
    handshaking,  ///< CONNECT to CONNACK. Next: connected; waiting; idle
    connected,    ///< Next: waiting; idle
};

enum class Step : std::uint8_t {
    ask,               ///< an attempt begins with its credentials
    open,              ///< the transport is to be opened
    transport_opened,  ///< CONNECT goes out
    accepted,          ///< CONNACK, success
    retry,             ///< the attempt or the connection ended; another follows
    end,               ///< it ended for good
};

struct PhaseTransition {
    Phase from;
    Step step;
    Phase to;
};

inline constexpr std::array phase_transitions{
    PhaseTransition{Phase::idle, Step::ask, Phase::asking},
    PhaseTransition{Phase::idle, Step::open, Phase::opening},
    PhaseTransition{Phase::waiting, Step::ask, Phase::asking},
    PhaseTransition{Phase::waiting, Step::open, Phase::opening},
    PhaseTransition{Phase::waiting, Step::end, Phase::idle},
    PhaseTransition{Phase::asking, Step::open, Phase::opening},
    PhaseTransition{Phase::asking, Step::retry, Phase::waiting},
    PhaseTransition{Phase::asking, Step::end, Phase::idle},
    PhaseTransition{Phase::opening, Step::transport_opened, Phase::handshaking},
    PhaseTransition{Phase::opening, Step::retry, Phase::waiting},
    PhaseTransition{Phase::opening, Step::end, Phase::idle},
    PhaseTransition{Phase::handshaking, Step::accepted, Phase::connected},
    PhaseTransition{Phase::handshaking, Step::retry, Phase::waiting},
    PhaseTransition{Phase::handshaking, Step::end, Phase::idle},
    PhaseTransition{Phase::connected, Step::retry, Phase::waiting},
    PhaseTransition{Phase::connected, Step::end, Phase::idle},
};

/// Nothing where the phase has no such step: it is ignored.
[[nodiscard]] constexpr std::optional<Phase> next_phase(Phase from, Step step) noexcept {
    for (const auto& each : phase_transitions) {
        if (each.from == from && each.step == step) return each.to;
    }
    return std::nullopt;
}

}  // namespace wsmq::client
