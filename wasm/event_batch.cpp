#include "event_batch.hpp"

#include <cstring>

#include "topic_table.hpp"

extern "C" {
bool wsmq_events(wsmq::wasm::Connection* connection, const void* rows, std::uint32_t count);
std::uint32_t wsmq_random();
}

namespace wsmq::wasm {

namespace {

/// Up to here JavaScript may cut texts out of the decoded chunk instead of decoding each.
constexpr std::size_t longest_checked_text = 256;

std::uint32_t address_of(const void* pointer) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pointer));
}

/// Fills the two cells of a view.
template <class View> void put(std::uint32_t* cells, const View& view) {
    cells[0] = address_of(view.data());
    cells[1] = static_cast<std::uint32_t>(view.size());
}

bool is_ascii(Bytes bytes) {
    std::uint64_t seen = 0;
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; at += 8, left -= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        seen |= word;
    }
    for (; left > 0; ++at, --left) seen |= *at;
    return (seen & 0x8080'8080'8080'8080) == 0;
}

TopicTable& topics() {
    static TopicTable& table = *new TopicTable{std::uint64_t{wsmq_random()} << 32 | wsmq_random()};
    return table;
}

}  // namespace

EventBatch::Row& EventBatch::next(RowKind kind, std::uint32_t flags) {
    Row& row = rows_[count_++];
    row[0] = static_cast<std::uint32_t>(kind) | flags;
    return row;
}

void EventBatch::add(const Message& message) {
    Row& row = next(RowKind::message, static_cast<std::uint32_t>(message.qos) << row_flag::qos_shift);
    const auto [id, is_new] = topics().intern(message.topic);
    row[1] = id;
    if (is_new) {
        row[0] |= row_flag::new_topic;
        put(&row[2], message.topic);
    }
    // The payload stands behind the properties; where there is none, its address is still theirs' end.
    const Bytes properties = message.encoded_properties;
    const Bytes payload = message.payload.empty() ? properties.last(0) : message.payload;
    put(&row[4], payload);
    put(&row[6], properties);
    if (message.retain) row[0] |= row_flag::retain;
    if (message.duplicate) row[0] |= row_flag::duplicate;
    if (payload.data() >= chunk_.data() && payload.data() + payload.size() <= chunk_.data() + chunk_.size()) {
        row[0] |= row_flag::in_chunk;
    }
    if (payload.size() <= longest_checked_text && is_ascii(payload)) row[0] |= row_flag::ascii;
}

void EventBatch::add(const Event& event) {
    std::visit(
        [this](const auto& alternative) {
            if constexpr (requires { fill(alternative); }) fill(alternative);
        },
        event);
}

void EventBatch::fill(const Completed& completed) {
    Row& row = next(RowKind::completed);
    row[1] = static_cast<std::uint32_t>(completed.id);
    row[2] = static_cast<std::uint32_t>(completed.reason);
    put(&row[3], completed.reason_codes);
    put(&row[6], completed.encoded_properties);
}

void EventBatch::fill(const Failed& failed) {
    Row& row = next(RowKind::failed);
    row[1] = static_cast<std::uint32_t>(failed.id);
    row[2] = static_cast<std::uint32_t>(failed.error);
}

void EventBatch::fill(const OpenTransport& open) {
    Row& row = next(RowKind::connecting);
    row[1] = open.attempt;
    row[2] = static_cast<std::uint32_t>(open.host);
}

void EventBatch::fill(const Connected& connected) {
    Row& row = next(RowKind::connected, (connected.session_present ? row_flag::session_present : 0) |
                                            (connected.reconnected ? row_flag::reconnected : 0));
    put(&row[6], connected.encoded_properties);
}

void EventBatch::fill(const Disconnected& disconnected) {
    Row& row = next(RowKind::disconnected, (disconnected.was_connected ? row_flag::was_connected : 0) |
                                               (disconnected.reconnecting ? row_flag::reconnecting : 0));
    row[1] = static_cast<std::uint32_t>(disconnected.why);
    row[2] = static_cast<std::uint32_t>(disconnected.reason);
    row[3] = static_cast<std::uint32_t>(disconnected.retry_in.count());
    put(&row[4], disconnected.reason_string);
    put(&row[6], disconnected.encoded_properties);
}

void EventBatch::fill(const CredentialsRequested&) { next(RowKind::credentials_requested); }

void EventBatch::fill(const Authentication& authentication) {
    Row& row = next(RowKind::authentication);
    row[1] = static_cast<std::uint32_t>(authentication.reason);
    put(&row[4], authentication.data);
    put(&row[6], authentication.encoded_properties);
}

void EventBatch::fill(const SubscriptionLost& lost) {
    Row& row = next(RowKind::subscription_lost);
    row[1] = static_cast<std::uint32_t>(lost.reason);
    put(&row[4], lost.topic_filter);
}

void EventBatch::fill(const QueueDrained&) { next(RowKind::queue_drained); }

bool EventBatch::hand_over() {
    const bool something_waits = wsmq_events(&connection_, rows_.data(), count_);
    count_ = 0;
    return something_waits;
}

}  // namespace wsmq::wasm
