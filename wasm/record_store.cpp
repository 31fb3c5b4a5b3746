#include "record_store.hpp"

#include <utility>

extern "C" {
// glue/store.ts, by library.js
void wsmq_store_changed(wsmq::wasm::Connection* connection);
void wsmq_store_put(wsmq::wasm::Connection* connection, int kind, double number, const void* record, std::size_t size);
void wsmq_store_erased(wsmq::wasm::Connection* connection, int kind, double number);
void wsmq_record_over(wsmq::wasm::Connection* connection, int kind, double number, int error, int reason);
}

namespace wsmq::wasm {

namespace {

int kind_of(StoreKey key) { return static_cast<int>(key.kind); }
double number_of(StoreKey key) { return static_cast<double>(key.number); }

}  // namespace

void RecordStore::add(StoreKey key, Bytes record) {
    entries_[key] = {.record{record.begin(), record.end()}, .former = {}, .is_written = true, .is_inherited = true};
}

void RecordStore::begin_again() {
    for (auto& [key, entry] : entries_) entry.is_inherited = true;
}

bool RecordStore::put(StoreKey key, Bytes record) {
    auto& entry = entry_of(key);
    if (!entry.is_written && entry.record.size() > record.size()) entry.former = std::move(entry.record);
    entry.record.assign(record.begin(), record.end());
    entry.exists = true;
    note_change(key, entry);
    return true;
}

RecordStore::Entry& RecordStore::entry_of(StoreKey key) {
    // Messages are numbered in their order: mostly there is none behind.
    const bool is_last = entries_.empty() || entries_.rbegin()->first < key;
    const auto found = is_last ? entries_.end() : entries_.find(key);
    if (found != entries_.end()) return found->second;
    if (spares_.empty()) return entries_[key];
    auto spare = std::move(spares_.back());
    spares_.pop_back();
    spare.key() = key;
    auto& entry = spare.mapped();
    entry.record.clear();
    entry.former.clear();
    entry.batch = 0;
    entry.exists = true;
    entry.is_written = entry.is_changed = entry.is_inherited = false;
    return entries_.insert(entries_.end(), std::move(spare))->second;
}

void RecordStore::erase(StoreKey key) {
    // And mostly acknowledged in it.
    const bool is_first = !entries_.empty() && entries_.begin()->first == key;
    const auto position = is_first ? entries_.begin() : entries_.find(key);
    if (position != entries_.end() && position->second.exists) erase(position);
}

RecordStore::Entries::iterator RecordStore::erase(Entries::iterator position) {
    auto& [key, entry] = *position;
    const auto [error, reason] = std::exchange(outcome_, {});
    if (entry.is_inherited) {
        wsmq_record_over(&connection_, kind_of(key), number_of(key), static_cast<int>(error), static_cast<int>(reason));
    }
    if (!entry.is_written) {
        const auto next = std::next(position);
        auto spare = entries_.extract(position);
        if (spares_.size() < most_spares) spares_.push_back(std::move(spare));
        return next;
    }
    entry = {.record = {},
             .former = {},
             .batch = batches_,
             .exists = false,
             .is_written = true,
             .is_changed = entry.is_changed};
    note_change(key, entry);
    return std::next(position);
}

void RecordStore::clear() {
    for (auto each = entries_.begin(); each != entries_.end();) {
        each->second.is_inherited = false;
        each = each->second.exists ? erase(each) : std::next(each);
    }
}

void RecordStore::for_each(Visitor& visitor) const {
    for (const auto& [key, entry] : entries_) {
        if (entry.exists) visitor.visit(key, entry.record);
    }
}

bool RecordStore::is_behind(StoreKey key) const noexcept {
    if (!is_awaited_) return false;
    const auto found = entries_.find(key);
    if (found == entries_.end()) return false;
    const auto& entry = found->second;
    return !entry.is_written || entry.is_changed || static_cast<std::int32_t>(entry.batch - stored_batches_) > 0;
}

bool RecordStore::hand_over(bool all) {
    ++batches_;
    write_out(due_changes_);
    if (all) write_out(std::exchange(recent_changes_, {}));
    due_changes_.clear();
    due_changes_.swap(recent_changes_);
    return !due_changes_.empty();
}

void RecordStore::write_out(const std::vector<StoreKey>& keys) {
    for (const auto key : keys) {
        const auto found = entries_.find(key);
        if (found == entries_.end() || !std::exchange(found->second.is_changed, false)) continue;
        auto& entry = found->second;
        if (!entry.exists) {
            wsmq_store_erased(&connection_, kind_of(key), number_of(key));
            entries_.erase(found);
            continue;
        }
        entry.is_written = true;
        entry.batch = batches_;
        const auto former = std::exchange(entry.former, {});
        if (!former.empty()) wsmq_store_put(&connection_, kind_of(key), number_of(key), former.data(), former.size());
        wsmq_store_put(&connection_, kind_of(key), number_of(key), entry.record.data(), entry.record.size());
    }
}

void RecordStore::note_change(StoreKey key, Entry& entry) {
    if (std::exchange(entry.is_changed, true)) return;
    const bool is_first = recent_changes_.empty() && due_changes_.empty();
    if (recent_changes_.size() > 2 * entries_.size() + most_spares) forget_void_changes();
    recent_changes_.push_back(key);
    if (is_first) wsmq_store_changed(&connection_);
}

// A hidden page's timers may stand still for a minute, in which many messages come and go.
void RecordStore::forget_void_changes() {
    recent_changes_.clear();
    for (const auto& [key, entry] : entries_) {
        if (entry.is_changed) recent_changes_.push_back(key);
    }
}

}  // namespace wsmq::wasm
