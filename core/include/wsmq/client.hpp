// The MQTT client, sans-I/O: the whole surface of the engine.
//
// Inputs are plain calls with the time as a parameter; outputs are pulled. Nothing here reads a
// clock, a socket, a random device or a thread, and nothing calls back into the caller, so a
// handler may call anything, destruction included. After any input: drain next_event(), then send
// take_output(), then arm next_deadline(). Time never goes backwards. Not thread-safe: one thread,
// or one strand, at a time.
#pragma once
#include <concepts>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/event.hpp"
#include "wsmq/export.hpp"
#include "wsmq/options.hpp"
#include "wsmq/result.hpp"
#include "wsmq/types.hpp"

namespace wsmq {

class WSMQ_EXPORT Client {
public:
    using Event = wsmq::Event;

    struct Prepared {
        OperationId id;
        std::span<std::uint8_t> payload;  ///< lent until commit_publish()
    };

    /// Options that cannot be encoded are found by start().
    explicit Client(ConnectOptions options);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    // --- Inputs from the transport ---------------------------------------------------------
    /// The transport of the last OpenTransport can carry bytes.
    void transport_opened(TimePoint now);
    /// Any piece of the byte stream. Borrowed until next_event() says NeedInput.
    void receive(Bytes chunk, TimePoint now);
    /// The transport ended, or could not be opened (`why`: transport_closed or transport_failed).
    void transport_closed(TimePoint now, Errc why = Errc::transport_closed);
    /// How much of the output the transport still holds, in bytes. Optional; say it after a send,
    /// whenever it has shrunk, and before handle_timeout(): a large one that shrinks is a sign of life.
    void transport_backlog(std::size_t bytes, TimePoint now);
    /// The other side has taken part of a large output since this was last said, before
    /// handle_timeout(): for drivers that know more of it than the backlog.
    void transport_progressed(TimePoint now);
    /// The driver stops reading, or reads again, because the application cannot take more: until then
    /// silence is not taken for a dead connection. Holds across connections.
    void hold_input(bool held, TimePoint now);
    /// The deadline passed. Spurious and late calls do no harm.
    void handle_timeout(TimePoint now);
    /// The network came back, or the machine or the page woke up: a waiting reconnection begins
    /// now, an open connection is probed and given up soon if nobody answers.
    void handle_wake_up(TimePoint now);

    // --- Inputs from the application -------------------------------------------------------
    /// Connects, and keeps connected until stop(). Errc::none, or what is wrong with the options;
    /// does nothing when already started.
    [[nodiscard]] Errc start(TimePoint now);
    /// Ends the connection with a DISCONNECT. What is unfinished is reported as Failed with
    /// Errc::stopped; a session that lasts (session_expiry_interval, or clean_start off below
    /// MQTT 5) keeps its messages, and sends them on after the next start(). With MQTT 5,
    /// disconnect_with_will_message makes the broker publish the will.
    void stop(TimePoint now, ReasonCode reason = ReasonCode::success);

    /// From the next CONNECT on another client identifier and last will, and so another session: messages that are not
    /// acknowledged end with Failed and Errc::session_lost, subscriptions are renewed. A connection that there is ends
    /// as a lost one. Errc::none, or what is wrong with them.
    [[nodiscard]] Errc rename(std::string client_id, std::optional<Will> will, TimePoint now);

    /// Publishes. QoS 0 is encoded at once and has no event, and the identifier says nothing;
    /// if it must wait, and for QoS 1 and 2, Completed or Failed follows.
    Result<OperationId> publish(std::string_view topic_name, Bytes payload, const PublishOptions& options,
                                TimePoint now);
    /// As publish(), for a payload that is written where it is to stand, and so copied once less:
    /// fill Prepared::payload, then call commit_publish() before anything else.
    Result<Prepared> prepare_publish(std::string_view topic_name, std::size_t payload_size,
                                     const PublishOptions& options, TimePoint now);
    void commit_publish(TimePoint now);
    /// Subscribes to 1 or more filters, in packets of ConnectOptions::subscribe_batch; one Completed or Failed follows,
    /// whose properties are those of the last answer. Renewed after a reconnection if and only if the broker lost the
    /// session. `encoded_properties`: the
    /// subscription identifier and user properties.
    Result<OperationId> subscribe(std::span<const Subscription> subscriptions, Bytes encoded_properties, TimePoint now);
    Result<OperationId> unsubscribe(std::span<const std::string_view> topic_filters, Bytes encoded_properties,
                                    TimePoint now);
    /// Failed with Errc::cancelled follows, unless the operation already ended. A message that was
    /// sent at least once is not called back: its exchange goes on unreported.
    void cancel(OperationId);

    /// Answers to CredentialsRequested; ignored when none is awaited.
    void provide_credentials(Credentials credentials, TimePoint now);
    void fail_credentials(TimePoint now);
    /// Answers Authentication. Errc::not_supported where no exchange is running.
    [[nodiscard]] Errc authenticate(Bytes data, TimePoint now);
    /// The application has no answer to Authentication: the connection, or the attempt, ends with
    /// Errc::authentication_failed. Ignored when none is awaited.
    void fail_authentication(TimePoint now);
    /// Starts a re-authentication (MQTT 5.0, 4.12.1) of an established connection.
    [[nodiscard]] Errc reauthenticate(Bytes data, TimePoint now);

    // --- Outputs ---------------------------------------------------------------------------
    [[nodiscard]] Event next_event();
    /// Swaps what is to be sent into `out`, whose old contents are discarded and whose capacity is
    /// used again. False (and `out` empty) when there is nothing.
    bool take_output(std::vector<std::uint8_t>& out);
    /// When handle_timeout() is due.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const noexcept;

    // --- State -----------------------------------------------------------------------------
    [[nodiscard]] bool is_started() const noexcept;
    [[nodiscard]] bool is_connected() const noexcept;
    /// Of the current connection, or of the last one.
    [[nodiscard]] const Negotiated& negotiated() const noexcept;
    /// Of the protocol, as the options ask for it.
    [[nodiscard]] Version version() const noexcept;
    /// Ours, or the one that the broker assigned.
    [[nodiscard]] std::string_view client_id() const noexcept;
    /// QoS 1 and 2 messages whose exchange is not over, and whatever waits in the queue.
    [[nodiscard]] std::size_t unfinished_messages() const noexcept;
    /// The bytes that messages waiting or in flight hold.
    [[nodiscard]] std::size_t unfinished_bytes() const noexcept;

private:
    struct WSMQ_HIDDEN Impl;
    std::unique_ptr<Impl> impl_;
};

/// Anything that a driver can drive: Client alone, or Client with the patterns on top.
template <class P>
concept Protocol = requires(P p, Bytes in, TimePoint now, std::vector<std::uint8_t> out) {
    typename P::Event;
    p.transport_opened(now);
    p.receive(in, now);
    p.transport_closed(now);
    p.handle_timeout(now);
    { p.take_output(out) } -> std::same_as<bool>;
    { p.next_deadline() } -> std::same_as<std::optional<TimePoint>>;
    { p.next_event() } -> std::same_as<typename P::Event>;
};

}  // namespace wsmq
