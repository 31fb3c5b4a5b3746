#include "event_batch.hpp"

#include <cstring>

#include "cells.hpp"
#include "topic_table.hpp"

extern "C" {
bool wsmq_events(wsmq::wasm::Connection* connection, const void* rows, std::uint32_t count);
std::uint32_t wsmq_random();
}

namespace wsmq::wasm {

namespace {

/// Up to here JavaScript may cut texts out of the decoded chunk instead of decoding each.
constexpr std::size_t longest_checked_text = 256;

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
    Row& row = next(RowKind::message, static_cast<std::uint32_t>(message.qos) << MessageFlag::qos_shift);
    const auto [id, is_new] = topics().intern(message.topic);
    row[MessageRow::topic_id] = id;
    if (is_new) {
        row[0] |= MessageFlag::new_topic;
        put(row, MessageRow::topic, message.topic);
    }
    // The payload stands behind the properties; where there is none, its address is still theirs' end.
    const Bytes properties = message.encoded_properties;
    const Bytes payload = message.payload.empty() ? properties.last(0) : message.payload;
    put(row, MessageRow::payload, payload);
    put(row, MessageRow::properties, properties);
    if (message.retain) row[0] |= MessageFlag::retain;
    if (message.duplicate) row[0] |= MessageFlag::duplicate;
    if (payload.data() >= chunk_.data() && payload.data() + payload.size() <= chunk_.data() + chunk_.size()) {
        row[0] |= MessageFlag::in_chunk;
    }
    if (payload.size() <= longest_checked_text && is_ascii(payload)) row[0] |= MessageFlag::ascii;
}

void EventBatch::add(const Event& event) {
    std::visit([this](const auto& alternative) { fill(alternative); }, event);
}

void EventBatch::fill(const Completed& completed) {
    Row& row = next(RowKind::completed);
    row[CompletedRow::operation] = static_cast<std::uint32_t>(completed.id);
    row[CompletedRow::reason] = static_cast<std::uint32_t>(completed.reason);
    put(row, CompletedRow::reason_codes, completed.reason_codes);
    put(row, CompletedRow::properties, completed.encoded_properties);
}

void EventBatch::fill(const Failed& failed) {
    Row& row = next(RowKind::failed);
    row[FailedRow::operation] = static_cast<std::uint32_t>(failed.id);
    row[FailedRow::error] = static_cast<std::uint32_t>(failed.error);
}

void EventBatch::fill(const OpenTransport& open) {
    Row& row = next(RowKind::connecting);
    row[ConnectingRow::attempt] = open.attempt;
    row[ConnectingRow::host] = static_cast<std::uint32_t>(open.host);
}

void EventBatch::fill(const Connected& connected) {
    Row& row = next(RowKind::connected);
    if (connected.session_present) row[0] |= ConnectedFlag::session_present;
    if (connected.reconnected) row[0] |= ConnectedFlag::reconnected;
    put(row, ConnectedRow::properties, connected.encoded_properties);
}

void EventBatch::fill(const Disconnected& disconnected) {
    Row& row = next(RowKind::disconnected);
    if (disconnected.was_connected) row[0] |= DisconnectedFlag::was_connected;
    if (disconnected.reconnecting) row[0] |= DisconnectedFlag::reconnecting;
    row[DisconnectedRow::error] = static_cast<std::uint32_t>(disconnected.why);
    row[DisconnectedRow::reason] = static_cast<std::uint32_t>(disconnected.reason);
    row[DisconnectedRow::retry_in] = static_cast<std::uint32_t>(disconnected.retry_in.count());
    put(row, DisconnectedRow::reason_string, disconnected.reason_string);
    put(row, DisconnectedRow::properties, disconnected.encoded_properties);
}

void EventBatch::fill(const CredentialsRequested&) { next(RowKind::credentials_requested); }

void EventBatch::fill(const Authentication& authentication) {
    Row& row = next(RowKind::authentication);
    row[AuthenticationRow::reason] = static_cast<std::uint32_t>(authentication.reason);
    put(row, AuthenticationRow::data, authentication.data);
    put(row, AuthenticationRow::properties, authentication.encoded_properties);
}

void EventBatch::fill(const SubscriptionLost& lost) {
    Row& row = next(RowKind::subscription_lost);
    row[SubscriptionLostRow::reason] = static_cast<std::uint32_t>(lost.reason);
    put(row, SubscriptionLostRow::topic_filter, lost.topic_filter);
}

void EventBatch::fill(const QueueDrained&) { next(RowKind::queue_drained); }

bool EventBatch::hand_over() {
    const bool has_deferred_calls = wsmq_events(&connection_, rows_.data(), count_);
    count_ = 0;
    return has_deferred_calls;
}

}  // namespace wsmq::wasm
