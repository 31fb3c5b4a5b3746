// A client, its loop, and a scripted broker.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>

#include "support/scripted_broker.hpp"
#include "wsmq/native/client.hpp"

namespace wsmq::native::test {

using namespace std::chrono_literals;

/// Where an operation's handler leaves what it was told.
template <class... Results> struct Ended {
    int times = 0;
    ErrorCode error;
    std::tuple<Results...> results;

    auto handler() {
        return [this](ErrorCode given, Results... values) {
            ++times;
            error = given;
            results = {std::move(values)...};
        };
    }
    [[nodiscard]] bool ended() const noexcept { return times > 0; }
    [[nodiscard]] const auto& result() const { return std::get<0>(results); }
};
using EndedPublish = Ended<Answer>;
using EndedConnect = Ended<ConnectAnswer>;
using EndedReceive = Ended<Message>;

struct ClientBench {
    boost::asio::io_context io;
    ScriptedBroker broker;
    std::unique_ptr<Client> client;

    /// Reconnections begin at once, and topic aliases do not hide the topics.
    static ClientOptions plain_options() {
        ClientOptions options;
        options.connect.client_id = "me";
        options.connect.keep_alive = 0s;
        options.connect.reconnect.backoff_min = options.connect.reconnect.backoff_max = 0ms;
        return options;
    }

    explicit ClientBench(ClientOptions options = plain_options(), BrokerLimits limits = {}, std::size_t hosts = 1)
        : broker{io, options.connect.version, limits} {
        make_client(std::move(options), hosts);
    }
    ~ClientBench() {
        client.reset();
        run_ready(io);
        EXPECT_EQ(broker.transports_alive(), 0u);
        EXPECT_THAT(broker.model().violations(), testing::IsEmpty());
    }
    ClientBench(const ClientBench&) = delete;
    ClientBench& operator=(const ClientBench&) = delete;

    void make_client(ClientOptions options, std::size_t hosts = 1) {
        options.make_transport = [this](const auto&, std::size_t host) { return broker.make_transport(host); };
        client = std::make_unique<Client>(io.get_executor(), std::vector<std::string>(hosts, "mqtt://localhost"),
                                          std::move(options));
    }
    void connect() {
        EndedConnect connected;
        client->async_connect(connected.handler());
        RUN_UNTIL(io, connected.ended());
        ASSERT_EQ(connected.error, ErrorCode{});
    }
    void subscribe(const char* filter, Client::MessageHandler handler = {}) {
        EndedPublish subscribed;
        client->async_subscribe({filter, Qos::exactly_once}, std::move(handler), subscribed.handler());
        RUN_UNTIL(io, subscribed.ended());
        ASSERT_EQ(subscribed.error, ErrorCode{});
    }
};

}  // namespace wsmq::native::test
