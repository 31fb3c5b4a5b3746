#include "respond/fair_queue.hpp"

namespace wsmq::messaging {

namespace {

/// Of one account: half, rounded up.
constexpr std::size_t share(std::size_t bound) noexcept { return bound - bound / 2; }

}  // namespace

bool FairQueue::may_open(const Account& account) const noexcept { return account.open < share(limits_.concurrency); }

bool FairQueue::has_room(std::string_view account, std::size_t bytes) const {
    const auto found = accounts_.find(account);
    const auto* own = found == accounts_.end() ? nullptr : &found->second;
    if (open_ < limits_.concurrency && (own == nullptr || may_open(*own))) return true;
    const auto own_waiting = own == nullptr ? 0 : own->waiting.size();
    const auto own_bytes = own == nullptr ? 0 : own->bytes;
    return waiting_ < limits_.queue && own_waiting < share(limits_.queue) && bytes_ + bytes <= limits_.queue_bytes &&
           own_bytes + bytes <= share(limits_.queue_bytes);
}

void FairQueue::add(std::string_view account, std::uint64_t call, std::size_t bytes) {
    const auto found = accounts_.try_emplace(std::string{account}).first;
    found->second.waiting.emplace(call, bytes);
    found->second.bytes += bytes;
    ++waiting_;
    bytes_ += bytes;
    settle(found);
}

std::optional<std::uint64_t> FairQueue::next() {
    while (open_ < limits_.concurrency && !ready_.empty()) {
        const auto first = ready_.front();
        ready_.pop_front();
        auto& account = first->second;
        account.is_ready = false;
        // Its calls may have ended since it became ready.
        const bool has_turn = !account.waiting.empty() && may_open(account);
        const auto call = has_turn ? account.waiting.begin()->first : 0;
        if (has_turn) {
            take_waiting(account, call);
            ++account.open;
            ++open_;
        }
        settle(first);
        if (has_turn) return call;
    }
    return std::nullopt;
}

void FairQueue::end_open(std::string_view account) {
    const auto found = accounts_.find(account);
    --found->second.open;
    --open_;
    settle(found);
}

void FairQueue::end_waiting(std::string_view account, std::uint64_t call) {
    const auto found = accounts_.find(account);
    take_waiting(found->second, call);
    settle(found);
}

void FairQueue::take_waiting(Account& account, std::uint64_t call) {
    const auto found = account.waiting.find(call);
    account.bytes -= found->second;
    bytes_ -= found->second;
    --waiting_;
    account.waiting.erase(found);
}

void FairQueue::settle(Accounts::iterator position) {
    auto& account = position->second;
    if (account.is_ready) return;
    if (!account.waiting.empty() && may_open(account)) {
        account.is_ready = true;
        ready_.push_back(position);
    } else if (account.waiting.empty() && account.open == 0) {
        accounts_.erase(position);
    }
}

}  // namespace wsmq::messaging
