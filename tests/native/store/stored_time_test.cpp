// Messages in the file go on expiring between two processes: the log says when each was put.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "support/scratch_directory.hpp"
#include "wsmq/native/client.hpp"
#include "wsmq/native/file_store.hpp"
#include "wsmq/native/message.hpp"
#include "wsmq/property.hpp"

namespace wsmq::native::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Pair;
using TimeOfDay = std::chrono::system_clock::time_point;

TimeOfDay time_of_day;

StoreKey message(std::uint64_t number) { return {StoreKind::outgoing, number}; }

struct StoredTime : testing::Test {
    ScratchDirectory directory;
    std::string path = directory.file("session");
    FileStoreOptions options{.clock = [] { return time_of_day; }};

    StoredTime() { time_of_day = TimeOfDay{1'700'000'000s}; }
    [[nodiscard]] std::shared_ptr<FileStore> open() const { return FileStore::open(path, options); }
    /// Of the outgoing messages, in their order.
    static std::vector<Duration> ages(const FileStore& store) {
        struct Collect final : Store::Visitor {
            std::vector<Duration> found;
            void visit(StoreKey key, Bytes, Duration age) override {
                if (key.kind == StoreKind::outgoing) found.push_back(age);
            }
        } collect;
        store.for_each(collect);
        return collect.found;
    }
};

TEST_F(StoredTime, IsThatOfTheLastPut) {
    {
        const auto store = open();
        EXPECT_TRUE(store->put(message(1), as_bytes("one")));
        time_of_day += 10s;
        EXPECT_TRUE(store->put(message(2), as_bytes("two")));
        EXPECT_TRUE(store->put(message(3), as_bytes("three")));
        EXPECT_TRUE(store->put({StoreKind::received, 7}, {}));
        time_of_day += 10s;
        EXPECT_TRUE(store->put(message(2), as_bytes("two, changed")));
        EXPECT_THAT(ages(*store), ElementsAre(20s, 0s, 10s));
    }
    time_of_day += 1h;
    EXPECT_THAT(ages(*open()), ElementsAre(1h + 20s, 1h, 1h + 10s));
}

TEST_F(StoredTime, IsKeptWhenTheLogIsRewritten) {
    {
        const auto store = open();
        for (std::uint64_t number = 1; number <= 3; ++number, time_of_day += 10s)
            EXPECT_TRUE(store->put(message(number), as_bytes("x")));
        EXPECT_FALSE(store->compact());
        EXPECT_TRUE(store->put(message(4), as_bytes("x")));
    }
    EXPECT_THAT(ages(*open()), ElementsAre(30s, 20s, 10s, 0s));
}

TEST_F(StoredTime, IsWrittenOnceForAllMessagesOfASecond) {
    const auto store = open();
    auto size_of_next = [&, number = std::uint64_t{0}]() mutable {
        const auto before = store->log_size();
        EXPECT_TRUE(store->put(message(++number), as_bytes("x")));
        return store->log_size() - before;
    };
    const auto first = size_of_next();
    time_of_day -= 1ms;
    const auto second = size_of_next();
    EXPECT_LT(second, first);
    time_of_day += 1s;
    EXPECT_EQ(size_of_next(), first);
}

TEST_F(StoredTime, OfALogWithoutTimesIsUnknownAndStaysSo) {
    const auto now = std::exchange(time_of_day, {});
    EXPECT_TRUE(open()->put(message(1), as_bytes("one")));
    time_of_day = now;
    {
        const auto store = open();
        EXPECT_TRUE(store->put(message(2), as_bytes("two")));
        EXPECT_FALSE(store->compact());
        time_of_day += 5s;
        EXPECT_THAT(ages(*store), ElementsAre(0s, 5s));
    }
    EXPECT_THAT(ages(*open()), ElementsAre(0s, 5s));
}

TEST_F(StoredTime, IsNeverInTheFuture) {
    EXPECT_TRUE(open()->put(message(1), as_bytes("one")));
    time_of_day -= 1h;
    EXPECT_THAT(ages(*open()), ElementsAre(0s)) << "somebody has set the clock back";
}

TEST_F(StoredTime, EndsMessagesThatExpiredBetweenTwoProcesses) {
    PropertyWriter writer;
    writer.integer(PropertyId::message_expiry_interval, 60);
    ClientOptions client_options;
    client_options.connect.client_id = "expiring";
    client_options.connect.clean_start = false;
    client_options.connect.session_expiry_interval = 3'600;
    const auto run_until = [&](std::size_t messages, auto act) {
        boost::asio::io_context io;
        const auto store = open();
        auto stored = client_options;
        stored.store = store;
        // Nobody listens there.
        Client client{io.get_executor(), "mqtt://127.0.0.1:1", stored};
        client.async_connect(boost::asio::detached);
        act(client);
        while (store->size() != messages && io.run_one() != 0) continue;
        EXPECT_EQ(store->size(), messages);
    };
    run_until(2, [&](Client& client) {
        for (const auto properties : {writer.bytes(), Bytes{}}) {
            client.async_publish(properties.empty() ? "stays" : "expires", "x",
                                 {.qos = Qos::at_least_once, .encoded_properties = properties}, boost::asio::detached);
        }
    });
    time_of_day += 1h;
    std::vector<std::pair<std::string, Errc>> ends;
    options.on_undelivered = [&](std::string_view topic, Errc error, ReasonCode) { ends.emplace_back(topic, error); };
    run_until(1, [](Client&) {});
    EXPECT_THAT(ends, ElementsAre(Pair("expires", Errc::expired)));
}

}  // namespace
}  // namespace wsmq::native::test
