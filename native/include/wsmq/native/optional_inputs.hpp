// The inputs that a protocol may lack, given to those that have them. The driver's own.
#pragma once
#include <cstddef>

#include "wsmq/client.hpp"

namespace wsmq::native {

template <Protocol P> void tell_closed(P& protocol, Errc why, TimePoint now) {
    if constexpr (requires { protocol.transport_closed(now, why); }) {
        protocol.transport_closed(now, why);
    } else {
        protocol.transport_closed(now);
    }
}

template <Protocol P> void tell_held(P& protocol, bool held, TimePoint now) {
    if constexpr (requires { protocol.hold_input(held, now); }) protocol.hold_input(held, now);
}

/// So many bytes are being written.
template <Protocol P> void tell_backlog(P& protocol, std::size_t bytes, TimePoint now) {
    if constexpr (requires { protocol.transport_backlog(bytes, now); }) protocol.transport_backlog(bytes, now);
}

template <Protocol P> void tell_progress(P& protocol, TimePoint now) {
    if constexpr (requires { protocol.transport_progressed(now); }) protocol.transport_progressed(now);
}

}  // namespace wsmq::native
