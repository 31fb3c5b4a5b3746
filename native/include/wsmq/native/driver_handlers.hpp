// What the owner of a driver supplies.
#pragma once
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "wsmq/client.hpp"
#include "wsmq/native/transport.hpp"
#include "wsmq/packet_log.hpp"

namespace wsmq::native {

/// The first two are required; none may be empty.
template <Protocol P> struct DriverHandlers {
    /// A transport to the host of OpenTransport; null where the host cannot be reached.
    std::function<std::shared_ptr<Transport>(std::size_t host)> make_transport;
    /// Every event except NeedInput; OpenTransport and CloseTransport for information. May do anything, shut_down()
    /// included. What it throws comes out of the loop's run(); the driver goes on at the next turn.
    std::function<void(typename P::Event&)> handle_event;
    /// Chunks of a connection, before they are written and after they were received. Empty, the default: nobody looks.
    /// Must not call the driver or the protocol, nor throw.
    std::function<void(PacketLog::Direction, Bytes)> watch_bytes;
    /// Flushes the store: before bytes leave, and at the end of each turn. Must not call the driver.
    std::function<void()> make_durable = [] {};
    /// Why the transport failed; before the protocol learns that it did. `cause`: Transport::failure_cause().
    std::function<void(boost::system::error_code, const std::string& detail, boost::system::error_code cause)>
        transport_failed = [](auto, const auto&, auto) {};
    /// Every transport that was being closed has sent its last bytes.
    std::function<void()> closed = [] {};
};

}  // namespace wsmq::native
