// A session in a file, so that QoS 1 and 2 survive the process.
//
// An append-only log: each change is a record with a checksum, and once most of the log is out of date it is rewritten
// and replaced. A record that a crash left incomplete at the end is cut off when the log is opened. Needs POSIX.
#pragma once
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "wsmq/export.hpp"
#include "wsmq/store.hpp"

namespace wsmq::native {

/// When changes reach the disk. Written data survive the process, synced data a power failure. The receipt of a message
/// is written before its acknowledgement is sent: a process that is killed before its handler has returned gets the
/// message again.
enum class Durability : std::uint8_t {
    every_record,  ///< written and synced before put() returns: an accepted message is durable
    every_turn,    ///< written and synced before anything that depends on it is sent
    unsynced,      ///< written before anything that depends on it is sent; the system decides when to sync
};

/// A message of an earlier process was given up: its topic (empty where the broker had confirmed its receipt), and the
/// client's error, else the broker's reason. Called on the client's executor; it must not call or destroy the client.
using Undelivered = std::function<void(std::string_view topic, Errc, ReasonCode)>;

struct FileStoreOptions {
    Durability durability = Durability::every_turn;
    /// A log larger than this is rewritten once more than half of it is out of date. In bytes.
    std::size_t compact_above = 1u << 20;
    /// Its operations ended with that process, so that nothing else reports it.
    Undelivered on_undelivered{};
    /// The time of day, by which messages go on expiring between two processes; 1970-01-01: nobody knows it.
    std::chrono::system_clock::time_point (*clock)() = &std::chrono::system_clock::now;
};

/// Not thread-safe: use it on the client's executor.
class WSMQ_EXPORT FileStore final : public Store {
public:
    using ErrorCode = boost::system::error_code;
    using Options = FileStoreOptions;

    /// Opens or creates the log `path` and locks it (`path`.lock) against other processes and stores. An unreadable
    /// record ends the log; see damaged(). Returns null and sets `error` where it fails: resource_unavailable_try_again
    /// (locked), or an error of the system.
    [[nodiscard]] static std::shared_ptr<FileStore> open(const std::string& path, ErrorCode& error,
                                                         Options options = {});
    /// Throws boost::system::system_error.
    [[nodiscard]] static std::shared_ptr<FileStore> open(const std::string& path, Options options = {});
    /// Writes and syncs what is pending.
    ~FileStore() override;
    FileStore(const FileStore&) = delete;
    FileStore& operator=(const FileStore&) = delete;

    bool put(StoreKey, Bytes record) override;
    void erase(StoreKey) override;
    void finished(StoreKey, Errc, ReasonCode) override;
    void clear() override;
    void for_each(Visitor&) const override;

    /// Makes all records durable, as Options::durability says. The client calls it before it sends; call it where
    /// acceptance must mean durability. Returns error().
    ErrorCode flush();
    /// Rewrites the log without records that are out of date.
    ErrorCode compact();

    /// Why records are not on the disk, for example no_space_on_device; no error when all are. Each flush() retries.
    [[nodiscard]] ErrorCode error() const noexcept;
    /// Bytes at the end of the log that could not be read when it was opened, and were cut off. A crash leaves less
    /// than one record.
    [[nodiscard]] std::size_t damaged() const noexcept;
    /// The number of records, and the size of the log in bytes.
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] std::uint64_t log_size() const noexcept;

private:
    class WSMQ_HIDDEN Impl;
    explicit FileStore(std::unique_ptr<Impl>);
    std::unique_ptr<Impl> impl_;
};

}  // namespace wsmq::native
