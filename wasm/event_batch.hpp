// Events as rows of integers, handed to JavaScript in one call per batch.
#pragma once
#include <array>
#include <cstdint>

#include "wsmq/event.hpp"

namespace wsmq::wasm {

class Connection;

/// The first cell of a row: the kind in the low eight bits, flags above. glue.js has the same
/// numbers.
enum class RowKind : std::uint8_t {
    message,                ///< topic id; topic in 2, 3; payload in 4, 5; properties in 6, 7
    completed,              ///< operation; reason; reason codes in 3, 4; properties in 6, 7
    failed,                 ///< operation; Errc
    connecting,             ///< attempt
    connected,              ///< properties in 6, 7
    disconnected,           ///< Errc; reason; retry in ms; reason string in 4, 5; properties in 6, 7
    credentials_requested,  ///< nothing more
    authentication,         ///< reason; data in 4, 5; properties in 6, 7
    subscription_lost,      ///< reason; topic filter in 4, 5
    queue_drained,          ///< nothing more
};

namespace row_flag {
inline constexpr std::uint32_t qos_shift = 8;  // two bits
inline constexpr std::uint32_t retain = 1u << 10;
inline constexpr std::uint32_t duplicate = 1u << 11;
inline constexpr std::uint32_t new_topic = 1u << 12;  // the topic's text is in the row
inline constexpr std::uint32_t in_chunk = 1u << 13;   // properties and payload lie in the received chunk
inline constexpr std::uint32_t ascii = 1u << 14;      // the payload is short and has no byte over 0x7F
inline constexpr std::uint32_t session_present = 1u << 8;
inline constexpr std::uint32_t reconnected = 1u << 9;
inline constexpr std::uint32_t was_connected = 1u << 8;
inline constexpr std::uint32_t reconnecting = 1u << 9;
}  // namespace row_flag

/// Lives on the stack of one pass over the client's events. Whoever adds a row hands the batch over
/// when it is full, and before the views in it end.
class EventBatch {
public:
    /// `chunk`: what is being received, of which JavaScript has a copy.
    EventBatch(Connection& connection, Bytes chunk) : connection_{connection}, chunk_{chunk} {}

    void add(const Message&);
    /// Any event that has a row.
    void add(const Event&);

    [[nodiscard]] bool is_empty() const noexcept { return count_ == 0; }
    [[nodiscard]] bool is_full() const noexcept { return count_ == capacity; }
    /// Runs handlers, which may do anything to the connection but end its life. True: something
    /// waits until there are no more events.
    [[nodiscard]] bool hand_over();

private:
    static constexpr std::uint32_t capacity = 128;
    using Row = std::array<std::uint32_t, 8>;

    void fill(const Completed&);
    void fill(const Failed&);
    void fill(const OpenTransport&);
    void fill(const Connected&);
    void fill(const Disconnected&);
    void fill(const CredentialsRequested&);
    void fill(const Authentication&);
    void fill(const SubscriptionLost&);
    void fill(const QueueDrained&);

    Row& next(RowKind, std::uint32_t flags = 0);

    Connection& connection_;
    Bytes chunk_;
    std::uint32_t count_ = 0;
    std::array<Row, capacity> rows_;
};

}  // namespace wsmq::wasm
