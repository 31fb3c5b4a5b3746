// Whether a broker of MQTT 3.1.1 that grants `$share/...` shares: one that takes it for an ordinary filter (NATS,
// RabbitMQ up to 3.10) would deliver no request. Our own record comes back through a share, or does not.
#pragma once
#include <string>

#include "layer/context.hpp"
#include "wsmq/messaging/service.hpp"

namespace wsmq::messaging {

class SharingProbe {
public:
    SharingProbe(Context& context, const Service::Options& options) : context_{context}, options_{options} {}

    /// Subscribes to our own record through a share. False: it could not.
    [[nodiscard]] bool subscribe(Operation);
    /// The share was granted: says to it that we are offline, which we are until the probe is over.
    void begin();
    [[nodiscard]] bool is_wanted() const noexcept { return wanted_; }
    [[nodiscard]] bool is_running() const noexcept { return context_.timers.is_set(Timer::sharing_probe); }
    [[nodiscard]] bool is_over() noexcept { return context_.timers.expired(Timer::sharing_probe, context_.now); }
    /// The result is known.
    void end();
    /// The share was refused: nothing can be said by it.
    void drop() noexcept { wanted_ = false; }
    /// Repeated on the next connection.
    void handle_disconnected() noexcept;
    [[nodiscard]] std::string filter() const;

private:
    Context& context_;
    const Service::Options& options_;
    bool wanted_ = false;
};

}  // namespace wsmq::messaging
