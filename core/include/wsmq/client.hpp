// The MQTT client, sans-I/O: the whole surface of the engine.
//
// Inputs are plain calls with the time as a parameter; outputs are pulled. Time and randomness are injected, and
// nothing calls back, so a handler may call any function, the destructor included. After any input: drain next_event(),
// send take_output(), arm next_deadline(). Time never goes backwards. Not thread-safe: one thread, or one strand, at a
// time.
//
// Contract: calls copy their arguments, except where they say that they borrow them. A call that returns an error has
// changed nothing and sends nothing. An operation ends with exactly one event, Completed or Failed, under the
// identifier that the call returned; cancel() ends it early.
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

    /// Does not validate the options: start() does. Reads ConnectOptions::store.
    explicit Client(ConnectOptions options);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    // --- Inputs from the transport ---------------------------------------------------------
    /// The transport of the last OpenTransport can carry bytes.
    void transport_opened(TimePoint now);
    /// Any part of the byte stream. Borrowed until next_event() returns NeedInput.
    void receive(Bytes chunk, TimePoint now);
    /// The transport ended, or could not be opened (`why`: transport_closed or transport_failed).
    void transport_closed(TimePoint now, Errc why = Errc::transport_closed);
    /// Bytes of the output that the transport still holds. Optional; report it after a send, whenever it has shrunk,
    /// and before handle_timeout(): a large backlog that shrinks proves that the connection is alive.
    void transport_backlog(std::size_t bytes, TimePoint now);
    /// The broker has received part of a large output since the last call. Before handle_timeout(); for drivers that
    /// know this better than by the backlog.
    void transport_progressed(TimePoint now);
    /// The driver stops reading because the application cannot take more, or reads again. While input is held, silence
    /// does not end the connection. Survives reconnections.
    void hold_input(bool held, TimePoint now);
    /// The deadline passed. Spurious and late calls do no harm.
    void handle_timeout(TimePoint now);
    /// The network came back, or the machine or the page woke up: a pending reconnection begins now; an open connection
    /// is probed with a PINGREQ and closed soon if there is no answer.
    void handle_wake_up(TimePoint now);
    /// The store wrote down what it was behind with (Store::is_behind()).
    void handle_stored(TimePoint now);

    // --- Inputs from the application -------------------------------------------------------
    /// Connects, and stays connected until stop(). No effect when already started.
    /// Errors, all about the options: invalid_argument, invalid_topic, invalid_utf8, invalid_character,
    /// invalid_property, not_supported.
    [[nodiscard]] Errc start(TimePoint now);
    /// Ends the connection with a DISCONNECT. Unfinished operations end with Failed and Errc::stopped; a persistent
    /// session (session_expiry_interval, or clean_start off below MQTT 5) keeps its messages and sends them after the
    /// next start(). With MQTT 5, disconnect_with_will_message makes the broker publish the will. No effect when not
    /// started.
    void stop(TimePoint now, ReasonCode reason = ReasonCode::success);

    /// Changes the client identifier and the last will from the next CONNECT on, and with them the session: messages
    /// that are not acknowledged end with Failed and Errc::session_lost, subscriptions are renewed. An open connection
    /// is closed without a DISCONNECT and reconnects. Errors: as start().
    [[nodiscard]] Errc rename(std::string client_id, std::optional<Will> will, TimePoint now);

    /// Publishes. QoS 0 that can be sent at once has no event, and its identifier is 0; QoS 1 and 2, and whatever has
    /// to wait in the queue, end with Completed or Failed. Borrows `payload` and the properties for the call. Errors:
    /// not_started, invalid_topic, invalid_character, invalid_property, invalid_argument (QoS), packet_too_large,
    /// not_supported (QoS or retain, by CONNACK), queue_full, not_connected (WhenBlocked::fail).
    /// Failed with: cancelled, stopped, session_lost, queue_full, expired, packet_too_large, not_supported,
    /// broker_closed.
    Result<OperationId> publish(std::string_view topic_name, Bytes payload, const PublishOptions& options,
                                TimePoint now);
    /// As publish(), with the payload written in place, which saves a copy: fill Prepared::payload, then call
    /// commit_publish() before any other function. Errors: as publish().
    Result<Prepared> prepare_publish(std::string_view topic_name, std::size_t payload_size,
                                     const PublishOptions& options, TimePoint now);
    /// No effect without a successful prepare_publish().
    void commit_publish(TimePoint now);
    /// Subscribes to one or more filters, in packets of ConnectOptions::subscribe_batch. One Completed or Failed
    /// follows, with the properties of the last SUBACK. Renewed after a reconnection if and only if the broker lost the
    /// session. `encoded_properties`: the subscription identifier and user properties; borrowed for the call. Errors:
    /// not_started, invalid_argument (no filter, QoS, retain handling, No Local on a shared subscription),
    /// invalid_topic, invalid_character, invalid_property, packet_too_large, packet_identifiers_exhausted,
    /// not_supported (shared subscriptions, wildcards or subscription identifiers, by CONNACK). Failed with: cancelled,
    /// stopped, packet_too_large, broker_closed.
    Result<OperationId> subscribe(std::span<const Subscription> subscriptions, Bytes encoded_properties, TimePoint now);
    /// As subscribe(), without the errors that are about a Subscription. The filters are not renewed any more from this
    /// call on.
    Result<OperationId> unsubscribe(std::span<const std::string_view> topic_filters, Bytes encoded_properties,
                                    TimePoint now);
    /// Ends an operation: Failed with Errc::cancelled follows. No effect where it has ended already. A message that was
    /// sent cannot be recalled: its exchange goes on unreported.
    void cancel(OperationId);

    /// Answers CredentialsRequested. No effect where none is pending. Credentials that cannot be encoded end the
    /// attempt with Errc::credentials_failed.
    void provide_credentials(Credentials credentials, TimePoint now);
    /// There are none: the attempt ends with Errc::credentials_failed. No effect where none are requested.
    void fail_credentials(TimePoint now);
    /// Answers Authentication with an AUTH packet. Errors: not_supported (the broker awaits none), invalid_argument
    /// (over 65,535 bytes).
    [[nodiscard]] Errc authenticate(Bytes data, TimePoint now);
    /// The application has no answer to Authentication: the connection, or the attempt, ends with
    /// Errc::authentication_failed. No effect where the broker awaits none.
    void fail_authentication(TimePoint now);
    /// Re-authenticates an established connection (MQTT 5.0, 4.12.1). Errors: not_supported (without an authentication
    /// method), not_connected, invalid_argument (over 65,535 bytes).
    [[nodiscard]] Errc reauthenticate(Bytes data, TimePoint now);

    // --- Outputs ---------------------------------------------------------------------------
    /// NeedInput when there is none. Views in an event: see event.hpp.
    [[nodiscard]] Event next_event();
    /// Swaps the bytes to send into `out`; its contents are discarded and its capacity is reused. False, and `out`
    /// empty, when there are none.
    bool take_output(std::vector<std::uint8_t>& out);
    /// When to call handle_timeout(); nothing while no timer runs.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const noexcept;

    // --- State -----------------------------------------------------------------------------
    [[nodiscard]] bool is_started() const noexcept;
    [[nodiscard]] bool is_connected() const noexcept;
    /// Of the current connection, or of the last one.
    [[nodiscard]] const Negotiated& negotiated() const noexcept;
    /// The protocol version of the options.
    [[nodiscard]] Version version() const noexcept;
    /// The one of the options, or the one that the broker assigned.
    [[nodiscard]] std::string_view client_id() const noexcept;
    /// QoS 1 and 2 messages whose exchange is not complete, and all messages in the queue.
    [[nodiscard]] std::size_t unfinished_messages() const noexcept;
    /// The bytes that these messages take.
    [[nodiscard]] std::size_t unfinished_bytes() const noexcept;

private:
    struct WSMQ_HIDDEN Impl;
    std::unique_ptr<Impl> impl_;
};

/// Anything that a driver can drive: Client alone, or Client with a messaging layer on top.
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
