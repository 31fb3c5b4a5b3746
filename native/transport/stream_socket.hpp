// The socket below every transport: of TCP, or of the Unix domain.
#pragma once
#include <fcntl.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>

namespace wsmq::native {

using StreamSocket = boost::asio::generic::stream_protocol::socket;

/// Asio opens one as well when it connects, and leaves it to whatever programs the process starts. What fails here
/// fails again when it connects, and is reported then.
template <class Socket, class Protocol> void open_private(Socket& socket, const Protocol& protocol) {
    boost::system::error_code error;
    socket.open(protocol, error);
    if (!error) (void)::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

}  // namespace wsmq::native
