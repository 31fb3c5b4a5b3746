// The interface between a client and the layer on top of it. wsmq::native_messaging implements it, so that the client
// needs neither JSON nor the layer's code.
#pragma once
#include <optional>
#include <string>

#include "wsmq/client.hpp"
#include "wsmq/native/error_code.hpp"
#include "wsmq/native/results.hpp"

namespace wsmq::native {

/// Why a client cannot start; no error where it can.
struct StartFailure {
    boost::system::error_code error{};
    std::string detail{};  ///< for people
};

/// Calls arrive on the client's executor.
class Layer {
public:
    Layer() = default;
    virtual ~Layer() = default;
    Layer(const Layer&) = delete;
    Layer& operator=(const Layer&) = delete;

    /// Before each start: builds the layer on the engine, the first time.
    [[nodiscard]] virtual StartFailure set_up() = 0;

    // --- While it is driven ------------------------------------------------------------------------
    /// True: the event concerns the layer alone.
    [[nodiscard]] virtual bool take_event(const Event&) = 0;
    virtual void handle_timeout(TimePoint) = 0;
    [[nodiscard]] virtual std::optional<TimePoint> next_deadline() const = 0;
    /// Hands the layer's own events to the user's handlers, which may destroy the layer and the client.
    virtual void dispatch_events() = 0;

    // --- Its end -----------------------------------------------------------------------------------
    /// Says goodbye to the broker, then stops the engine.
    virtual void leave() = 0;
    [[nodiscard]] virtual bool is_leaving() const noexcept = 0;
    /// The engine was stopped without a goodbye.
    virtual void handle_stop() = 0;
    /// The connection ended for good.
    virtual void handle_end(const Disconnection&) = 0;
    /// The engine does nothing any more.
    virtual void handle_client_destroyed() = 0;
};

}  // namespace wsmq::native
