// A messaging layer between the engine and JavaScript. A connection has one or none.
#pragma once
#include <optional>

#include "wsmq/client.hpp"

namespace wsmq::wasm {

class ConnectionLayer {
public:
    virtual ~ConnectionLayer() = default;

    /// Adds what the layer needs to the options of the client.
    [[nodiscard]] virtual Errc prepare(ConnectOptions&) = 0;
    /// Ends the use of the client before this one. The client outlives its use.
    virtual void attach(Client&) = 0;
    virtual void detach() = 0;

    /// True: the event concerned the layer alone.
    [[nodiscard]] virtual bool handle(const Event&, TimePoint now) = 0;
    /// Whether handle() may have produced events of the layer.
    [[nodiscard]] virtual bool has_news() const noexcept = 0;
    virtual void handle_timeout(TimePoint now) = 0;
    [[nodiscard]] virtual std::optional<TimePoint> next_deadline() const = 0;

    /// Fetches the next event, for hand_over(). False: there is none.
    [[nodiscard]] virtual bool take_event(TimePoint now) = 0;
    /// Runs a handler, which may destroy the connection. True: calls that it made are deferred to the end of the
    /// events.
    [[nodiscard]] virtual bool hand_over() = 0;
};

}  // namespace wsmq::wasm
