// A device of the wire convention (docs/protocol.md): a status with a last will. A layer over the engine with the
// interface of Webapp: see its header for how it is driven, for lifetimes and for threads.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "wsmq/client.hpp"
#include "wsmq/export.hpp"
#include "wsmq/messaging/event.hpp"
#include "wsmq/messaging/names.hpp"

namespace wsmq::messaging {

class WSMQ_EXPORT Device {
public:
    using Event = messaging::Event;

    struct Options {
        std::string root{default_root};
        std::string serial_number{};
        /// JSON text of an object: what the status says beside "online" while the device is online.
        std::string status{default_device_status};
        /// The same while it is offline: for the last will and leave().
        std::string last_status{default_device_status};
    };

    /// The MQTT options that this layer needs, from the user's: client identifier (the serial number, where the user
    /// gave none) and last will. Error::invalid_root, invalid_name, invalid_json where a status is no object or has a
    /// member "online", or payload_too_large where its record exceeds maximum_record_size.
    static Result<ConnectOptions> connect_options(ConnectOptions base, const Options&);

    /// Keeps a reference to the client.
    Device(Client&, const Options&);
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    bool handle(const wsmq::Event&, TimePoint now);
    void handle_timeout(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    /// Joined, JoinFailed, Left; NeedInput where there is none.
    [[nodiscard]] Event next_event(TimePoint now);

    /// Publishes a new status, JSON text of an object without a member "online"; without a connection, on the next one.
    /// Errors: invalid_json, payload_too_large (a record over maximum_record_size), left, not_connected, queue_full.
    Error set_status(std::string_view status, TimePoint now);
    /// Publishes that the device is offline, then stops the client: at once without a connection, after 2 s at the
    /// latest. Left follows.
    void leave(TimePoint now);

    [[nodiscard]] bool is_joined() const noexcept;

private:
    struct WSMQ_HIDDEN Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wsmq::messaging
