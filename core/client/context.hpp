// What the parts of a client share.
#pragma once
#include <utility>

#include "client/event_queue.hpp"
#include "client/output.hpp"
#include "client/phase.hpp"
#include "session/packet_identifiers.hpp"
#include "wsmq/options.hpp"

namespace wsmq::client {

struct Context {
    explicit Context(ConnectOptions user_options)
        : options{std::move(user_options)}, output{options.output_high_water} {}

    [[nodiscard]] Version version() const noexcept { return options.version; }
    [[nodiscard]] bool is_started() const noexcept { return phase != Phase::idle; }
    [[nodiscard]] bool is_connected() const noexcept { return phase == Phase::connected; }
    [[nodiscard]] OperationId next_operation() noexcept {
        if (++last_operation_ == 0) ++last_operation_;
        return OperationId{last_operation_};
    }

    ConnectOptions options;  ///< the user's: only rename() writes to them
    Negotiated negotiated;
    Phase phase = Phase::idle;  ///< only Client::Impl::step() writes to it
    TimePoint now{};            ///< of the last input
    Output output;
    EventQueue events;
    session::PacketIdentifiers identifiers;

private:
    std::uint32_t last_operation_ = 0;
};

/// Packet identifiers stand for messages (their index) and for requests (this bit and their key).
inline constexpr session::PacketIdentifiers::Value request_bit = 0x8000'0000;

}  // namespace wsmq::client
