// The packet identifiers in use, with a value for each (MQTT 5.0, 2.2.1).
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace wsmq::session {

/// Allocates 1 to 65,535 in turn, skipping those in use, so that an identifier is reused as late as possible. Because
/// they are consecutive, an identifier modulo the capacity is a slot of its own: no search and no allocation in the
/// steady state.
class PacketIdentifiers {
public:
    /// The meaning is the owner's.
    using Value = std::uint32_t;

    /// Nothing when all are in use.
    [[nodiscard]] std::optional<std::uint16_t> allocate(Value value);
    /// Takes this very identifier, for a message that was restored; false where it is in use, or 0. Those that are
    /// allocated go on behind it: the store may keep the end of that message later than the beginning of another one,
    /// and a crash in between must not leave two of one identifier.
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
