// A byte stream to a broker: TCP, TLS, and WebSocket over either.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "wsmq/export.hpp"
#include "wsmq/native/transport_error.hpp"
#include "wsmq/native/transport_options.hpp"
#include "wsmq/native/url.hpp"

namespace wsmq::native {

/// Opened once, closed once. At most one read and one write may be in progress, in parallel.
///
/// Threads: not thread-safe. Every call and every handler on the executor, which is a strand where several threads run
/// its context. Handlers never run from within the call that started them.
/// Errors: TransportError; boost::asio::error::operation_aborted after close().
/// Cancellation: close(). Buffers are in use until the handler is called, after close() as well.
class WSMQ_EXPORT Transport {
public:
    using OpenHandler = std::function<void(boost::system::error_code)>;
    using SizeHandler = std::function<void(boost::system::error_code, std::size_t)>;

    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    /// Resolves, connects, and does the handshakes of the proxy, TLS and WebSocket. Each step has its own time limit
    /// and errors. Completion: void(error_code): TransportError::invalid_options to subprotocol_refused.
    virtual void async_open(OpenHandler) = 0;
    /// Reads at least one byte into the buffer, which is borrowed and not empty. Completion: void(error_code, size_t):
    /// closed_by_peer, connection_lost, tls_failed, text_message, websocket_violated.
    virtual void async_read_some(boost::asio::mutable_buffer, SizeHandler) = 0;
    /// Writes all the bytes, which are borrowed; over WebSocket as one binary message. Completion:
    /// void(error_code, size_t): errors as async_read_some().
    virtual void async_write(boost::asio::const_buffer, SizeHandler) = 0;
    /// Closes in order, within TimeLimits::close: finishes the write in progress, closes WebSocket and TLS, and waits
    /// for the peer's end. The transport keeps itself alive until then. An opening or a read in progress ends with
    /// operation_aborted, a write with or without error.
    virtual void close() = 0;
    /// Bytes that the peer's TCP has acknowledged since the opening, overhead included; 0 where the system does not
    /// say.
    [[nodiscard]] virtual std::uint64_t acknowledged() noexcept { return 0; }
    /// Details of the last failure, for people: the system's or OpenSSL's message, the certificate, the HTTP status.
    /// One line of English without secrets of the URL; empty where there was no failure.
    [[nodiscard]] virtual std::string failure_detail() const = 0;
    /// What the last failure comes from, for programs: the resolver's error of resolve_failed; the system's of
    /// connect_failed and connection_lost, connection_refused where any address refused; the HTTP status of
    /// upgrade_refused and proxy_refused, see http_status(). No error where there is none, or where the TransportError
    /// says it all.
    [[nodiscard]] virtual boost::system::error_code failure_cause() const { return {}; }
};

/// The transport for the URL's scheme. One for Scheme::http fails to open with TransportError::invalid_options.
[[nodiscard]] WSMQ_EXPORT std::shared_ptr<Transport> make_transport(const boost::asio::any_io_executor&, const Url&,
                                                                    const TransportOptions&);

}  // namespace wsmq::native
