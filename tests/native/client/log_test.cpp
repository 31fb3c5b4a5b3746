// What a client reports to a log: at which level, and what never appears in it.
#include "client/client_bench.hpp"

namespace wsmq::native::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A client that logs, and its lines with the level before each.
struct LoggingBench {
    explicit LoggingBench(LogLevel level) : bench{options(level), {}, 2} {}

    ClientOptions options(LogLevel level) {
        auto chosen = ClientBench::plain_options();
        chosen.log_level = level;
        chosen.log = [this](LogLevel of, std::string_view line) {
            lines.push_back(std::string{"EWID"[static_cast<int>(of)]} + " " + std::string{line});
        };
        return chosen;
    }

    std::vector<std::string> lines;
    ClientBench bench;
};

TEST(ClientLog, ReportsAttemptsConnectionsAndTheEnd) {
    LoggingBench log{LogLevel::info};
    log.bench.broker.refuse_openings(0, TransportError::connect_failed);
    log.bench.connect();
    ASSERT_EQ(log.lines.size(), 4u);
    EXPECT_THAT(log.lines[0], AllOf(StartsWith("I Connecting to "), HasSubstr("attempt 1")));
    EXPECT_THAT(log.lines[1],
                AllOf(StartsWith("W The attempt to connect failed"), HasSubstr("the next attempt follows in")));
    EXPECT_EQ(log.lines[3], "I Connected; the session is new.");
    bool ended = false;
    log.bench.client->async_disconnect([&](ErrorCode) { ended = true; });
    RUN_UNTIL(log.bench.io, ended);
    EXPECT_EQ(log.lines.back(), "I The connection ended.");
}

TEST(ClientLog, ReportsWhyItEndedForGoodAsAnError) {
    LoggingBench log{LogLevel::error};
    log.bench.broker.intercept = [&](const Packet&) {
        log.bench.broker.send(wsmq::test::connack(ReasonCode::not_authorized));
        return true;
    };
    EndedConnect refused;
    log.bench.client->async_connect(refused.handler());
    RUN_UNTIL(log.bench.io, refused.ended());
    EXPECT_THAT(log.lines, ElementsAre(AllOf(StartsWith("E "), HasSubstr("Not authorized"))));
}

TEST(ClientLog, NamesEveryPacketAtTheLevelDebugAndNoPayload) {
    LoggingBench log{LogLevel::debug};
    log.bench.connect();
    bool acknowledged = false;
    log.bench.client->async_publish("a/b", "the payload", {.qos = Qos::at_least_once},
                                    [&](ErrorCode, const Answer&) { acknowledged = true; });
    RUN_UNTIL(log.bench.io, acknowledged);
    EXPECT_THAT(log.lines, Contains(StartsWith("D Sent CONNECT \"me\"")));
    EXPECT_THAT(log.lines, Contains(StartsWith("D Received CONNACK")));
    EXPECT_THAT(log.lines, Contains(StartsWith("D Sent PUBLISH \"a/b\", QoS 1, packet identifier ")));
    EXPECT_THAT(log.lines, Contains(StartsWith("D Received PUBACK, packet identifier ")));
    EXPECT_THAT(log.lines, Not(Contains(HasSubstr("payload"))));
}

TEST(ClientLog, ALoggerThatThrowsStopsNothing) {
    auto options = ClientBench::plain_options();
    options.log_level = LogLevel::debug;
    bool is_full = true;
    options.log = [&](LogLevel, std::string_view) {
        if (is_full) throw std::runtime_error{"disk full"};
    };
    ClientBench bench{std::move(options)};
    bool connected = false;
    int thrown = 0;
    bench.client->async_connect([&](ErrorCode error, const ConnectAnswer&) { connected = !error; });
    while (!connected || thrown < 3) {
        try {
            bench.io.restart();
            ASSERT_GT(bench.io.run_one_for(std::chrono::seconds{30}), 0u);
        } catch (const std::runtime_error&) {
            ++thrown;
        }
    }
    for (is_full = false;;) {
        try {
            return run_ready(bench.io);
        } catch (const std::runtime_error&) {  // of lines that were logged before
        }
    }
}

}  // namespace
}  // namespace wsmq::native::test
