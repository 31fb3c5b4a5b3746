#include "session/inflight_messages.hpp"

#include <utility>

#include "codec/encode.hpp"
#include "session/store_record.hpp"

namespace wsmq::session {

namespace {

constexpr std::uint8_t duplicate_flag = 0x08;
// Memory of a message beside its packet, so that empty messages count too.
constexpr std::size_t overhead = sizeof(InflightMessage);
// A slot that once held a large packet does not keep its memory.
constexpr std::size_t kept_capacity = 4096;

void write_packet_identifier(InflightMessage& message) {
    const auto offset = codec::packet_identifier_offset(message.packet);
    message.packet[offset] = static_cast<std::uint8_t>(message.packet_identifier >> 8);
    message.packet[offset + 1] = static_cast<std::uint8_t>(message.packet_identifier);
}

std::optional<std::uint32_t> expiry_interval(const std::vector<std::uint8_t>& packet) {
    const auto offset = codec::message_expiry_offset(packet);
    if (offset == 0) return std::nullopt;
    std::uint32_t seconds = 0;
    for (std::size_t i = 0; i < 4; ++i) seconds = seconds << 8 | packet[offset + i];
    return seconds;
}

void clear_and_shrink(std::vector<std::uint8_t>& packet) {
    packet.clear();
    if (packet.capacity() > kept_capacity) std::vector<std::uint8_t>{}.swap(packet);
}

}  // namespace

InflightMessages::Index InflightMessages::create(OperationId operation, Qos qos, bool droppable) {
    Index index = free_;
    if (index == none) {
        index = static_cast<Index>(nodes_.size());
        nodes_.emplace_back();
    } else {
        free_ = nodes_[index].next;
    }
    auto& node = nodes_[index];
    node.list = nullptr;
    node.next = node.previous = none;
    auto& message = node.message;
    message.sequence = next_sequence_++;
    message.operation = operation;
    message.packet_identifier = 0;
    message.qos = qos;
    message.state = DeliveryState::waiting;
    message.droppable = droppable;
    message.sent = message.ever_sent = message.release_sent = message.awaits_store = false;
    message.expires.reset();
    return index;
}

void InflightMessages::enqueue(Index index) {
    const auto& message = at(index);
    bytes_ += message.packet.size() + overhead;
    push_back(waiting_, index);
    save(message);
}

bool InflightMessages::assign_identifier(Index index) {
    const auto identifier = identifiers_.allocate(index);
    if (identifier) at(index).packet_identifier = *identifier;
    return identifier.has_value();
}

bool InflightMessages::begin_exchange(Index index) {
    auto& message = at(index);
    if (message.packet_identifier == 0) {
        if (!assign_identifier(index)) return false;
        write_packet_identifier(message);
    }
    if (message.sent) message.packet[0] |= duplicate_flag;  // [MQTT-3.3.1-1]
    message.sent = message.ever_sent = true;
    message.state = message.qos == Qos::at_least_once ? DeliveryState::awaiting_puback : DeliveryState::awaiting_pubrec;
    if (nodes_[index].list) {
        unlink(index);
    } else {
        bytes_ += message.packet.size() + overhead;
    }
    push_back(unacknowledged_, index);
    save(message);
    return true;
}

void InflightMessages::release(Index index) {
    auto& message = at(index);
    if (message.state == DeliveryState::awaiting_pubcomp) return;
    message.state = DeliveryState::awaiting_pubcomp;
    bytes_ -= message.packet.size();
    clear_and_shrink(message.packet);
    unlink(index);
    push_back(releasing_, index);
    save(message);
}

bool InflightMessages::is_stored(Index index) const noexcept {
    return !store_ || !store_->is_behind({StoreKind::outgoing, at(index).sequence});
}

void InflightMessages::erase(Index index, Errc error, ReasonCode reason) {
    auto& node = nodes_[index];
    auto& message = node.message;
    if (message.packet_identifier != 0) identifiers_.release(message.packet_identifier);
    if (store_ && message.qos != Qos::at_most_once) {
        const StoreKey key{StoreKind::outgoing, message.sequence};
        store_->finished(key, error, reason);
        store_->erase(key);
    }
    if (node.list) {
        bytes_ -= message.packet.size() + overhead;
        unlink(index);
    }
    clear_and_shrink(message.packet);
    message.state = DeliveryState::done;
    message.operation = {};
    node.next = std::exchange(free_, index);
}

void InflightMessages::connection_lost() {
    while (!unacknowledged_.empty()) {
        const auto index = unacknowledged_.last;
        unlink(index);
        at(index).state = DeliveryState::waiting;
        at(index).awaits_store = false;
        push_front(waiting_, index);
    }
    for (auto index = releasing_.first; index != none; index = next(index)) at(index).release_sent = false;
}

void InflightMessages::session_lost() {
    for (auto index = waiting_.first; index != none; index = next(index)) {
        auto& message = at(index);
        if (!message.sent) continue;
        // The identifier and DUP belonged to the old session.
        identifiers_.release(message.packet_identifier);
        message.packet_identifier = 0;
        message.sent = false;
        message.packet[0] &= static_cast<std::uint8_t>(~duplicate_flag);
        save(message);
    }
}

InflightMessages::Index InflightMessages::oldest_droppable() const noexcept {
    for (auto index = waiting_.first; index != none; index = next(index)) {
        const auto& message = nodes_[index].message;
        if (message.droppable && !message.sent) return index;
    }
    return none;
}

InflightMessages::Index InflightMessages::find(OperationId operation) const noexcept {
    if (operation == OperationId{}) return none;
    for (Index index = 0; index < nodes_.size(); ++index) {
        if (nodes_[index].message.operation == operation) return index;
    }
    return none;
}

void InflightMessages::restore(std::uint64_t sequence, Bytes record, Duration age) {
    auto stored = decode_record(record, version_);
    if (!stored || sequence < next_sequence_) return;
    const bool released = stored->state == DeliveryState::awaiting_pubcomp;
    const bool at_least_once = !released && (stored->packet[0] >> 1 & 3) == 1;
    const auto index = create({}, at_least_once ? Qos::at_least_once : Qos::exactly_once, false);
    next_sequence_ = sequence + 1;
    auto& message = at(index);
    message.sequence = sequence;
    message.packet = std::move(stored->packet);
    message.state = stored->state;
    if (!released && version_ == Version::v5) {
        const auto interval = expiry_interval(message.packet);
        if (interval) message.expires = TimePoint{std::chrono::seconds{*interval}} - age;
    }
    if (identifiers_.reserve(stored->packet_identifier, index)) {
        message.packet_identifier = stored->packet_identifier;
        message.sent = message.ever_sent = true;
    }
    bytes_ += message.packet.size() + overhead;
    push_back(released ? releasing_ : waiting_, index);
}

void InflightMessages::push_back(List& list, Index index) {
    auto& node = nodes_[index];
    node.list = &list;
    node.previous = list.last;
    node.next = none;
    (list.last == none ? list.first : nodes_[list.last].next) = index;
    list.last = index;
    ++list.size;
}

void InflightMessages::push_front(List& list, Index index) {
    auto& node = nodes_[index];
    node.list = &list;
    node.previous = none;
    node.next = list.first;
    (list.first == none ? list.last : nodes_[list.first].previous) = index;
    list.first = index;
    ++list.size;
}

void InflightMessages::unlink(Index index) {
    auto& node = nodes_[index];
    auto& list = *node.list;
    (node.previous == none ? list.first : nodes_[node.previous].next) = node.next;
    (node.next == none ? list.last : nodes_[node.next].previous) = node.previous;
    node.list = nullptr;
    --list.size;
}

void InflightMessages::save(const InflightMessage& message) {
    if (!store_ || message.qos == Qos::at_most_once) return;
    encode_record(record_, message, version_);
    store_->put({StoreKind::outgoing, message.sequence}, record_);
}

}  // namespace wsmq::session
