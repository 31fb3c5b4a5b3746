#include "session/packet_identifiers.hpp"

#include <utility>

#include "wsmq/limits.hpp"

namespace wsmq::session {

namespace {
constexpr std::size_t maximum_slots = 65'536;
}  // namespace

std::optional<std::uint16_t> PacketIdentifiers::allocate(Value value) {
    if (size_ == limits::packet_identifiers) return std::nullopt;
    if (size_ * 2 >= slots_.size() && slots_.size() < maximum_slots) grow();
    do {
        ++last_;
        if (last_ == 0) last_ = 1;  // [MQTT-2.2.1-3]
    } while (slot(last_).identifier != 0);
    slot(last_) = {last_, value};
    ++size_;
    return last_;
}

bool PacketIdentifiers::reserve(std::uint16_t identifier, Value value) {
    if (identifier == 0 || find(identifier)) return false;
    while (slot(identifier).identifier != 0) grow();
    slot(identifier) = {identifier, value};
    last_ = identifier;
    ++size_;
    return true;
}

std::optional<PacketIdentifiers::Value> PacketIdentifiers::find(std::uint16_t identifier) const noexcept {
    const auto& found = slots_[identifier & (slots_.size() - 1)];
    if (identifier == 0 || found.identifier != identifier) return std::nullopt;
    return found.value;
}

void PacketIdentifiers::release(std::uint16_t identifier) noexcept {
    if (!find(identifier)) return;
    slot(identifier) = {};
    --size_;
}

PacketIdentifiers::Slot& PacketIdentifiers::slot(std::uint16_t identifier) noexcept {
    return slots_[identifier & (slots_.size() - 1)];
}

void PacketIdentifiers::grow() {
    const auto old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
    for (const auto& each : old) {
        if (each.identifier != 0) slot(each.identifier) = each;
    }
}

}  // namespace wsmq::session
