// A device of the wire convention (docs/protocol.md): a status with a last will. A layer over the engine, of the same
// shape as Webapp: see its header for how it is driven, and for lifetimes and threads.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "wsmq/client.hpp"
#include "wsmq/export.hpp"
#include "wsmq/patterns/event.hpp"
#include "wsmq/patterns/names.hpp"

namespace wsmq::patterns {

class WSMQ_EXPORT Device {
public:
    using Event = patterns::Event;

    struct Options {
        std::string root{default_root};
        std::string serial_number;
        /// JSON text of an object: what the status says beside "online".
        std::string status = R"({"recording":false,"broadcasting":false,"motionEnabled":false})";
        bool trusts_json = false;
    };

    /// Client identifier (the serial number, where the user gave none) and last will. Errors as of the names, and
    /// invalid_json.
    static Result<ConnectOptions> connect_options(ConnectOptions base, const Options&);

    Device(Client&, Options);
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    bool handle(const wsmq::Event&, TimePoint now);
    void handle_timeout(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    /// Joined, JoinFailed, Left.
    [[nodiscard]] Event next_event(TimePoint now);

    /// Publishes a new status: JSON text of an object without "online".
    Error set_status(std::string_view status, TimePoint now);
    /// As of Webapp.
    void leave(TimePoint now);

    [[nodiscard]] bool is_joined() const noexcept;

private:
    struct WSMQ_HIDDEN Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wsmq::patterns
