// The client against a real broker: every transport, a broker that is restarted in the middle of the
// traffic, a publisher that is killed, and a loop of several threads.
#include "wsmq/native/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <csignal>
#include <functional>
#include <future>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "support/loop.hpp"
#include "support/mosquitto.hpp"
#include "support/scratch_directory.hpp"

namespace wsmq::native::test {
namespace {

using namespace std::chrono_literals;

class ClientMosquittoTest : public testing::Test {
protected:
    static void SetUpTestSuite() { mosquitto = new Mosquitto; }
    static void TearDownTestSuite() { delete std::exchange(mosquitto, nullptr); }

    /// A session that outlives its connections.
    static ClientOptions lasting(const std::string& client_id) {
        ClientOptions options;
        options.connect.client_id = client_id;
        options.connect.clean_start = false;
        options.connect.session_expiry_interval = 600;
        options.connect.reconnect.retry_first_connection = true;
        options.connect.reconnect.backoff_min = options.connect.reconnect.backoff_max = 20ms;
        options.transport.tls.ca_file = mosquitto->authority().file();
        return options;
    }
    /// Subscribes, and counts what arrives.
    void collect(Client& client, const char* filter) {
        bool subscribed = false;
        client.async_connect([](ErrorCode error, const ConnectAnswer& answer) {
            EXPECT_FALSE(error) << error.message() << ": " << answer.detail;
        });
        client.async_subscribe(
            {filter, Qos::exactly_once},
            [this](const wsmq::Message& message) { ++arrived[std::string{as_text(message.payload)}]; },
            [&](ErrorCode error, const Answer&) {
                EXPECT_FALSE(error) << error.message();
                subscribed = true;
            });
        loop.until([&] { return subscribed; });
    }

    static inline Mosquitto* mosquitto = nullptr;
    Loop loop;
    std::map<std::string, int> arrived;
};

class ClientTransportTest : public ClientMosquittoTest, public testing::WithParamInterface<const char*> {};

TEST_P(ClientTransportTest, PublishesAndReceivesAtEveryQos) {
    Client client{loop.context.get_executor(), mosquitto->url(GetParam()), lasting(GetParam())};
    collect(client, "transport/#");
    int ended = 0;
    for (const auto qos : {Qos::at_most_once, Qos::at_least_once, Qos::exactly_once}) {
        for (const std::size_t size : {1u, 100u, 5'000u}) {
            const auto payload = std::to_string(static_cast<int>(qos)) + std::string(size, 'x');
            client.async_publish("transport/a", payload, {.qos = qos}, [&](ErrorCode error, const Answer&) {
                EXPECT_FALSE(error) << error.message();
                ++ended;
            });
        }
    }
    loop.until([&] { return ended == 9 && arrived.size() == 9; });
    bool disconnected = false;
    client.async_disconnect([&](ErrorCode) { disconnected = true; });
    loop.run_out();
    EXPECT_TRUE(disconnected);
    for (const auto& [payload, times] : arrived) EXPECT_EQ(times, 1) << payload.substr(0, 10);
}

INSTANTIATE_TEST_SUITE_P(EachTransport, ClientTransportTest, testing::Values("mqtt", "mqtts", "ws", "wss"),
                         [](const auto& scheme) { return std::string{scheme.param}; });

TEST_F(ClientMosquittoTest, ACertificateThatIsNotTrustedIsTheConnectionsError) {
    ClientOptions options;
    Client client{loop.context.get_executor(), mosquitto->url("mqtts"), options};
    ErrorCode ended;
    std::string detail;
    client.async_connect([&](ErrorCode error, const ConnectAnswer& answer) {
        ended = error;
        detail = answer.detail;
    });
    loop.run_out();
    EXPECT_EQ(ended, TransportError::certificate_untrusted);
    EXPECT_FALSE(detail.empty());
}

TEST_F(ClientMosquittoTest, ARestartInTheMiddleOfTheTrafficLosesNothing) {
    Client subscriber{loop.context.get_executor(), mosquitto->url("mqtt"), lasting("restart-subscriber")};
    Client publisher{loop.context.get_executor(), mosquitto->url("ws"), lasting("restart-publisher")};
    collect(subscriber, "restart");
    publisher.async_connect([](auto&&...) {});
    constexpr int count = 600;
    int begun = 0;
    int completed = 0;
    std::function<void()> next = [&] {
        if (begun == count) return;
        const auto number = begun++;
        const auto qos = number % 2 == 0 ? Qos::at_least_once : Qos::exactly_once;
        publisher.async_publish("restart", std::to_string(number), {.qos = qos}, [&](ErrorCode error, const Answer&) {
            EXPECT_FALSE(error) << error.message();
            ++completed;
            next();
        });
    };
    for (int i = 0; i < 10; ++i) next();
    for (const int when : {150, 300, 450}) {
        loop.until([&] { return completed >= when; });
        mosquitto->restart();
    }
    loop.until([&] { return completed == count && arrived.size() == count; });
    for (int number = 1; number < count; number += 2) {
        EXPECT_EQ(arrived[std::to_string(number)], 1) << "QoS 2, number " << number;
    }
}

struct Killed {
    std::string url;
    ClientOptions options;
    std::string store;
    Durability durability{};
    int round = 0;
    int pipe = -1;
};

/// Publishes at QoS 1 and 2 by turns, some at a time, and says through the pipe what was accepted;
/// until it is killed.
[[noreturn]] void publish_until_killed(Killed job) {
    boost::asio::io_context io;
    const auto store = FileStore::open(job.store, {.durability = job.durability, .compact_above = 4000});
    job.options.store = store;
    Client client{io.get_executor(), job.url, job.options};
    std::uint32_t number = 0;
    const std::function<void()> next = [&] {
        const auto qos = number % 2 == 0 ? Qos::at_least_once : Qos::exactly_once;
        const auto payload = std::to_string(job.round) + ":" + std::to_string(number);
        client.async_publish("killed", payload, {.qos = qos}, [&](ErrorCode error, const Answer&) {
            if (error) ::_exit(2);
            next();
        });
        if (store->flush()) ::_exit(3);
        if (::write(job.pipe, &number, sizeof number) != sizeof number) ::_exit(4);
        ++number;
    };
    client.async_connect([](auto&&...) {});
    for (int i = 0; i < 8; ++i) next();
    io.run();
    ::_exit(5);
}

/// Publishes nothing more, and ends when nothing is unfinished.
[[noreturn]] void finish_what_is_stored(Killed job) {
    boost::asio::io_context io;
    job.options.store = FileStore::open(job.store);
    Client client{io.get_executor(), job.url, job.options};
    client.async_connect([](auto&&...) {});
    while (!client.is_connected() || client.unfinished_messages() != 0) io.run_one();
    ::_exit(0);
}

TEST_F(ClientMosquittoTest, APublisherThatIsKilledLosesNothingItAcceptedAndDoublesNothingAtQos2) {
    Client subscriber{loop.context.get_executor(), mosquitto->url("mqtt"), lasting("killed-subscriber")};
    collect(subscriber, "killed");
    const ScratchDirectory directory;
    Killed job{mosquitto->url("mqtt"), lasting("killed-publisher"), directory.file("session")};
    std::minstd_rand random{20261125};
    std::set<std::string> accepted;
    constexpr int rounds = 18;
    for (job.round = 0; job.round < rounds; ++job.round) {
        job.durability = static_cast<Durability>(job.round % 3);
        std::array<int, 2> ends{};
        ASSERT_EQ(::pipe(ends.data()), 0);
        job.pipe = ends[1];
        const auto child = ::fork();
        if (child == 0) publish_until_killed(job);
        ::close(ends[1]);
        auto left = 1 + random() % 80;
        std::uint32_t number = 0;
        while (::read(ends[0], &number, sizeof number) == static_cast<ssize_t>(sizeof number)) {
            accepted.insert(std::to_string(job.round) + ":" + std::to_string(number));
            if (--left == 0) ::kill(child, SIGKILL);  // and then what it had said until it died
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        ::close(ends[0]);
        ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself, with " << WEXITSTATUS(status);
    }
    const auto child = ::fork();
    if (child == 0) finish_what_is_stored(job);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    loop.until([&] {
        return std::all_of(accepted.begin(), accepted.end(), [&](const auto& each) { return arrived.contains(each); });
    });
    EXPECT_GT(accepted.size(), 300u);
    for (const auto& [payload, times] : arrived) {
        const auto number = std::stoi(payload.substr(payload.find(':') + 1));
        EXPECT_TRUE(number % 2 == 0 || times == 1) << payload << " at QoS 2, " << times << " times";
    }
}

TEST_F(ClientMosquittoTest, OnAStrandOfSeveralThreadsEverythingArrives) {
    boost::asio::io_context io;
    const auto strand = boost::asio::make_strand(io);
    auto guard = boost::asio::make_work_guard(io);
    std::vector<std::thread> loops;
    for (int i = 0; i < 3; ++i) loops.emplace_back([&io] { io.run(); });
    int received = 0;  // on the strand
    std::promise<void> all_received;
    std::unique_ptr<Client> client;
    const auto on_strand = [&](auto action) {
        boost::asio::post(strand, boost::asio::use_future([action]() mutable { return action(); })).get();
    };
    ClientOptions options;
    options.handover_maximum_messages = 2;  // so that the publishers have to wait for room
    on_strand([&] {
        client = std::make_unique<Client>(strand, mosquitto->url("mqtt"), options);
        client->async_connect([](auto&&...) {});
        client->async_subscribe(
            {"threads", Qos::at_least_once},
            [&](const wsmq::Message&) {
                if (++received == 303) all_received.set_value();
            },
            [](ErrorCode error, const Answer&) { EXPECT_FALSE(error); });
    });
    on_strand([&] {  // where nobody else makes room
        auto publisher = client->publisher();
        while (publisher.publish("elsewhere", "x") == Errc::none) {
        }
        EXPECT_EQ(publisher.publish("elsewhere", "x"), Errc::queue_full);
    });
    std::vector<std::thread> publishers;
    for (int i = 0; i < 3; ++i) {
        publishers.emplace_back([publisher = client->publisher()]() mutable {
            for (int j = 0; j < 100; ++j) {
                EXPECT_EQ(publisher.publish("threads", "x", {.qos = Qos::at_least_once}), Errc::none);
            }
            // Its end is told on another thread; there may be no room for it at once. Not a future of Asio's, whose
            // exception goes from thread to thread inside libstdc++, where the thread sanitizer does not see how.
            ErrorCode error = Errc::queue_full;
            while (error == Errc::queue_full) {
                std::promise<ErrorCode> ended;
                publisher.async_publish("threads", "x", {.qos = Qos::at_least_once},
                                        [&](ErrorCode given, const Answer&) { ended.set_value(given); });
                error = ended.get_future().get();
            }
            EXPECT_EQ(error, ErrorCode{});
        });
    }
    for (auto& thread : publishers) thread.join();
    EXPECT_EQ(all_received.get_future().wait_for(patience), std::future_status::ready);
    on_strand([&] { client.reset(); });
    guard.reset();
    for (auto& thread : loops) thread.join();
}

}  // namespace
}  // namespace wsmq::native::test
