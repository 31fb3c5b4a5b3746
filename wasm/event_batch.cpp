#include "event_batch.hpp"

#include <cstring>

#include "topic_table.hpp"

extern "C" {
bool wsmq_events(wsmq::wasm::Connection* connection, const void* rows, std::uint32_t count, std::uint32_t region_begin,
                 std::uint32_t region_end);
std::uint32_t wsmq_random();
}

namespace wsmq::wasm {

namespace {

constexpr std::size_t largest_small_payload = 4096;
constexpr std::uint32_t widest_gap = 512;
constexpr std::uint32_t largest_region = 65'536;
/// Up to here JavaScript cuts texts out of the decoded region instead of decoding each.
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

// The first small message begins the region. One that does not lie close behind its end is copied by
// itself; but where only one is in it so far (the end of a packet that was split, put together
// elsewhere), the region begins anew.
bool EventBatch::extend_region(const Message& message) {
    if (message.payload.size() >= largest_small_payload) return false;
    const bool has_properties = !message.encoded_properties.empty();
    const std::uint32_t begin = address_of(has_properties ? message.encoded_properties.data() : message.payload.data());
    const std::uint32_t end = address_of(message.payload.data() + message.payload.size());
    if (end < begin || end - begin > largest_region) return false;  // not out of one packet
    const bool fits =
        begin >= region_end_ && begin - region_end_ <= widest_gap && end - region_begin_ <= largest_region;
    if (in_region_ > 1 && !fits) return false;
    if (in_region_ == 0 || !fits) {
        if (in_region_ == 1) rows_[first_in_region_][0] &= ~(row_flag::in_region | row_flag::ascii);
        in_region_ = 0;
        first_in_region_ = count_ - 1;
        region_begin_ = begin;
    }
    ++in_region_;
    region_end_ = end;
    return true;
}

void EventBatch::add(const Message& message) {
    Row& row = next(RowKind::message, static_cast<std::uint32_t>(message.qos) << row_flag::qos_shift);
    const auto [id, is_new] = topics().intern(message.topic);
    row[1] = id;
    if (is_new) {
        row[0] |= row_flag::new_topic;
        put(&row[2], message.topic);
    }
    put(&row[4], message.payload);
    put(&row[6], message.encoded_properties);
    if (message.retain) row[0] |= row_flag::retain;
    if (message.duplicate) row[0] |= row_flag::duplicate;
    if (extend_region(message)) {
        row[0] |= row_flag::in_region;
        if (message.payload.size() <= longest_checked_text && is_ascii(message.payload)) row[0] |= row_flag::ascii;
    }
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

void EventBatch::fill(const OpenTransport& open) { next(RowKind::connecting)[1] = open.attempt; }

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
    const bool something_waits = wsmq_events(&connection_, rows_.data(), count_, region_begin_, region_end_);
    count_ = in_region_ = region_begin_ = region_end_ = 0;
    return something_waits;
}

}  // namespace wsmq::wasm
