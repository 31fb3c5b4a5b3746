// Whether a broker of MQTT 3.1.1 that grants `$share/...` shares: one that takes it for an ordinary filter (NATS,
// RabbitMQ up to 3.10) would deliver no request. Our own record comes back through a share, or does not.
#pragma once
#include <optional>
#include <string>

#include "layer/context.hpp"
#include "wsmq/patterns/service.hpp"

namespace wsmq::patterns {

class SharingProbe {
public:
    SharingProbe(Context& context, const Service::Options& options) : context_{context}, options_{options} {}

    /// Asks for a share of our own record. False: it could not be asked for.
    [[nodiscard]] bool subscribe(Operation);
    /// The share was granted: says to it that we are offline, which we are until the probe is over.
    void begin();
    [[nodiscard]] bool is_wanted() const noexcept { return wanted_; }
    [[nodiscard]] bool is_running() const noexcept { return ends_.has_value(); }
    [[nodiscard]] bool is_over() const noexcept { return ends_ && *ends_ <= context_.now; }
    /// It is told, or will never be.
    void end();
    /// The share was refused: nothing can be said by it.
    void drop() noexcept { wanted_ = false; }
    /// The next connection begins it anew.
    void handle_disconnected() noexcept;
    [[nodiscard]] std::string filter() const;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const noexcept { return ends_; }

private:
    Context& context_;
    const Service::Options& options_;
    bool wanted_ = false;
    std::optional<TimePoint> ends_;
};

}  // namespace wsmq::patterns
