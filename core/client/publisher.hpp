// Publishing: what is sent now, what waits in the queue, and what acknowledgements mean.
#pragma once
#include <span>

#include "client/context.hpp"
#include "client/suspect.hpp"
#include "session/inflight_messages.hpp"
#include "session/topic_aliases.hpp"
#include "wsmq/client.hpp"

namespace wsmq::client {

class Publisher {
public:
    explicit Publisher(Context& context)
        : context_{context}, messages_{context.version(), context.identifiers, context.options.store} {}

    Result<OperationId> publish(std::string_view topic, Bytes payload, const PublishOptions&);
    Result<Client::Prepared> prepare(std::string_view topic, std::size_t payload_size, const PublishOptions&);
    void commit();
    [[nodiscard]] bool cancel(OperationId);

    /// PUBACK, PUBREC or PUBCOMP. Errc::none, or why the connection must end.
    [[nodiscard]] Errc handle_acknowledgement(codec::PacketType, const codec::Acknowledgement&);
    /// Sends waiting messages, as far as the receive maximum and the output allow.
    void pump();
    /// Whether pump() would send something.
    [[nodiscard]] bool can_pump() const noexcept;
    /// Fails messages that expired in the queue; due at expiry_deadline().
    void drop_expired();
    [[nodiscard]] std::optional<TimePoint> expiry_deadline() const noexcept { return expiry_deadline_; }

    /// From here on, restored messages expire as all others.
    void handle_started();
    void handle_connected(bool session_present);
    /// Sends what waited for the store.
    void handle_stored();
    void handle_connection_lost();
    /// Without a connection: fails every operation, and discards the messages unless the session is persistent.
    void give_up_all(Errc why, bool session_lasts);

    /// The oldest one in flight on this connection.
    [[nodiscard]] Suspect oldest_sent() const noexcept;

    // --- While operations are isolated: see PoisonDetector ---
    /// The oldest one that is to be resent.
    [[nodiscard]] Suspect oldest_resent() const noexcept;
    void send_alone(const Suspect&);
    /// The connection ended because of it.
    void give_up(const Suspect&, ReasonCode, Bytes properties);

    [[nodiscard]] session::InflightMessages& messages() noexcept { return messages_; }
    [[nodiscard]] const session::InflightMessages& messages() const noexcept { return messages_; }

private:
    using Index = session::InflightMessages::Index;
    /// Where a new message is written to.
    struct Destination {
        enum class Kind : std::uint8_t { output, exchange, queue, nowhere } kind;
        Index index = session::InflightMessages::none;
        OperationId operation{};
    };

    [[nodiscard]] Errc check(std::string_view topic, std::size_t size, const PublishOptions&) const;
    [[nodiscard]] Result<Destination> route(std::size_t size, const PublishOptions&);
    [[nodiscard]] Result<Destination> route_to_queue(std::size_t size, const PublishOptions&);
    [[nodiscard]] bool has_room_for(std::size_t size) const noexcept;
    [[nodiscard]] bool can_send_now(Qos) const noexcept;
    [[nodiscard]] bool is_quota_used_up() const noexcept;
    [[nodiscard]] Errc refused_by_broker(Qos, bool retain, std::size_t size) const noexcept;
    /// `encoded`: the packet without an alias, or empty where there is none yet.
    void write(codec::Publish, std::size_t size, Bytes encoded = {});
    bool transmit(Index);
    /// Or fails it, where the broker does not accept it. False: it has to wait for a packet identifier.
    bool send_first_waiting();
    /// Whether a message, which is in flight now, is not to be sent yet.
    [[nodiscard]] bool await_store(Index);
    void send_release(Index);
    /// The PUBRELs that are due on this connection, except those that wait for the store.
    void send_releases();
    [[nodiscard]] bool may_send_release(Index) const noexcept;
    void complete(Index, ReasonCode, Bytes properties);
    void fail(Index, Errc);
    void finish_released();
    void start_expiry(Index, Bytes properties);
    void enqueue(Index);
    void schedule_expiry(const session::InflightMessage&);
    /// Writes the time that is left into the packet. False: it has expired.
    [[nodiscard]] bool shorten_expiry(session::InflightMessage&);
    void shorten_expiry_of_sent();

    Context& context_;
    session::InflightMessages messages_;
    session::OutgoingTopicAliases aliases_;
    Destination prepared_{Destination::Kind::nowhere};
    bool drain_awaited_ = false;
    bool any_expires_ = false;  ///< or did once
    bool was_started_ = false;
    std::optional<TimePoint> expiry_deadline_;
};

}  // namespace wsmq::client
