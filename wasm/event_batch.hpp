// Events as rows of integers (boundary/events.ts), handed to JavaScript in one call per batch.
#pragma once
#include <array>
#include <cstdint>

#include "boundary.hpp"
#include "wsmq/event.hpp"

namespace wsmq::wasm {

class Connection;

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
    /// Runs handlers, which may destroy the connection. True: calls that they made are deferred to the end of the
    /// events.
    [[nodiscard]] bool hand_over();

private:
    static constexpr std::uint32_t capacity = 128;
    using Row = std::array<std::uint32_t, row_cells>;

    // Handled by Connection.
    void fill(const NeedInput&) {}
    void fill(const CloseTransport&) {}
    void fill(const Message& message) { add(message); }
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
