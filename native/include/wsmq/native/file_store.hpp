// A session in a file, so that QoS 1 and 2 survive the process.
//
// An append-only log: every change is a record with a checksum, and once most of the log is about
// messages that are finished, it is written anew and put in place of the old one. What a crash tore
// at the end is cut off when the log is opened. Needs POSIX.
#pragma once
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "wsmq/export.hpp"
#include "wsmq/store.hpp"

namespace wsmq::native {

/// When changes reach the disk. A process that is killed loses nothing that was written; a machine
/// that loses its power keeps what was synced. That a message was received is written with what comes
/// next, and before it is acknowledged: whoever is killed before its handler has returned gets it again.
enum class Durability : std::uint8_t {
    every_record,  ///< written and synced before put() returns: an accepted message is durable
    every_turn,    ///< written and synced before anything is sent that depends on it
    unsynced,      ///< written before anything is sent that depends on it; the system syncs when it likes
};

struct FileStoreOptions {
    Durability durability = Durability::every_turn;
    /// A log that is larger, and more than half of it out of date, is written anew. In bytes.
    std::size_t compact_above = 1u << 20;
};

/// Not thread-safe: one client's thread, or strand, at a time.
class WSMQ_EXPORT FileStore final : public Store {
public:
    using ErrorCode = boost::system::error_code;
    using Options = FileStoreOptions;

    /// Opens or creates the log `path`, and locks it (`path`.lock) against every other process and
    /// store: resource_unavailable_try_again where one has it. What cannot be read in the middle of
    /// the log ends the log there; damaged() tells. Null and `error` where it cannot be opened.
    [[nodiscard]] static std::shared_ptr<FileStore> open(const std::string& path, ErrorCode& error,
                                                         Options options = {});
    /// Throws boost::system::system_error.
    [[nodiscard]] static std::shared_ptr<FileStore> open(const std::string& path, Options options = {});
    /// Writes what was not yet written, and syncs it.
    ~FileStore() override;
    FileStore(const FileStore&) = delete;
    FileStore& operator=(const FileStore&) = delete;

    bool put(StoreKey, Bytes record) override;
    void erase(StoreKey) override;
    void clear() override;
    void for_each(Visitor&) const override;

    /// Makes durable what was put, as Options::durability says. The client calls it before it sends;
    /// call it yourself where accepted must mean durable. The error, if any, is error().
    ErrorCode flush();
    /// Writes the log anew, without what is out of date.
    ErrorCode compact();

    /// Why what was put is not on the disk, for example no_space_on_device; none when all of it is.
    /// Everything is tried again at each flush().
    [[nodiscard]] ErrorCode error() const noexcept;
    /// Bytes at the end of the log that could not be read when it was opened, and were cut off. A
    /// crash leaves fewer than one record.
    [[nodiscard]] std::size_t damaged() const noexcept;
    /// Records that are kept, and the size of the log in bytes.
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] std::uint64_t log_size() const noexcept;

private:
    class WSMQ_HIDDEN Impl;
    explicit FileStore(std::unique_ptr<Impl>);
    std::unique_ptr<Impl> impl_;
};

}  // namespace wsmq::native
