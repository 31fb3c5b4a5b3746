// What a native client is told when it is made.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "wsmq/native/file_store.hpp"
#include "wsmq/native/transport.hpp"
#include "wsmq/options.hpp"

namespace wsmq::native {

/// Takes the credentials of one attempt, or nothing where there are none to be had, which ends the
/// attempt with Errc::credentials_failed. To be called once, at any time and from any thread; too
/// late is ignored.
using CredentialsAnswer = std::function<void(std::optional<Credentials>)>;

struct ClientOptions {
    /// MQTT's own. The client fills in host_count, random_seed (from the system's cryptographic
    /// source), ask_credentials where `credentials` is set, and store where `store` is set.
    ///
    /// output_high_water is less than elsewhere: two buffers of that size stay in the processor's cache, and what is
    /// beyond is held by the system or waits in the queue.
    ConnectOptions connect{.output_high_water = 256u << 10};
    /// TLS, proxy, time limits.
    TransportOptions transport;

    /// Asked before every attempt at a connection, on the client's executor.
    std::function<void(CredentialsAnswer)> credentials;

    /// Where QoS 1 and 2 messages outlive the process. For a session that does, connect.clean_start
    /// is off, connect.session_expiry_interval is set, and connect.client_id is not empty.
    std::shared_ptr<FileStore> store;

    /// Received messages that wait for async_receive(), beyond which nothing is read from the
    /// broker. One read (64 KiB) may go over it.
    std::size_t receive_maximum_messages = 1024;
    std::size_t receive_maximum_bytes = 4u << 20;

    /// What other threads may have handed over (Publisher) that the loop has not taken yet.
    std::size_t handover_maximum_messages = 10'000;
    std::size_t handover_maximum_bytes = 16u << 20;

    /// Makes the transport to host number `host` in place of the URLs' own: for tests, and for
    /// carriers that this library does not know. Null stands for a host that cannot be reached.
    std::function<std::shared_ptr<Transport>(const boost::asio::any_io_executor&, std::size_t host)> make_transport;
};

}  // namespace wsmq::native
