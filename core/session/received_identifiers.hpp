// QoS 2 messages that were delivered and not released yet (MQTT 5.0, 4.3.3): their packet
// identifiers reveal duplicates.
#pragma once
#include <bitset>
#include <cstdint>
#include <memory>

#include "wsmq/store.hpp"

namespace wsmq::session {

class ReceivedIdentifiers {
public:
    /// `store` may be null, and is borrowed.
    explicit ReceivedIdentifiers(Store* store) : store_{store} {}

    /// False where it is there already: a duplicate.
    bool insert(std::uint16_t identifier);
    /// False where it is not there.
    bool erase(std::uint16_t identifier);
    void clear();
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// A record of the store.
    void restore(std::uint64_t number);

private:
    using Bits = std::bitset<65'536>;
    [[nodiscard]] bool contains(std::uint16_t identifier) const noexcept { return bits_ && (*bits_)[identifier]; }
    void note(std::uint16_t identifier);

    Store* store_;
    std::unique_ptr<Bits> bits_;  ///< 8 KiB, made with the first QoS 2 message
    std::size_t size_ = 0;
};

}  // namespace wsmq::session
