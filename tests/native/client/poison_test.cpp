// One message over which the broker ends every connection: it is given up, and those behind it are delivered. Against a
// real Mosquitto, which takes topics of 200 levels and, here, packets of 2,000 bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/mosquitto_fixture.hpp"

namespace wsmq::native::test {
namespace {

struct Bad {
    const char* name;
    Version version;
    std::string topic;
    std::size_t size;
};

std::string levels(std::size_t count) {
    std::string topic = "poison";
    for (std::size_t i = 1; i < count; ++i) topic += "/a";
    return topic;
}

class PoisonTest : public MosquittoSuite, public testing::WithParamInterface<Bad> {
protected:
    static void SetUpTestSuite() { mosquitto = new Mosquitto{"max_packet_size 2000\n"}; }
};

TEST_P(PoisonTest, IsReportedAndWhatIsBehindItArrives) {
    const auto& bad = GetParam();
    ClientOptions options;
    options.connect.version = bad.version;
    options.connect.client_id = bad.name;
    options.connect.clean_start = false;
    options.connect.session_expiry_interval = bad.version == Version::v5 ? 600 : 0;
    options.connect.reconnect.backoff_min = options.connect.reconnect.backoff_max = std::chrono::milliseconds{20};
    Client client{loop.context.get_executor(), mosquitto->url("mqtt"), options};
    const std::string sound = "sound/" + std::string{bad.name};
    std::vector<std::string> heard;
    bool subscribed = false;
    client.async_connect([](ErrorCode error, const ConnectAnswer&) { EXPECT_FALSE(error) << error.message(); });
    client.async_subscribe(
        {sound, Qos::exactly_once}, [&](const wsmq::Message& message) { heard.emplace_back(as_text(message.payload)); },
        [&](ErrorCode error, const Answer&) { subscribed = !error; });
    loop.until([&] { return subscribed; });

    int delivered = 0;
    ErrorCode reported;
    const auto publish = [&](const char* payload, Qos qos) {
        client.async_publish(sound, payload, {.qos = qos}, [&](ErrorCode error, const Answer&) {
            EXPECT_FALSE(error) << error.message();
            ++delivered;
        });
    };
    publish("before", Qos::at_least_once);
    client.async_publish(bad.topic, std::string(bad.size, 'x'), {.qos = Qos::at_least_once},
                         [&](ErrorCode error, const Answer&) { reported = error; });
    publish("behind", Qos::at_least_once);
    publish("at last", Qos::exactly_once);
    loop.until([&] { return reported && delivered == 3 && heard.size() >= 3; });
    EXPECT_NE(reported, Errc::stopped);
    EXPECT_TRUE(client.is_started());
    for (const auto* payload : {"before", "behind", "at last"}) EXPECT_THAT(heard, testing::Contains(payload));
    // It goes on as if nothing had been.
    publish("afterwards", Qos::at_least_once);
    loop.until([&] { return delivered == 4; });
    EXPECT_EQ(client.unfinished_messages(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Mosquitto, PoisonTest,
                         testing::Values(Bad{"DeepTopic311", Version::v3_1_1, levels(300), 1},
                                         Bad{"DeepTopic5", Version::v5, levels(300), 1},
                                         Bad{"LargePacket311", Version::v3_1_1, "poison", 3'000}),
                         [](const auto& bad) { return std::string{bad.param.name}; });

}  // namespace
}  // namespace wsmq::native::test
