// The messages that are queued or in flight: their state in the exchange, their order and their encoded packets. Knows
// neither connections nor time.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "session/delivery_state.hpp"
#include "session/packet_identifiers.hpp"
#include "wsmq/options.hpp"
#include "wsmq/store.hpp"
#include "wsmq/types.hpp"

namespace wsmq::session {

struct InflightMessage {
    std::uint64_t sequence = 0;
    OperationId operation{};  ///< 0: cancelled, or restored from a store
    std::uint16_t packet_identifier = 0;
    Qos qos = Qos::at_most_once;
    DeliveryState state = DeliveryState::done;
    bool droppable = false;     ///< may make room for newer messages while it waits
    bool sent = false;          ///< on an earlier connection of this session: DUP
    bool ever_sent = false;     ///< on any connection, of whatever session
    bool release_sent = false;  ///< PUBREL, on this connection
    bool awaits_store = false;  ///< it is in flight, and its PUBLISH is not sent yet
    /// With its Message Expiry Interval; restored, and the client not started yet: from the clock's epoch.
    std::optional<TimePoint> expires;
    std::vector<std::uint8_t> packet;  ///< the encoded PUBLISH, without topic alias; empty when released
};

class InflightMessages {
public:
    using Index = std::uint32_t;
    static constexpr Index none = 0xFFFF'FFFF;

    /// A list through the messages, in the order in which they go.
    struct List {
        Index first = none;
        Index last = none;
        std::size_t size = 0;
        [[nodiscard]] bool empty() const noexcept { return size == 0; }
    };

    /// `store` may be null, and is borrowed. The packets are of this version.
    InflightMessages(Version version, PacketIdentifiers& identifiers, Store* store)
        : version_{version}, identifiers_{identifiers}, store_{store} {}

    /// A new message, in no list yet, with an empty packet to be filled by the caller: a PUBLISH with
    /// any packet identifier but 0, which begin_exchange() replaces.
    [[nodiscard]] Index create(OperationId, Qos, bool droppable);
    [[nodiscard]] InflightMessage& at(Index index) noexcept { return nodes_[index].message; }
    [[nodiscard]] const InflightMessage& at(Index index) const noexcept { return nodes_[index].message; }
    [[nodiscard]] Index next(Index index) const noexcept { return nodes_[index].next; }
    [[nodiscard]] Index previous(Index index) const noexcept { return nodes_[index].previous; }
    [[nodiscard]] Qos qos(Index index) const noexcept { return nodes_[index].message.qos; }

    /// The packet is complete: the message waits for its turn, behind all others.
    void enqueue(Index);
    /// Gives a message its packet identifier, before its packet is encoded. False when all are in use.
    [[nodiscard]] bool assign_identifier(Index);
    /// Gives the waiting (or new) message its packet identifier, unless it has one; QoS 1 and 2 count as in flight from
    /// here on. False when all identifiers are in use.
    [[nodiscard]] bool begin_exchange(Index);
    /// The broker has a QoS 2 message (PUBREC): its packet is freed.
    void release(Index);
    /// Whether the store would survive a crash with the message as it is. Always true without a store.
    [[nodiscard]] bool is_stored(Index) const noexcept;
    /// Finished or failed: removed from its list, with its identifier and its record.
    void erase(Index, Errc = Errc::none, ReasonCode = ReasonCode::success);

    /// The connection ended. Messages in flight wait again, before all others and in their order, and keep their
    /// identifiers.
    void connection_lost();
    /// The broker lost the session: waiting messages are new to it. Released ones stay in releasing() for the caller to
    /// finish.
    void session_lost();

    [[nodiscard]] const List& waiting() const noexcept { return waiting_; }
    [[nodiscard]] const List& unacknowledged() const noexcept { return unacknowledged_; }
    [[nodiscard]] const List& releasing() const noexcept { return releasing_; }
    /// Against the broker's receive maximum (MQTT 5.0, 4.9).
    [[nodiscard]] std::size_t in_flight() const noexcept { return unacknowledged_.size + releasing_.size; }
    [[nodiscard]] std::size_t size() const noexcept { return waiting_.size + in_flight(); }
    /// Of all encoded packets, with a fixed overhead for each.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    /// The oldest waiting message that is droppable and was never sent, or none.
    [[nodiscard]] Index oldest_droppable() const noexcept;
    /// Linear in the number of messages; `none` where there is none.
    [[nodiscard]] Index find(OperationId) const noexcept;

    /// A record of the store, in ascending order; one that cannot be decoded is skipped. `age` is taken off its Message
    /// Expiry Interval.
    void restore(std::uint64_t sequence, Bytes record, Duration age);

private:
    struct Node {
        InflightMessage message;
        List* list = nullptr;
        Index previous = none;
        Index next = none;
    };

    void push_back(List&, Index);
    void push_front(List&, Index);
    void unlink(Index);
    void save(const InflightMessage&);

    Version version_;
    PacketIdentifiers& identifiers_;
    Store* store_;
    std::vector<std::uint8_t> record_;
    std::vector<Node> nodes_;
    Index free_ = none;  ///< linked through Node::next
    std::uint64_t next_sequence_ = 1;
    std::size_t bytes_ = 0;
    List waiting_;
    List unacknowledged_;
    List releasing_;  ///< in the order of their PUBRECs [MQTT-4.6.0-4]
};

}  // namespace wsmq::session
