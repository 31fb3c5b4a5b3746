// The store in a file: what is kept, and what becomes of damage, full disks and killed processes.
#include "wsmq/native/file_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <fstream>
#include <map>
#include <random>

#include "support/reporting_process.hpp"
#include "support/scratch_directory.hpp"
#include "wsmq/native/completion.hpp"
#include "wsmq/native/message.hpp"

namespace wsmq::native::test {
namespace {

using Records = std::map<std::uint64_t, std::string>;

StoreKey outgoing(std::uint64_t number) { return {StoreKind::outgoing, number}; }

Records records_of(const FileStore& store, StoreKind kind = StoreKind::outgoing) {
    struct Collect final : Store::Visitor {
        StoreKind wanted{};
        Records records;
        void visit(StoreKey key, Bytes record, Duration) override {
            if (key.kind == wanted) records[key.number] = as_text(record);
        }
    } collect;
    collect.wanted = kind;
    store.for_each(collect);
    return collect.records;
}

struct FileStoreTest : testing::Test {
    ScratchDirectory directory;
    std::string path = directory.file("session");

    [[nodiscard]] std::shared_ptr<FileStore> open(FileStoreOptions options = {}) const {
        return FileStore::open(path, options);
    }
    [[nodiscard]] std::string content() const {
        std::ifstream file{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    void write(const std::string& bytes) const { std::ofstream{path, std::ios::binary} << bytes; }
    /// A log of three messages, and where each begins.
    [[nodiscard]] std::vector<std::size_t> write_three() const {
        std::vector<std::size_t> begins;
        // At a time that nobody knows, so that the log has no frames of times.
        const auto store = open({.clock = [] { return std::chrono::system_clock::time_point{}; }});
        for (std::uint64_t number = 1; number <= 3; ++number) {
            begins.push_back(store->log_size());
            EXPECT_TRUE(store->put(outgoing(number), as_bytes("message " + std::to_string(number))));
        }
        return begins;
    }
};

TEST_F(FileStoreTest, KeepsWhatWasPutAndForgetsWhatWasErased) {
    {
        const auto store = open();
        EXPECT_TRUE(store->put(outgoing(1), as_bytes("one")));
        EXPECT_TRUE(store->put(outgoing(2), as_bytes("two")));
        EXPECT_TRUE(store->put(outgoing(2), as_bytes("two, changed")));
        EXPECT_TRUE(store->put({StoreKind::received, 7}, {}));
        store->erase(outgoing(1));
        store->erase(outgoing(99));
    }
    const auto store = open();
    EXPECT_EQ(records_of(*store), (Records{{2, "two, changed"}}));
    EXPECT_EQ(records_of(*store, StoreKind::received), (Records{{7, ""}}));
    EXPECT_EQ(store->damaged(), 0u);
    EXPECT_EQ(store->error(), ErrorCode{});
}

TEST_F(FileStoreTest, ClearForgetsEverything) {
    {
        const auto store = open();
        store->put(outgoing(1), as_bytes("one"));
        store->clear();
        store->put(outgoing(2), as_bytes("two"));
    }
    EXPECT_EQ(records_of(*open()), (Records{{2, "two"}}));
}

TEST_F(FileStoreTest, IsWrittenWhenItsDurabilitySays) {
    const auto empty = open()->log_size();
    const auto size = [this] { return std::filesystem::file_size(path); };
    {
        const auto store = open({.durability = Durability::every_record});
        store->put(outgoing(1), as_bytes("one"));
        const auto after_one = size();
        EXPECT_GT(after_one, empty) << "before put() returns";
        store->put({StoreKind::received, 1}, {});
        EXPECT_EQ(size(), after_one) << "its message was not handed over yet";
        EXPECT_EQ(store->flush(), ErrorCode{});
        EXPECT_GT(size(), after_one);
        store->clear();
    }
    for (const auto durability : {Durability::every_turn, Durability::unsynced}) {
        const auto store = open({.durability = durability});
        const auto before = size();
        store->put(outgoing(1), as_bytes("one"));
        EXPECT_EQ(size(), before);
        EXPECT_EQ(store->flush(), ErrorCode{});
        EXPECT_GT(size(), before);
    }
}

TEST_F(FileStoreTest, BelongsToOneAtATime) {
    auto store = open();
    ErrorCode error;
    EXPECT_EQ(FileStore::open(path, error), nullptr);
    EXPECT_EQ(error, boost::system::errc::resource_unavailable_try_again);
    const auto other = ::fork();
    if (other == 0) {
        ErrorCode theirs;
        const auto none = FileStore::open(path, theirs);
        ::_exit(none == nullptr && theirs == boost::system::errc::resource_unavailable_try_again ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(other, &status, 0), other);
    EXPECT_EQ(status, 0) << "another process has no luck either";
    store.reset();
    EXPECT_NE(open(), nullptr);
}

TEST_F(FileStoreTest, ADirectoryThatIsNotThereIsAnError) {
    ErrorCode error;
    EXPECT_EQ(FileStore::open(directory.file("none/session"), error), nullptr);
    EXPECT_EQ(error, boost::system::errc::no_such_file_or_directory);
    EXPECT_THROW((void)FileStore::open(directory.file("none/session")), boost::system::system_error);
}

TEST_F(FileStoreTest, AFileOfSomebodyElseIsLeftAlone) {
    write("Dear diary, ...");
    ErrorCode error;
    EXPECT_EQ(FileStore::open(path, error), nullptr);
    EXPECT_EQ(error, boost::system::errc::bad_message);
    EXPECT_EQ(content(), "Dear diary, ...");
}

TEST_F(FileStoreTest, ALogThatIsTornAnywhereKeepsWhatIsWhole) {
    const auto begins = write_three();
    const auto whole = content();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        SCOPED_TRACE(size);
        write(whole.substr(0, size));
        Records expected;
        for (std::uint64_t number = 1; number <= 3; ++number) {
            const auto end = number < 3 ? begins[number] : whole.size();
            if (size >= end) expected[number] = "message " + std::to_string(number);
        }
        {
            const auto store = open();
            EXPECT_EQ(records_of(*store), expected);
            store->put(outgoing(9), as_bytes("afterwards"));
        }
        expected[9] = "afterwards";
        EXPECT_EQ(records_of(*open()), expected) << "what is written after the repair is read";
        EXPECT_FALSE(std::filesystem::exists(path + ".damaged"));
    }
}

TEST_F(FileStoreTest, ATailOfZerosIsTheWorkOfACrash) {
    (void)write_three();
    write(content() + std::string(5000, '\0'));
    const auto store = open();
    EXPECT_EQ(store->size(), 3u);
    EXPECT_EQ(store->damaged(), 5000u);
    EXPECT_FALSE(std::filesystem::exists(path + ".damaged"));
}

TEST_F(FileStoreTest, NoFlippedBitIsTakenForAMessage) {
    const auto begins = write_three();
    const auto whole = content();
    for (std::size_t at = begins[0]; at < whole.size(); ++at) {
        for (const int bit : {0, 7}) {
            SCOPED_TRACE(std::to_string(at) + ":" + std::to_string(bit));
            auto damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ 1 << bit);
            write(damaged);
            const auto store = open();
            const std::size_t expected = at < begins[1] ? 0 : at < begins[2] ? 1 : 2;
            EXPECT_EQ(store->size(), expected);
            EXPECT_EQ(store->damaged(), whole.size() - begins[expected]);
        }
    }
}

TEST_F(FileStoreTest, WhatIsDamagedInTheMiddleIsKeptAside) {
    const auto begins = write_three();
    auto damaged = content();
    damaged[begins[1] + 20] ^= 1;
    write(damaged);
    EXPECT_EQ(open()->size(), 1u);
    std::ifstream kept{path + ".damaged", std::ios::binary};
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>{kept}, {}}), damaged);
}

TEST_F(FileStoreTest, IsWrittenAnewWhenMostOfItIsOutOfDate) {
    constexpr std::size_t limit = 10'000;
    const auto store = open({.durability = Durability::unsynced, .compact_above = limit});
    const std::string record(100, 'x');
    store->put(outgoing(1), as_bytes("kept"));
    for (std::uint64_t number = 2; number < 5000; ++number) {
        store->put(outgoing(number), as_bytes(record));
        store->flush();
        store->erase(outgoing(number));
        store->flush();
        ASSERT_LT(store->log_size(), limit + 1000);
    }
    EXPECT_EQ(std::filesystem::file_size(path), store->log_size());
    EXPECT_EQ(records_of(*store), (Records{{1, "kept"}}));
}

/// In a process of its own, whose files may not grow beyond `limit`.
template <class Do> int run_with_file_limit(rlim_t limit, Do act) {
    const auto child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit both{limit, RLIM_INFINITY};
        if (::setrlimit(RLIMIT_FSIZE, &both) != 0) ::_exit(100);
        ::_exit(act());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 101;
}

TEST_F(FileStoreTest, AFullDiskIsToldAndWhatComesWithRoomAgainIsStored) {
    const auto result = run_with_file_limit(2000, [&] {
        const auto store = open({.durability = Durability::every_record});
        std::uint64_t number = 0;
        while (number < 100 && store->put(outgoing(++number), as_bytes(std::string(100, 'x')))) {
        }
        if (number == 100) return 1;
        if (store->error() != boost::system::errc::file_too_large) return 2;
        const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
        if (::setrlimit(RLIMIT_FSIZE, &unlimited) != 0) return 3;
        if (store->flush()) return 4;
        if (store->size() != number) return 5;
        return store->put(outgoing(200), as_bytes("last")) ? 0 : 6;
    });
    ASSERT_EQ(result, 0);
    const auto records = records_of(*open());
    EXPECT_EQ(records.size(), records.rbegin()->first == 200 ? records.size() : 0);
    EXPECT_EQ(records.at(200), "last");
    for (const auto& [number, record] : records) EXPECT_TRUE(number == 200 || record.size() == 100u);
}

TEST_F(FileStoreTest, AFullDiskCostsNoMemoryWithoutBound) {
    const auto result = run_with_file_limit(2000, [&] {
        constexpr std::size_t limit = 4000;
        const auto store = open({.durability = Durability::every_turn, .compact_above = limit});
        for (std::uint64_t number = 1; number < 10'000; ++number) {
            store->put(outgoing(number), as_bytes(std::string(100, 'x')));
            if (number > 15) store->erase(outgoing(number - 15));
            store->flush();
            if (store->log_size() > limit + 4000) return 1;
        }
        const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
        if (::setrlimit(RLIMIT_FSIZE, &unlimited) != 0) return 2;
        // It is tried now and then, not at every turn.
        for (int turn = 0; turn < 3000 && store->flush(); ++turn) {
        }
        return store->error() ? 3 : 0;
    });
    ASSERT_EQ(result, 0);
    EXPECT_EQ(open()->size(), 15u);
}

/// Puts and erases until it is killed, and tells what was durable.
[[noreturn]] void work(const std::string& path, Durability durability, unsigned seed, ReportingProcess::Pipe pipe) {
    std::minstd_rand random{seed};
    const auto store = FileStore::open(path, {.durability = durability, .compact_above = 5000});
    const auto found = records_of(*store);
    // The one before may have been killed between a message and the end of an older one.
    for (auto number = found.empty() ? 1 : found.rbegin()->first; found.contains(number - 5); --number) {
        store->erase(outgoing(number - 5));
    }
    for (std::uint64_t number = found.empty() ? 1 : found.rbegin()->first + 1;; ++number) {
        store->put(outgoing(number), as_bytes(std::string(random() % 300, static_cast<char>('a' + number % 26))));
        if (number > 5) store->erase(outgoing(number - 5));
        if (durability != Durability::every_record) store->flush();
        pipe.tell(number);
    }
}

TEST_F(FileStoreTest, AKilledProcessLosesNothingThatWasDurable) {
    std::minstd_rand random{20261125};
    constexpr int rounds = 60;
    for (int round = 0; round < rounds; ++round) {
        SCOPED_TRACE(round);
        const auto durability = static_cast<Durability>(round % 3);
        ReportingProcess process{[&](auto pipe) { work(path, durability, static_cast<unsigned>(round), pipe); }};
        std::uint64_t last = 0;
        auto left = 1 + random() % 200;
        for (auto told = process.next(); told; told = process.next()) {
            last = *told;
            if (--left == 0) process.kill();  // at whatever it is doing then
        }
        ASSERT_EQ(process.wait(), -SIGKILL);
        const auto records = records_of(*open());
        for (auto number = last > 4 ? last - 3 : 1; number <= last; ++number) {
            ASSERT_TRUE(records.contains(number)) << number << " of " << last;
            EXPECT_EQ(records.at(number).find_first_not_of(static_cast<char>('a' + number % 26)), std::string::npos);
        }
        EXPECT_LE(records.size(), 7u) << "what was erased stays so, but for the last";
    }
}

}  // namespace
}  // namespace wsmq::native::test
