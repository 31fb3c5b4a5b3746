// Keep alive over a line that takes longer for a payload than the broker has for an answer: bytes that get through are
// signs of life.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

constexpr std::size_t megabyte = 1'000'000;

ConnectOptions every_5_seconds() {
    ConnectOptions options = plain_options();
    options.keep_alive = 5s;
    return options;
}

/// A line of so many bytes a second between the bench and its broker.
class SlowLine {
public:
    SlowLine(Bench& bench, std::size_t per_second) : bench_{bench}, per_second_{per_second} {}

    /// So many bytes have been given to the transport.
    void give(std::size_t bytes) {
        held_ += bytes;
        bench_.backlog(held_);
    }
    /// As a driver that looks at the backlog when the client's timer is due, and at nothing else.
    void advance(Duration time) {
        for (const TimePoint end = bench_.now() + time; bench_.now() < end;) {
            const auto left = std::chrono::duration_cast<Duration>(end - bench_.now());
            const Duration step = std::min(bench_.until_deadline(), left);
            held_ -= std::min(held_, per_second_ * static_cast<std::size_t>(step.count()) / 1000);
            bench_.pass(step);
            bench_.backlog(held_);
            bench_.advance(0ms);
            // The broker's answer to whatever had stood behind the payload.
            while (held_ == 0 && bench_.packets_waiting() > 0) answer(bench_.take());
        }
    }
    [[nodiscard]] std::size_t held() const noexcept { return held_; }

private:
    void answer(const Packet& packet) {
        if (packet.type == PacketType::pingreq) bench_.send(pingresp());
        if (packet.type == PacketType::publish && packet.qos == qos1) bench_.send(puback(packet.id));
    }

    Bench& bench_;
    std::size_t per_second_;
    std::size_t held_ = 0;
};

TEST(SlowLine, APayloadThatTakesThreeIntervalsArrives) {
    Bench bench{every_5_seconds()};
    bench.connect();
    SlowLine line{bench, 100'000};
    const auto id = bench.publish("a", std::string(15 * megabyte / 10, 'x'), qos1);
    line.give(15 * megabyte / 10);
    line.advance(60s);
    bench.expect_event(seen::Completed{.id = id}).expect_no_event();
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(SlowLine, SoDoesWhatADriverTellsOtherwise) {
    Bench bench{every_5_seconds()};
    bench.connect();
    const auto id = bench.publish("a", "x", qos1);
    bench.take(PacketType::publish);
    for (int i = 0; i < 60; ++i) {
        bench.client().transport_progressed(bench.now());
        bench.advance(1s).expect_no_event();
        bench.forget_packets();
    }
    bench.send(puback(1)).expect_event(seen::Completed{.id = id});
}

TEST(SlowLine, AfterTheLastProgressTheAnswerHasAsLongAgainAsItWasWaitedFor) {
    Bench bench{every_5_seconds()};
    bench.connect();
    SlowLine line{bench, 100'000};
    bench.publish("a", std::string(megabyte, 'x'));
    line.give(megabyte);
    bench.forget_packets();
    bench.pass(5s).backlog(megabyte / 2).advance(0ms).expect(pingreq());
    bench.pass(2500ms).backlog(1000).advance(0ms);
    EXPECT_EQ(bench.until_deadline(), 2500ms);
    bench.pass(2500ms).backlog(0).advance(0ms);  // from so little, which says nothing
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::keep_alive_timed_out);
    bench.forget();
}

TEST(SlowLine, ALineThatStallsIsGivenUp) {
    Bench bench{every_5_seconds()};
    bench.connect();
    bench.publish("a", std::string(megabyte, 'x'));
    bench.backlog(megabyte).forget_packets();
    for (int second = 1; second <= 5; ++second) {
        bench.pass(1s).backlog(megabyte - static_cast<std::size_t>(second) * 100'000).advance(0ms);
    }
    bench.expect(pingreq()).advance(2499ms).expect_no_event().advance(1ms);
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::keep_alive_timed_out);
    bench.forget();
}

TEST(SlowLine, ADeadLineIsFoundThoughLittleMessagesLeaveAtOnce) {
    Bench bench{every_5_seconds()};
    bench.connect();
    bool is_lost = false;
    for (int i = 0; i < 10 && !is_lost; ++i) {
        bench.publish("a", std::string(1000, 'x'));
        bench.backlog(1000).backlog(0).forget_packets();
        bench.advance(1s);
        is_lost = !bench.client().is_connected();
    }
    EXPECT_TRUE(is_lost);
    bench.forget();
}

TEST(SlowLine, BySendingItPutsTheEndOff) {
    ConnectOptions options = every_5_seconds();
    options.keep_alive_by_sending = true;
    Bench bench{options};
    bench.connect();
    SlowLine line{bench, 100'000};
    const auto id = bench.publish("a", std::string(15 * megabyte / 10, 'x'), qos1);
    line.give(15 * megabyte / 10);
    line.advance(60s);
    bench.expect_event(seen::Completed{.id = id}).expect_no_event();
}

}  // namespace
}  // namespace wsmq::test
