// handle_wake_up(): the network came back, or the laptop's lid was opened.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(WakeUp, AWaitingReconnectionBeginsNow) {
    ConnectOptions options = plain_options();
    options.reconnect.backoff_min = 20'000ms;
    options.random_seed = 4;
    Bench bench{options};
    bench.connect();
    ASSERT_GT(bench.lose().retry_in, 1s);
    bench.wake_up();
    EXPECT_EQ(bench.transport(), Bench::Transport::wanted);
    bench.reconnect(connack());
}

TEST(WakeUp, AnOpenConnectionIsProbed) {
    Bench bench;
    bench.connect();
    bench.advance(3s);
    bench.wake_up();
    bench.expect(pingreq());
    EXPECT_EQ(bench.until_deadline(), 5s);
    bench.reply(pingresp());
    bench.advance(20s).expect_no_event();
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(WakeUp, ADeadConnectionIsGivenUpSoon) {
    Bench bench;
    bench.connect();
    bench.wake_up();
    bench.expect(pingreq());
    bench.advance(4'999ms).expect_no_event();
    bench.advance(1ms);
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::keep_alive_timed_out);
    bench.expect_hang_up().forget();
}

ConnectOptions patient_options() {
    ConnectOptions options = plain_options();
    options.reconnect.backoff_min = options.reconnect.backoff_max = 3'600'000ms;
    return options;
}

TEST(WakeUp, AConnectionThatIsFoundDeadIsReplacedAtOnce) {
    Bench bench{patient_options()};
    bench.connect();
    bench.wake_up();
    bench.expect(pingreq());
    EXPECT_EQ(bench.lose().retry_in, 0ms);
    bench.reconnect(connack());
    bench.wake_up();
    bench.expect(pingreq());
    bench.advance(5s).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().retry_in, 0ms);
    bench.reconnect(connack());
    EXPECT_GT(bench.lose().retry_in, 0ms) << "without a wake-up";
}

TEST(WakeUp, ALossAfterTheAnswerWaitsAsUsual) {
    Bench bench{patient_options()};
    bench.connect();
    bench.wake_up();
    bench.expect(pingreq()).reply(pingresp());
    EXPECT_GT(bench.lose().retry_in, 0ms);
}

TEST(WakeUp, APingOfTheKeepAliveIsNoProbe) {
    Bench bench{patient_options()};
    bench.connect();
    bench.wake_up();
    bench.expect(pingreq()).reply(pingresp());
    bench.advance(30s);
    bench.expect(pingreq());
    EXPECT_GT(bench.lose().retry_in, 0ms);
}

TEST(WakeUp, ProbesWithoutKeepAliveToo) {
    ConnectOptions options = plain_options();
    options.keep_alive = 0s;
    Bench bench{options};
    bench.connect();
    bench.wake_up();
    bench.expect(pingreq());
    bench.advance(5s);
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::keep_alive_timed_out);
    bench.forget();
}

TEST(WakeUp, ASecondOneDoesNotProlongTheFirst) {
    Bench bench;
    bench.connect();
    bench.wake_up();
    bench.expect(pingreq());
    bench.advance(3s);
    bench.wake_up();
    bench.advance(2s);
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::keep_alive_timed_out);
    bench.forget();
}

TEST(WakeUp, IsNothingToAnIdleClient) {
    Bench bench;
    bench.wake_up();
    bench.expect_silence().expect_no_event();
    EXPECT_EQ(bench.transport(), Bench::Transport::none);
}

TEST(WakeUp, IsNothingToAConnectionThatIsBeingMade) {
    Bench bench;
    bench.start();
    bench.wake_up();
    bench.open();
    bench.take(PacketType::connect);
    bench.wake_up();
    bench.expect_silence().expect_no_event();
    bench.send(connack());
    bench.event<seen::Connected>();
}

}  // namespace
}  // namespace wsmq::test
