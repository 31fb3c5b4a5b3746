// The options of a native client.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "wsmq/native/file_store.hpp"
#include "wsmq/native/log.hpp"
#include "wsmq/native/transport.hpp"
#include "wsmq/options.hpp"

namespace wsmq::native {

/// Call it once, at any time and from any thread, with the credentials of one attempt, or with nothing, which ends the
/// attempt with Errc::credentials_failed. A call that comes too late is ignored.
using CredentialsAnswer = std::function<void(std::optional<Credentials>)>;

struct ClientOptions {
    /// Options of MQTT. The client sets host_count, random_seed (from the system's cryptographic source),
    /// ask_credentials where `credentials` is set, and store where `store` is set.
    ///
    /// output_high_water is lower than the engine's default, so that two buffers of that size stay in the processor's
    /// cache; further output waits in the system's buffers or in the queue.
    ConnectOptions connect{.output_high_water = 256u << 10};
    /// TLS, proxy, time limits.
    TransportOptions transport;

    /// Called before each attempt to connect, on the client's executor.
    std::function<void(CredentialsAnswer)> credentials;

    /// Keeps QoS 1 and 2 messages beyond the life of the process. For a session that lasts as long, turn
    /// connect.clean_start off, and set connect.session_expiry_interval and connect.client_id.
    std::shared_ptr<FileStore> store;

    /// While so many messages or bytes wait for async_receive(), nothing is read from the broker. One read (64 KiB) may
    /// exceed the bounds. At least 1.
    std::size_t receive_maximum_messages = 1024;
    std::size_t receive_maximum_bytes = 4u << 20;

    /// The bounds of the queue between Publisher and the loop. At least 1.
    std::size_t handover_maximum_messages = 10'000;
    std::size_t handover_maximum_bytes = 16u << 20;

    /// Receives what happens, a line at a time: see LogLevel. Empty, the default: nothing is logged, and it costs
    /// nothing.
    Logger log;
    /// What is less important than this is not logged.
    LogLevel log_level = LogLevel::info;

    /// Makes the transport to the host with index `host` instead of the URL's transport: for tests, and for transports
    /// that this library does not have. Null: the host cannot be reached.
    std::function<std::shared_ptr<Transport>(const boost::asio::any_io_executor&, std::size_t host)> make_transport;
};

}  // namespace wsmq::native
