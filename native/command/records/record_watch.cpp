#include "records/record_watch.hpp"

#include <algorithm>

#include "wsmq/messaging/names.hpp"
#include "wsmq/property.hpp"

namespace wsmq::command {

namespace {

constexpr std::size_t most_records = 100'000;
/// Who does not show up within this time of a reconnection is gone (docs/protocol.md, Presence).
constexpr std::chrono::seconds confirming_time{3};
/// A record that has expired may stay for so long.
constexpr std::chrono::milliseconds sweep_interval{500};

}  // namespace

RecordWatch::RecordWatch(net::io_context& io, Session& session, std::string filter)
    : session_{session}, filter_{std::move(filter)}, quiet_{io}, sweep_{io} {
    session_.on_connected_again = [this] { handle_reconnected(); };
}

net::awaitable<void> RecordWatch::subscribe() {
    native::ErrorCode error;
    const auto answer = co_await session_.client().async_subscribe(
        Subscription{.topic_filter = filter_, .qos = Qos::at_least_once},
        [this](const Message& message) { take(message); }, net::redirect_error(net::use_awaitable, error));
    last_retained_ = Clock::now();
    if (error && !stopped_)
        throw CommandError{ExitCode::failed,
                           "Not subscribed to " + filter_ + ": " + explain(error, answer.reason_string())};
}

net::awaitable<void> RecordWatch::settle(std::chrono::duration<double> quiet) {
    const auto wait = std::chrono::duration_cast<Clock::duration>(quiet);
    while (!stopped_ && Clock::now() < last_retained_ + wait) {
        quiet_.expires_at(last_retained_ + wait);
        native::ErrorCode cancelled;
        co_await quiet_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
}

void RecordWatch::stop() {
    stopped_ = true;
    quiet_.cancel();
    sweep_.cancel();
}

void RecordWatch::take(const Message& message) {
    if (stopped_) return;
    if (message.retain) last_retained_ = Clock::now();
    if (message.payload.size() > messaging::maximum_record_size) return;
    auto value = parse(message.topic, {reinterpret_cast<const char*>(message.payload.data()), message.payload.size()});
    if (!value) {
        if (const auto found = records_.find(message.topic); found != records_.end()) vanish(found);
        return;
    }
    if (value->is_null()) return;
    Record record{.value = std::move(*value)};
    const auto expiry = PropertyView{message.encoded_properties}.integer(PropertyId::message_expiry_interval);
    if (expiry) record.expires = Clock::now() + std::chrono::seconds{*expiry};
    appear(message.topic, std::move(record));
}

void RecordWatch::appear(std::string_view topic, Record record) {
    const auto found = records_.find(topic);
    if (found == records_.end()) {
        if (records_.size() >= most_records) return;
        const auto made = records_.emplace(topic, std::move(record)).first;
        on_change(Change::appeared, made->first, made->second.value);
    } else {
        const bool same = found->second.value == record.value;
        found->second = std::move(record);
        if (!same) on_change(Change::changed, found->first, found->second.value);
    }
    arm();
}

void RecordWatch::vanish(Records::iterator position) {
    on_change(Change::gone, position->first, position->second.value);
    records_.erase(position);
}

/// The broker may have lost its retained messages: records that do not arrive again are gone.
void RecordWatch::handle_reconnected() {
    for (auto& [topic, record] : records_) record.confirmed = false;
    confirmed_by_ = Clock::now() + confirming_time;
    arm();
}

void RecordWatch::sweep() {
    const auto now = Clock::now();
    const bool confirming_is_over = confirmed_by_ <= now;
    if (confirming_is_over) confirmed_by_ = Clock::time_point::max();
    for (auto each = records_.begin(); each != records_.end();) {
        const auto current = each++;
        const auto& record = current->second;
        if (record.expires <= now || (confirming_is_over && !record.confirmed)) vanish(current);
    }
}

bool RecordWatch::has_to_sweep() const {
    const auto expires = [](const auto& each) { return each.second.expires != Clock::time_point::max(); };
    return confirmed_by_ != Clock::time_point::max() || std::ranges::any_of(records_, expires);
}

void RecordWatch::arm() {
    if (armed_ || stopped_ || !has_to_sweep()) return;
    armed_ = true;
    sweep_.expires_after(sweep_interval);
    sweep_.async_wait([this](const native::ErrorCode& error) {
        armed_ = false;
        if (error || stopped_) return;
        sweep();
        arm();
    });
}

}  // namespace wsmq::command
