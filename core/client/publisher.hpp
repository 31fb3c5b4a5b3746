// Outgoing messages against a connection: what goes now, what waits, what the broker's answers mean.
#pragma once
#include <span>

#include "client/context.hpp"
#include "client/suspect.hpp"
#include "session/outgoing.hpp"
#include "session/topic_aliases.hpp"
#include "wsmq/client.hpp"

namespace wsmq::client {

class Publisher {
public:
    explicit Publisher(Context& context)
        : context_{context}, outgoing_{context.version(), context.identifiers, context.options.store} {}

    Result<OperationId> publish(std::string_view topic, Bytes payload, const PublishOptions&);
    Result<Client::Prepared> prepare(std::string_view topic, std::size_t payload_size, const PublishOptions&);
    void commit();
    [[nodiscard]] bool cancel(OperationId);

    /// PUBACK, PUBREC or PUBCOMP. Errc::none, or why the connection must end.
    [[nodiscard]] Errc handle_acknowledgement(codec::PacketType, const codec::Acknowledgement&);
    /// Sends what waits, as far as the broker and the output take it.
    void pump();
    /// Whether pump() would send something.
    [[nodiscard]] bool can_pump() const noexcept;
    /// Gives up what expired while it waited, when expiry_deadline() says so.
    void drop_expired();
    [[nodiscard]] std::optional<TimePoint> expiry_deadline() const noexcept { return expiry_deadline_; }

    void handle_connected(bool session_present);
    void handle_connection_lost();
    /// Without a connection: everything is reported, and forgotten unless its session lasts.
    void give_up_all(Errc why, bool session_lasts);

    // --- While operations are isolated: see Culprit ---
    /// The oldest that is on its way on this connection.
    [[nodiscard]] Suspect oldest_sent() const noexcept;
    /// The oldest that was sent before and is not on its way.
    [[nodiscard]] Suspect oldest_resent() const noexcept;
    void send_alone(const Suspect&);
    /// The broker ends the connection over it, which is over.
    void give_up(const Suspect&, ReasonCode, Bytes properties);

    [[nodiscard]] session::Outgoing& outgoing() noexcept { return outgoing_; }
    [[nodiscard]] const session::Outgoing& outgoing() const noexcept { return outgoing_; }

private:
    using Index = session::Outgoing::Index;
    /// Where a new message goes.
    struct Place {
        enum class Kind : std::uint8_t { output, exchange, queue, nowhere } kind;
        Index index = session::Outgoing::none;
        OperationId operation{};
    };

    [[nodiscard]] Errc check(std::string_view topic, std::size_t size, const PublishOptions&) const;
    [[nodiscard]] Result<Place> place_for(std::size_t size, const PublishOptions&);
    [[nodiscard]] Result<Place> queue_place_for(std::size_t size, const PublishOptions&);
    [[nodiscard]] bool has_room_for(std::size_t size) const noexcept;
    [[nodiscard]] bool goes_now(Qos) const noexcept;
    [[nodiscard]] bool is_quota_used_up() const noexcept;
    [[nodiscard]] Errc refused_by_broker(Qos, bool retain, std::size_t size) const noexcept;
    void put_in_place(const Place&);
    void encode_with_alias(codec::Publish);
    bool transmit(Index);
    /// Or fails it, where the broker does not take it. False: it has to wait for a packet identifier.
    bool send_first_waiting();
    void send_release(Index);
    void send_releases();
    void complete(Index, ReasonCode, Bytes properties);
    void fail(Index, Errc);
    void finish_released();
    void begin_expiry(Index, Bytes properties);
    void enqueue(Index);
    void look_out_for_expiry(const session::OutgoingMessage&);
    /// Writes what is left of the interval into the packet. False: nothing is.
    [[nodiscard]] bool shorten_expiry(session::OutgoingMessage&);

    Context& context_;
    session::Outgoing outgoing_;
    session::OutgoingTopicAliases aliases_;
    Place prepared_{Place::Kind::nowhere};
    bool drain_awaited_ = false;
    bool any_expires_ = false;  ///< or did once
    std::optional<TimePoint> expiry_deadline_;
};

}  // namespace wsmq::client
