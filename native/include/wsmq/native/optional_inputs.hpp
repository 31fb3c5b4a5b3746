// The calls that a protocol may lack. Internal to the driver.
#pragma once
#include <cstddef>

#include "wsmq/client.hpp"

namespace wsmq::native {

template <Protocol P> void notify_closed(P& protocol, Errc why, TimePoint now) {
    if constexpr (requires { protocol.transport_closed(now, why); }) {
        protocol.transport_closed(now, why);
    } else {
        protocol.transport_closed(now);
    }
}

template <Protocol P> void notify_held(P& protocol, bool held, TimePoint now) {
    if constexpr (requires { protocol.hold_input(held, now); }) protocol.hold_input(held, now);
}

/// So many bytes are being written.
template <Protocol P> void notify_backlog(P& protocol, std::size_t bytes, TimePoint now) {
    if constexpr (requires { protocol.transport_backlog(bytes, now); }) protocol.transport_backlog(bytes, now);
}

template <Protocol P> void notify_progressed(P& protocol, TimePoint now) {
    if constexpr (requires { protocol.transport_progressed(now); }) protocol.transport_progressed(now);
}

/// Of a protocol that has events which are not in its Event, and hands them out itself.
template <Protocol P> void dispatch_own_events(P& protocol) {
    if constexpr (requires { protocol.dispatch_events(); }) protocol.dispatch_events();
}

}  // namespace wsmq::native
