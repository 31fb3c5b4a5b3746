// Packet identifiers in use, and what each stands for (MQTT 5.0, 2.2.1).
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace wsmq::session {

/// Gives out 1 to 65,535 in turn, skipping those in use, so that an identifier rests as long as
/// possible before it comes back. Because they follow one another, an identifier modulo the
/// capacity is a slot of its own, and nothing is searched or allocated in the steady state.
class PacketIdentifiers {
public:
    /// What an identifier stands for; the meaning is the owner's.
    using Value = std::uint32_t;

    /// Nothing when all are in use.
    [[nodiscard]] std::optional<std::uint16_t> allocate(Value value);
    /// Takes this very identifier, for a message that was restored; false where it is in use, or 0.
    bool reserve(std::uint16_t identifier, Value value);
    [[nodiscard]] std::optional<Value> find(std::uint16_t identifier) const noexcept;
    void release(std::uint16_t identifier) noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    struct Slot {
        std::uint16_t identifier = 0;  ///< 0: free
        Value value = 0;
    };
    [[nodiscard]] Slot& slot(std::uint16_t identifier) noexcept;
    void grow();

    std::vector<Slot> slots_ = std::vector<Slot>(64);
    std::size_t size_ = 0;
    std::uint16_t last_ = 0;
};

}  // namespace wsmq::session
