#include "wsmq/native/file_store.hpp"

#include <unistd.h>

#include <boost/system/system_error.hpp>
#include <cerrno>
#include <cstdio>
#include <map>
#include <utility>

#include "store/file.hpp"
#include "store/log_format.hpp"

namespace wsmq::native {

/// Seconds since 1970; 0: nobody knows.
using StoreTime = std::uint64_t;

struct FileRecord {
    std::vector<std::uint8_t> bytes;
    StoreTime put = 0;          ///< outgoing messages only
    bool is_inherited = false;  ///< of an earlier process
};
using FileRecords = std::map<StoreKey, FileRecord>;

namespace {

// A log that cannot be written is not written anew at every turn: the pauses double up to this.
constexpr unsigned longest_pause = 1024;

class Replay final : public FrameVisitor {
public:
    explicit Replay(FileRecords& records) : records_{records} {}

    void visit(Change change, StoreKey key, Bytes record) override {
        switch (change) {
            case Change::put: records_[key] = {{record.begin(), record.end()}, time_, true}; return;
            case Change::erase: records_.erase(key); return;
            case Change::clear: records_.clear(); return;
            case Change::time: time_ = key.number; return;
        }
    }
    [[nodiscard]] StoreTime time() const noexcept { return time_; }

private:
    FileRecords& records_;
    StoreTime time_ = 0;
};

}  // namespace

class FileStore::Impl {
public:
    Impl(std::string path, Options options) : path_{std::move(path)}, options_{std::move(options)} {}

    [[nodiscard]] ErrorCode open();
    bool put(StoreKey key, Bytes record);
    void erase(StoreKey key);
    void finished(StoreKey key, Errc error, ReasonCode reason) const;
    void clear();
    [[nodiscard]] ErrorCode flush();
    [[nodiscard]] ErrorCode compact();

    void for_each(Visitor&) const;
    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
    [[nodiscard]] ErrorCode error() const noexcept { return error_; }
    [[nodiscard]] std::size_t damaged() const noexcept { return damaged_; }
    [[nodiscard]] std::uint64_t log_size() const noexcept { return written_ + pending_.size(); }

private:
    [[nodiscard]] ErrorCode keep_damaged_log() const;
    [[nodiscard]] ErrorCode write_pending();
    [[nodiscard]] ErrorCode sync();
    [[nodiscard]] ErrorCode rewrite_in_time();
    [[nodiscard]] bool is_mostly_outdated() const noexcept {
        return written_ > options_.compact_above && written_ > 2 * live_size_;
    }
    void appended(bool is_final = true);
    /// Rounded up, so that no message expires early.
    [[nodiscard]] StoreTime now() const;
    static void append_time(std::vector<std::uint8_t>& log, StoreTime& last, StoreTime time);
    static std::size_t frame_size(std::size_t record_size) noexcept { return smallest_frame + record_size; }

    std::string path_;
    Options options_;
    File lock_;
    File log_;
    FileRecords records_;
    std::vector<std::uint8_t> pending_;  ///< changes that are not in the file yet
    StoreTime time_ = 0;                 ///< of the last put in the log, with what is pending
    std::uint64_t written_ = 0;          ///< bytes of the file that hold changes, maybe half of the last one
    std::size_t live_size_ = 0;          ///< of a log of nothing but what is kept
    std::size_t damaged_ = 0;
    ErrorCode error_;
    bool must_sync_ = false;    ///< something pending is waited for
    bool is_unusable_ = false;  ///< the file is to be replaced: changes went past it
    unsigned pause_ = 0;        ///< flushes until the next attempt to replace it
    unsigned next_pause_ = 1;
};

FileStore::ErrorCode FileStore::Impl::open() {
    ErrorCode error;
    lock_ = File::open(path_ + ".lock", false, error);
    if (!error) error = lock_.lock();
    if (!error) log_ = File::open(path_, false, error);
    std::vector<std::uint8_t> content;
    if (!error) error = log_.read_all(content);
    if (error) return error;

    Replay replay{records_};
    const auto reading = read_log(content, replay);
    if (reading.foreign) return make_error_code(boost::system::errc::bad_message);
    for (const auto& [key, record] : records_) live_size_ += frame_size(record.bytes.size());
    time_ = replay.time();
    damaged_ = content.size() - reading.sound;
    written_ = reading.sound;
    if (damaged_ != 0 && !reading.torn) {
        if ((error = keep_damaged_log())) return error;
    }
    if (reading.sound != 0 && damaged_ == 0) return {};
    // A new log, or one that ends in the middle of a change, which nothing may be appended to.
    return compact();
}

FileStore::ErrorCode FileStore::Impl::keep_damaged_log() const {
    const auto kept = path_ + ".damaged";
    ::unlink(kept.c_str());
    if (::link(path_.c_str(), kept.c_str()) == 0) return {};
    return {errno, boost::system::system_category()};
}

bool FileStore::Impl::put(StoreKey key, Bytes record) {
    const auto [place, is_new] = records_.try_emplace(key);
    auto& kept = place->second;
    live_size_ -= is_new ? 0 : frame_size(kept.bytes.size());
    live_size_ += frame_size(record.size());
    kept.bytes.assign(record.begin(), record.end());
    if (key.kind == StoreKind::outgoing) append_time(pending_, time_, kept.put = now());
    append_frame(pending_, Change::put, key, record);
    must_sync_ = true;
    // A received message was not handed over yet: a process that is killed now must get it again.
    appended(key.kind == StoreKind::outgoing);
    return !error_;
}

void FileStore::Impl::erase(StoreKey key) {
    const auto found = records_.find(key);
    if (found == records_.end()) return;
    live_size_ -= frame_size(found->second.bytes.size());
    records_.erase(found);
    append_frame(pending_, Change::erase, key, {});
    // An outgoing message that comes back is sent once more, as what it was. An identifier that comes
    // back would take the next message that bears it for its own duplicate.
    if (key.kind == StoreKind::received) must_sync_ = true;
    appended();
}

void FileStore::Impl::finished(StoreKey key, Errc error, ReasonCode reason) const {
    if (!options_.on_undelivered || (error == Errc::none && !is_failure(reason))) return;
    const auto found = records_.find(key);
    if (found != records_.end() && found->second.is_inherited)
        options_.on_undelivered(stored_topic(found->second.bytes), error, reason);
}

void FileStore::Impl::for_each(Visitor& visitor) const {
    const auto present = now();
    for (const auto& [key, record] : records_) {
        const bool is_older = record.put != 0 && record.put < present;
        visitor.visit(key, record.bytes, std::chrono::seconds{is_older ? present - record.put : 0});
    }
}

StoreTime FileStore::Impl::now() const {
    return static_cast<StoreTime>(std::chrono::ceil<std::chrono::seconds>(options_.clock().time_since_epoch()).count());
}

void FileStore::Impl::append_time(std::vector<std::uint8_t>& log, StoreTime& last, StoreTime time) {
    if (std::exchange(last, time) != time) append_frame(log, Change::time, {StoreKind{}, time}, {});
}

void FileStore::Impl::clear() {
    if (records_.empty()) return;
    records_.clear();
    live_size_ = 0;
    append_frame(pending_, Change::clear, {StoreKind::outgoing, 0}, {});
    must_sync_ = true;
    appended();
}

void FileStore::Impl::appended(bool is_final) {
    if (is_final && options_.durability == Durability::every_record) {
        (void)flush();  // error_ has it
    } else if (error_ && pending_.size() > options_.compact_above) {
        // The disk is full and does not take them: what is kept is in memory.
        pending_.clear();
        is_unusable_ = true;
    }
}

FileStore::ErrorCode FileStore::Impl::flush() {
    if (is_unusable_) return error_ = rewrite_in_time();
    if (pending_.empty() && !must_sync_) return error_;
    error_ = write_pending();
    if (!error_ && std::exchange(must_sync_, false) && options_.durability != Durability::unsynced) error_ = sync();
    if (error_) return error_;
    if (is_mostly_outdated()) error_ = compact();
    return error_;
}

FileStore::ErrorCode FileStore::Impl::write_pending() {
    std::size_t written = 0;
    const auto error = log_.write_at(written_, pending_, written);
    written_ += written;
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(written));
    return error;
}

FileStore::ErrorCode FileStore::Impl::sync() {
    const auto error = log_.sync();
    // Nobody knows what became of the pages that could not be written; trying again would say nothing.
    if (error) is_unusable_ = true;
    return error;
}

FileStore::ErrorCode FileStore::Impl::rewrite_in_time() {
    if (pause_ != 0) {
        --pause_;
        return error_;
    }
    const auto error = compact();
    pause_ = error ? next_pause_ : 0;
    next_pause_ = error ? std::min(2 * next_pause_, longest_pause) : 1;
    return error;
}

FileStore::ErrorCode FileStore::Impl::compact() {
    std::vector<std::uint8_t> content{log_header.begin(), log_header.end()};
    content.reserve(log_header.size() + live_size_);
    StoreTime time = 0;
    for (const auto& [key, record] : records_) {
        if (key.kind == StoreKind::outgoing) append_time(content, time, record.put);
        append_frame(content, Change::put, key, record.bytes);
    }

    const auto path = path_ + ".new";
    ErrorCode error;
    auto fresh = File::open(path, true, error);
    std::size_t written = 0;
    if (!error) error = fresh.write_at(0, content, written);
    if (!error) error = fresh.sync();
    if (!error && std::rename(path.c_str(), path_.c_str()) != 0) error = {errno, boost::system::system_category()};
    if (error) {
        ::unlink(path.c_str());
        return error;
    }
    log_ = std::move(fresh);
    written_ = content.size();
    time_ = time;
    pending_.clear();
    must_sync_ = is_unusable_ = false;
    return sync_directory_of(path_);
}

std::shared_ptr<FileStore> FileStore::open(const std::string& path, ErrorCode& error, Options options) {
    auto impl = std::make_unique<Impl>(path, std::move(options));
    error = impl->open();
    if (error) return nullptr;
    return std::shared_ptr<FileStore>{new FileStore{std::move(impl)}};
}

std::shared_ptr<FileStore> FileStore::open(const std::string& path, Options options) {
    ErrorCode error;
    auto store = open(path, error, std::move(options));
    if (error) throw boost::system::system_error{error, path};
    return store;
}

FileStore::FileStore(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
FileStore::~FileStore() { (void)impl_->flush(); }

bool FileStore::put(StoreKey key, Bytes record) { return impl_->put(key, record); }
void FileStore::erase(StoreKey key) { impl_->erase(key); }
void FileStore::clear() { impl_->clear(); }
void FileStore::finished(StoreKey key, Errc error, ReasonCode reason) { impl_->finished(key, error, reason); }
void FileStore::for_each(Visitor& visitor) const { impl_->for_each(visitor); }

FileStore::ErrorCode FileStore::flush() { return impl_->flush(); }
FileStore::ErrorCode FileStore::compact() { return impl_->compact(); }
FileStore::ErrorCode FileStore::error() const noexcept { return impl_->error(); }
std::size_t FileStore::damaged() const noexcept { return impl_->damaged(); }
std::size_t FileStore::size() const noexcept { return impl_->size(); }
std::uint64_t FileStore::log_size() const noexcept { return impl_->log_size(); }

}  // namespace wsmq::native
