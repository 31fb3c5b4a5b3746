// A byte stream to a broker: TCP, TLS, and WebSocket over either, alike.
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

/// Opened once, closed once. One opening, one read and one write may be outstanding at a time, and a
/// read and a write may be together.
///
/// Handlers never run from within the call that started them. Errors are TransportError, or
/// boost::asio::error::operation_aborted after close(). What was lent is in use until the handler is
/// called, after close() too.
///
/// Not thread-safe: every call and every handler on the executor, which is a strand where several
/// threads run its context.
class WSMQ_EXPORT Transport {
public:
    using OpenHandler = std::function<void(boost::system::error_code)>;
    using SizeHandler = std::function<void(boost::system::error_code, std::size_t)>;

    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    /// Everything from the host's name to a stream that carries MQTT. Each step has its own time limit
    /// and its own errors.
    virtual void async_open(OpenHandler) = 0;
    /// At least one byte. The buffer is borrowed and not empty.
    virtual void async_read_some(boost::asio::mutable_buffer, SizeHandler) = 0;
    /// All of it; over WebSocket as one binary message. The bytes are borrowed.
    virtual void async_write(boost::asio::const_buffer, SizeHandler) = 0;
    /// Ends in order: what is being written is written, the goodbyes of TLS and WebSocket are said, and
    /// the other side's end is waited for, all of it within TimeLimits::close. It keeps itself alive
    /// until then. A pending opening or read is aborted, a write ends as it may.
    virtual void close() = 0;
    /// How many bytes the other side's system has acknowledged since the opening, whatever they are of; 0 where that
    /// cannot be known.
    [[nodiscard]] virtual std::uint64_t acknowledged() noexcept { return 0; }
    /// What is known about the last failure: the system's or OpenSSL's words, the certificate, the HTTP
    /// status. English, one line, without what the URL keeps secret; empty where there was none.
    [[nodiscard]] virtual std::string failure_detail() const = 0;
};

/// By the URL's scheme. One of Scheme::http fails with TransportError::invalid_options.
[[nodiscard]] WSMQ_EXPORT std::shared_ptr<Transport> make_transport(const boost::asio::any_io_executor&, const Url&,
                                                                    const TransportOptions&);

}  // namespace wsmq::native
