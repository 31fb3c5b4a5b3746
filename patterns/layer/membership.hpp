// Joining and leaving, which all layers do alike: told once for each connection, and with an end to every goodbye.
#pragma once
#include <optional>

#include "layer/context.hpp"

namespace wsmq::patterns {

class Membership {
public:
    explicit Membership(Context& context) : context_{context} {}

    [[nodiscard]] bool is_joined() const noexcept { return joined_; }
    [[nodiscard]] bool is_leaving() const noexcept { return leaving_; }

    /// Everything that it takes is there. True, and told, where that is new.
    bool join();
    void fail(Error why, ReasonCode reason) { context_.events.push(JoinFailed{why, reason}); }

    /// True where there is somebody to say goodbye to, which ends with stop(); at the latest when `patience` is over.
    bool leave(Duration patience);
    /// Nothing is left to say.
    void stop();

    /// The client has been started anew.
    void handle_opening() noexcept { leaving_ = false; }
    void handle_connected() noexcept { joined_ = false; }
    /// True where the connection ended for good: report_left() then, behind whatever else ends with it.
    [[nodiscard]] bool handle_disconnected(const Disconnected&);
    /// Tells that we have left, where that was the purpose.
    void report_left();

    /// The patience is over.
    [[nodiscard]] bool is_overdue() const noexcept { return due_ && *due_ <= context_.now; }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const noexcept { return due_; }

private:
    Context& context_;
    bool joined_ = false;
    bool joined_before_ = false;
    bool leaving_ = false;
    std::optional<TimePoint> due_;
};

}  // namespace wsmq::patterns
