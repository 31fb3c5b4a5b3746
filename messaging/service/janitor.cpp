#include "service/janitor.hpp"

#include "json_rpc/scan.hpp"

namespace wsmq::messaging {

namespace {

constexpr std::size_t most_records = 100'000;
// Spreads several janitors, so that only the first one clears a record.
constexpr std::uint64_t longest_delay = 1'000;  // milliseconds

}  // namespace

void Janitor::subscribe() {
    if (!is_on()) return;
    const auto filter = context_.topics.status("+");
    (void)context_.broker.subscribe({&filter, 1}, {Purpose::janitor}, context_.now);
}

void Janitor::handle_record(std::string_view uid, const IncomingMessage& message) {
    if (!is_valid_uid(uid)) return;
    // A payload that is too large for a record is cleared as well.
    const bool is_online = message.may_be_record() && json_rpc::is_true(json_rpc::scan(message.payload).find("online"));
    if (message.payload.empty() || is_online) return forget(uid);
    if (numbers_.contains(uid) || numbers_.size() >= most_records) return;
    const auto number = ++last_;
    numbers_.emplace(uid, number);
    uids_.emplace(number, uid);
    deadlines_.set(number, context_.now + grace_ + Duration{context_.random.up_to(longest_delay)});
}

void Janitor::forget(std::string_view uid) {
    const auto found = numbers_.find(uid);
    if (found == numbers_.end()) return;
    deadlines_.erase(found->second);
    uids_.erase(found->second);
    numbers_.erase(found);
}

void Janitor::clear() {
    while (!numbers_.empty()) forget(numbers_.begin()->first);
}

void Janitor::handle_timeout() {
    while (const auto number = deadlines_.take(context_.now)) {
        const auto uid = uids_[*number];
        const auto cleared =
            context_.broker.publish(context_.topics.status(uid), {}, {.retain = true}, {}, context_.now);
        if (cleared) {
            forget(uid);
        } else {
            deadlines_.set(*number, context_.now + grace_);
        }
    }
}

}  // namespace wsmq::messaging
