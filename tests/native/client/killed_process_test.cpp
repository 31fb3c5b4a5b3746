// Processes that are killed at any moment, again and again, and started anew with the same store, against a real
// broker: what they accepted arrives, and what they acknowledged does not come again (MQTT 5.0, 4.4).
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <csignal>
#include <functional>
#include <random>
#include <set>

#include "client/mosquitto_fixture.hpp"
#include "support/reporting_process.hpp"
#include "support/scratch_directory.hpp"

namespace wsmq::native::test {
namespace {

constexpr int rounds = 30;

Qos qos_of(std::uint64_t number) { return number % 2 == 0 ? Qos::at_least_once : Qos::exactly_once; }

std::uint64_t number_of(std::string_view payload) {
    std::uint64_t number = 0;
    std::from_chars(payload.data(), payload.data() + payload.size(), number);
    return number;
}

/// What a process is told that is to be killed.
struct Job {
    std::string url;
    ClientOptions options;
    std::string log;
    FileStoreOptions store{.durability = Durability::every_turn, .compact_above = 4000};
};

/// Begins with `number`, at QoS 1 and 2 by turns, some at a time, and tells what was accepted.
void publish(Job job, std::uint64_t number, ReportingProcess::Pipe pipe) {
    boost::asio::io_context io;
    const auto store = FileStore::open(job.log, job.store);
    job.options.store = store;
    Client client{io.get_executor(), job.url, job.options};
    const std::function<void()> next = [&] {
        client.async_publish("killed", std::to_string(number), {.qos = qos_of(number)},
                             [&](ErrorCode error, const Answer&) {
                                 if (error) ::_exit(2);
                                 next();
                             });
        if (store->flush()) ::_exit(3);
        pipe.tell(number++);
    };
    client.async_connect([](auto&&...) {});
    for (int i = 0; i < 8; ++i) next();
    io.run();
}

/// Publishes nothing more, and ends when nothing is unfinished.
void finish(Job job) {
    boost::asio::io_context io;
    job.options.store = FileStore::open(job.log, job.store);
    Client client{io.get_executor(), job.url, job.options};
    client.async_connect([](auto&&...) {});
    while (!client.is_connected() || client.unfinished_messages() != 0) io.run_one();
}

// Reported by a receiver beside the numbers of messages: what went before is about to be acknowledged.
constexpr std::uint64_t acknowledging = ~std::uint64_t{0};

/// Reports each write before it happens.
class ReportingTransport final : public Transport {
public:
    ReportingTransport(std::shared_ptr<Transport> inner, ReportingProcess::Pipe pipe)
        : inner_{std::move(inner)}, pipe_{pipe} {}

    void async_open(OpenHandler handler) override { inner_->async_open(std::move(handler)); }
    void async_read_some(boost::asio::mutable_buffer buffer, SizeHandler handler) override {
        inner_->async_read_some(buffer, std::move(handler));
    }
    void async_write(boost::asio::const_buffer bytes, SizeHandler handler) override {
        pipe_.tell(acknowledging);
        inner_->async_write(bytes, std::move(handler));
    }
    void close() override { inner_->close(); }
    [[nodiscard]] std::string failure_detail() const override { return inner_->failure_detail(); }

private:
    std::shared_ptr<Transport> inner_;
    ReportingProcess::Pipe pipe_;
};

enum class Claim : std::uint8_t {
    by_returning,  ///< a message is the handler's once the handler has returned
    by_flushing,   ///< the handler makes the store durable before it does anything
};

/// Tells each message that is handed over; dies by itself in the midst of the handler of number `last`, if any.
void receive(Job job, Claim claim, std::uint64_t last, ReportingProcess::Pipe pipe) {
    boost::asio::io_context io;
    const auto store = FileStore::open(job.log, job.store);
    job.options.store = store;
    const auto url = std::get<Url>(parse_url(job.url));
    const auto transport = job.options.transport;
    job.options.make_transport = [&](const boost::asio::any_io_executor& executor, std::size_t) {
        return std::make_shared<ReportingTransport>(make_transport(executor, url, transport), pipe);
    };
    Client client{io.get_executor(), job.url, job.options};
    client.on_message([&](const wsmq::Message& message) {
        if (claim == Claim::by_flushing && store->flush()) ::_exit(3);
        if (--last == 0) ::raise(SIGKILL);
        pipe.tell(number_of(as_text(message.payload)));
    });
    client.async_connect([](auto&&...) {});
    io.run();
}

class KilledProcessTest : public ClientMosquittoTest {
protected:
    KilledProcessTest() : trace_{__FILE__, __LINE__, "WSMQ_SEED=" + std::to_string(seed)} {}

    [[nodiscard]] Job job(const std::string& client_id) const {
        // Without a Receive Maximum: Mosquitto 2.0 has 20 messages on their way at a time by itself, but repeats the
        // more of them, the more often connections have broken. A client that says how many it takes would end every
        // further connection for that, and be told the same again for ever.
        return {mosquitto->url("mqtt"), lasting(client_id), directory.file("session")};
    }
    /// What follows is in the order of publishing, at each QoS.
    static void expect_order(const std::vector<std::uint64_t>& numbers) {
        for (const auto qos : {Qos::at_least_once, Qos::exactly_once}) {
            std::vector<std::uint64_t> of_this_qos;
            std::ranges::copy_if(numbers, std::back_inserter(of_this_qos),
                                 [&](auto number) { return qos_of(number) == qos; });
            EXPECT_TRUE(std::ranges::is_sorted(of_this_qos)) << "QoS " << static_cast<int>(qos);
        }
    }

    /// A session at the broker that has subscribed, with messages 0 to count - 1 for it.
    void leave_messages(Job receiver, Qos qos, int count) {
        receiver.options.store = FileStore::open(receiver.log);
        Client subscriber{loop.context.get_executor(), receiver.url, receiver.options};
        collect(subscriber, "kept");
        bool disconnected = false;
        subscriber.async_disconnect([&](ErrorCode) { disconnected = true; });
        loop.until([&] { return disconnected; });
        Client publisher{loop.context.get_executor(), receiver.url, lasting("publisher-for-the-killed")};
        publisher.async_connect([](auto&&...) {});
        int completed = 0;
        for (int number = 0; number < count; ++number) {
            publisher.async_publish("kept", std::to_string(number), {.qos = qos},
                                    [&](ErrorCode error, const Answer&) { completed += error ? 0 : 1; });
        }
        loop.until([&] { return completed == count; });
    }

    struct Received {
        std::map<std::uint64_t, int> times;
        std::vector<std::uint64_t> first;  ///< in their order
        int after_acknowledgement = 0;     ///< that came once more
        int deaths = 0;
    };
    /// In process after process, until the last of so many messages has come.
    ///
    /// A process dies after a message was handed over to it, or while it is. Not before: a connection that breaks
    /// while Mosquitto 2.0 repeats its PUBRELs makes it send messages again that were released long ago, which
    /// [MQTT-4.3.3-6] forbids. (Messages of QoS 1 would come between the PUBRELs.)
    Received receive_until_killed(Job receiver, Claim claim, std::uint64_t count) {
        constexpr std::uint64_t calm_end = 700;  // more than a process can be ahead of what was read of it
        Received received;
        std::set<std::uint64_t> acknowledged;
        while (!HasFailure() && !received.times.contains(count - 1)) {
            const bool dies_early = received.times.size() + calm_end < count;
            const bool by_itself = dies_early && random() % 2 == 0;
            auto left = 1 + random() % 80;
            receiver.store.durability = static_cast<Durability>(received.deaths++ % 3);
            ReportingProcess process{[&](auto pipe) { receive(receiver, claim, by_itself ? left : 0, pipe); }};
            std::set<std::uint64_t> handed_over;
            for (auto told = process.next(); told; told = process.next()) {
                if (*told == acknowledging) {
                    acknowledged.merge(handed_over);
                    continue;
                }
                handed_over.insert(*told);
                if (acknowledged.contains(*told)) ++received.after_acknowledgement;
                if (++received.times[*told] == 1) received.first.push_back(*told);
                if (dies_early ? !by_itself && --left == 0 : *told == count - 1) process.kill_at_some_moment(random);
            }
            EXPECT_EQ(process.wait(), -SIGKILL) << "it ended by itself";
        }
        EXPECT_GT(received.deaths, 3);
        return received;
    }

    const ScratchDirectory directory;
    const unsigned seed = seed_of_this_run();
    std::minstd_rand random{seed};

private:
    static unsigned seed_of_this_run() {
        const auto* const given = std::getenv("WSMQ_SEED");
        return given ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
    }

    testing::ScopedTrace trace_;  ///< a failure tells the seed
};

TEST_F(KilledProcessTest, APublisherLosesNothingItAcceptedAndDoublesNothingAtQos2) {
    Client subscriber{loop.context.get_executor(), mosquitto->url("mqtt"), lasting("killed-subscriber")};
    collect(subscriber, "killed");
    auto publisher = job("killed-publisher");
    constexpr std::uint64_t numbers_of_a_round = 1'000'000;
    std::set<std::string> accepted;
    for (int round = 0; round < rounds; ++round) {
        publisher.store.durability = static_cast<Durability>(round % 3);
        const auto first = numbers_of_a_round * static_cast<unsigned>(round);
        ReportingProcess process{[&](auto pipe) { publish(publisher, first, pipe); }};
        auto left = 1 + random() % 80;
        for (auto told = process.next(); told; told = process.next()) {
            accepted.insert(std::to_string(*told));
            if (--left == 0) process.kill_at_some_moment(random);
        }
        ASSERT_EQ(process.wait(), -SIGKILL) << "it ended by itself";
    }
    ASSERT_EQ(ReportingProcess{[&](auto) { finish(publisher); }}.wait(), 0);
    loop.until([&] { return std::ranges::all_of(accepted, [&](const auto& each) { return arrived.contains(each); }); });
    EXPECT_GT(accepted.size(), 300u);
    for (const auto& [payload, times] : arrived) {
        EXPECT_TRUE(qos_of(number_of(payload)) == Qos::at_least_once || times == 1) << payload << ": " << times;
    }
    std::vector<std::uint64_t> order;
    std::ranges::transform(first_arrivals, std::back_inserter(order), number_of);
    expect_order(order);
}

TEST_F(KilledProcessTest, AReceiverIsGivenEverythingAndNothingAgainThatItAcknowledgedAtQos2) {
    constexpr int count = 2000;
    const auto receiver = job("killed-receiver");
    leave_messages(receiver, Qos::exactly_once, count);
    const auto received = receive_until_killed(receiver, Claim::by_returning, count);
    EXPECT_EQ(received.times.size(), static_cast<std::size_t>(count)) << "nothing is lost";
    EXPECT_EQ(received.after_acknowledgement, 0);
    EXPECT_TRUE(std::ranges::is_sorted(received.first));
}

TEST_F(KilledProcessTest, AReceiverThatFlushesFirstIsGivenNothingTwiceAtQos2) {
    constexpr int count = 2000;
    const auto receiver = job("killed-flushing-receiver");
    leave_messages(receiver, Qos::exactly_once, count);
    const auto received = receive_until_killed(receiver, Claim::by_flushing, count);
    EXPECT_GE(received.times.size(), static_cast<std::size_t>(count - received.deaths)) << "a death costs one at most";
    for (const auto& [number, times] : received.times) EXPECT_EQ(times, 1) << number;
    EXPECT_TRUE(std::ranges::is_sorted(received.first));
}

TEST_F(KilledProcessTest, AReceiverIsGivenEverythingAtQos1) {
    constexpr int count = 2000;
    const auto receiver = job("killed-receiver-at-least-once");
    leave_messages(receiver, Qos::at_least_once, count);
    const auto received = receive_until_killed(receiver, Claim::by_returning, count);
    EXPECT_EQ(received.times.size(), static_cast<std::size_t>(count)) << "nothing is lost";
    EXPECT_TRUE(std::ranges::is_sorted(received.first));
}

}  // namespace
}  // namespace wsmq::native::test
