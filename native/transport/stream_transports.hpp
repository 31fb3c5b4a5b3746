// The four transports, made by make_transport(). Two files, because Beast takes long to compile.
#pragma once
#include <memory>

#include "wsmq/native/transport.hpp"

namespace wsmq::native {

[[nodiscard]] std::shared_ptr<Transport> make_stream(const boost::asio::any_io_executor&, const Url&,
                                                     const TransportOptions&);
[[nodiscard]] std::shared_ptr<Transport> make_websocket(const boost::asio::any_io_executor&, const Url&,
                                                        const TransportOptions&);

}  // namespace wsmq::native
