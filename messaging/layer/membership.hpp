// Joining and leaving, which are the same in all layers: Joined once for each connection, and leaving within a time
// limit.
#pragma once
#include "layer/context.hpp"

namespace wsmq::messaging {

/// The broker has not confirmed our goodbye: with MQTT 5 it publishes the will instead.
inline constexpr auto without_goodbye = ReasonCode::disconnect_with_will_message;

class Membership {
public:
    explicit Membership(Context& context) : context_{context} {}

    [[nodiscard]] bool is_joined() const noexcept { return joined_; }
    [[nodiscard]] bool is_leaving() const noexcept { return leaving_; }

    /// All conditions are met. True, with a Joined event, where they were not before.
    bool join();
    void fail(Error why, ReasonCode reason) { context_.events.push(JoinFailed{why, reason}); }

    /// True where there is a connection on which to publish that we are offline; stop() follows, within `patience`.
    bool leave(Duration patience);
    /// Stops the client: everything is published, or see without_goodbye.
    void stop(ReasonCode = ReasonCode::success);

    /// The client was started again.
    void handle_opening() noexcept { leaving_ = false; }
    void handle_connected() noexcept { joined_ = false; }
    /// True where the client is not reconnecting: call report_left() when everything else has ended.
    [[nodiscard]] bool handle_disconnected(const Disconnected&);
    /// Left, where leave() was called.
    void report_left();

    /// True, once, when `patience` is over.
    [[nodiscard]] bool is_overdue() noexcept { return context_.timers.expired(Timer::leave, context_.now); }

private:
    Context& context_;
    bool joined_ = false;
    bool joined_before_ = false;
    bool leaving_ = false;
};

}  // namespace wsmq::messaging
