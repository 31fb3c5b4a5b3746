// What clients of a real broker have in common.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/mosquitto_suite.hpp"
#include "wsmq/native/client.hpp"

namespace wsmq::native::test {

class ClientMosquittoTest : public MosquittoSuite {
protected:
    /// A session that outlives its connections.
    static ClientOptions lasting(const std::string& client_id) {
        ClientOptions options;
        options.connect.client_id = client_id;
        options.connect.clean_start = false;
        options.connect.session_expiry_interval = 600;
        options.connect.reconnect.retry_first_connection = true;
        options.connect.reconnect.backoff_min = options.connect.reconnect.backoff_max = std::chrono::milliseconds{20};
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
            [this](const wsmq::Message& message) {
                std::string payload{as_text(message.payload)};
                if (++arrived[payload] == 1) first_arrivals.push_back(std::move(payload));
            },
            [&](ErrorCode error, const Answer&) {
                EXPECT_FALSE(error) << error.message();
                subscribed = true;
            });
        loop.until([&] { return subscribed; });
    }

    std::map<std::string, int> arrived;
    std::vector<std::string> first_arrivals;  ///< in their order
};

}  // namespace wsmq::native::test
