// What a driver needs of whoever owns it.
#pragma once
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "wsmq/client.hpp"
#include "wsmq/native/transport.hpp"

namespace wsmq::native {

/// The first two must be given, and none is empty.
template <Protocol P> struct DriverHandlers {
    /// A transport to the host of OpenTransport; null where there can be none.
    std::function<std::shared_ptr<Transport>(std::size_t host)> make_transport;
    /// Every event but NeedInput, with OpenTransport and CloseTransport for information. May do
    /// anything, shut_down() included. What it throws comes out of the loop's run(), and the driver
    /// goes on at the loop's next turn.
    std::function<void(typename P::Event&)> handle_event;
    /// Bytes are about to leave, or everything there was to do is done: what was stored is made
    /// durable now. Calls nothing here.
    std::function<void()> make_durable = [] {};
    /// Why the transport failed, before the protocol is told that it did.
    std::function<void(boost::system::error_code, const std::string& detail)> transport_failed = [](auto, const auto&) {
    };
    /// The last transport that was closed in order has sent everything.
    std::function<void()> closed = [] {};
};

}  // namespace wsmq::native
