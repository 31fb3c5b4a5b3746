// The client against a real broker: every transport, a broker that is restarted in the middle of the
// traffic, and a loop of several threads. Killed processes are in killed_process_test.cpp.
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <future>
#include <thread>

#include "client/mosquitto_fixture.hpp"

namespace wsmq::native::test {
namespace {

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

INSTANTIATE_TEST_SUITE_P(EachTransport, ClientTransportTest, testing::Values("mqtt", "mqtts", "ws", "wss", "mqtt+unix"),
                         [](const auto& scheme) {
                             std::string name{scheme.param};
                             std::erase(name, '+');
                             return name;
                         });

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

TEST_F(ClientMosquittoTest, WhereFiltersOverlapEachHandlerHearsAMessageOnce) {
    for (const auto version : {Version::v3_1_1, Version::v5}) {
        ClientOptions options;
        options.connect.version = version;
        Client client{loop.context.get_executor(), mosquitto->url("mqtt"), options};
        std::map<std::string, int> heard;
        int answers = 0;
        bool is_over = false;
        client.async_connect([](ErrorCode error, const ConnectAnswer&) { EXPECT_FALSE(error) << error.message(); });
        const auto listen = [&](const char* filter, const char* name) {
            client.async_subscribe(
                {filter}, [&heard, name](const wsmq::Message&) { ++heard[name]; },
                [&](ErrorCode error, const Answer&) {
                    EXPECT_FALSE(error) << error.message();
                    ++answers;
                });
        };
        listen("o/#", "wide");
        listen("o/1", "exact");
        listen("o/1", "exact too");
        client.async_subscribe(
            {"fence"}, [&](const wsmq::Message&) { is_over = true; }, [&](auto&&...) { ++answers; });
        loop.until([&] { return answers == 4; });
        ASSERT_TRUE(client.publish("o/1", "x"));
        ASSERT_TRUE(client.publish("fence", "x"));
        loop.until([&] { return is_over; });
        EXPECT_EQ(heard, (std::map<std::string, int>{{"wide", 1}, {"exact", 1}, {"exact too", 1}}));
    }
}

TEST_F(ClientMosquittoTest, ASecondHandlerOfAFilterBringsTheFirstNoRetainedMessageAgain) {
    for (const auto version : {Version::v3_1_1, Version::v5}) {
        for (const char* filter : {"stored/+", "stored/1"}) {
            ClientOptions options;
            options.connect.version = version;
            Client client{loop.context.get_executor(), mosquitto->url("mqtt"), options};
            std::map<std::string, std::vector<std::string>> heard;
            int answers = 0;
            client.async_connect([](ErrorCode error, const ConnectAnswer&) { EXPECT_FALSE(error) << error.message(); });
            const auto listen = [&](const std::string& name) {
                client.async_subscribe(
                    {filter, Qos::at_least_once},
                    [&heard, name](const wsmq::Message& message) {
                        heard[name].emplace_back(as_text(message.payload));
                    },
                    [&](ErrorCode error, const Answer&) {
                        EXPECT_FALSE(error) << error.message();
                        ++answers;
                    });
            };
            const auto publish = [&](const char* payload, bool retain) {
                client.async_publish("stored/1", payload, {.qos = Qos::at_least_once, .retain = retain},
                                     [&](ErrorCode, const Answer&) { ++answers; });
            };
            publish("stored", true);
            loop.until([&] { return answers == 1; });
            listen("first");
            loop.until([&] { return heard["first"].size() == 1; });
            listen("second");
            listen("third");
            loop.until([&] { return answers == 4 && heard["second"].size() == 1 && heard["third"].size() == 1; });
            publish("live", false);
            // The acknowledgement, too: what the next client counts is not to be this one's.
            loop.until([&] { return answers == 5 && heard["first"].size() > 1 && heard["third"].size() > 1; });
            for (const auto* name : {"first", "second", "third"}) {
                EXPECT_EQ(heard[name], (std::vector<std::string>{"stored", "live"})) << name;
            }
        }
    }
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
