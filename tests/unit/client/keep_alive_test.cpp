// Keep alive (MQTT 5.0, 3.1.2.10), with a timer for each direction.
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

ConnectOptions every(std::chrono::seconds interval) {
    ConnectOptions options = plain_options();
    options.keep_alive = interval;
    return options;
}

TEST(KeepAlive, PingsAnIdleConnection) {  // [MQTT-3.1.2-20]
    Bench bench{every(30s)};
    bench.connect();
    bench.advance(29'999ms).expect_silence();
    bench.advance(1ms).expect(pingreq()).reply(pingresp());
    bench.advance(29'999ms).expect_silence();
    bench.advance(1ms).expect(pingreq()).reply(pingresp());
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(KeepAlive, IsThirtySecondsByDefault) {
    Bench bench;
    EXPECT_EQ(bench.connect().keep_alive, 30);
    EXPECT_EQ(bench.until_deadline(), 30s);
}

TEST(KeepAlive, TakesTheServersInstead) {  // [MQTT-3.2.2-21]
    Bench bench{every(30s)};
    bench.connect(connack().with(PropertyId::server_keep_alive, 7));
    EXPECT_EQ(bench.client().negotiated().keep_alive, 7s);
    bench.advance(6'999ms).expect_silence();
    bench.advance(1ms).expect(pingreq());
    bench.lose();
    EXPECT_EQ(bench.reconnect(connack()).keep_alive, 30) << "the user's options are the user's";
    EXPECT_EQ(bench.client().negotiated().keep_alive, 30s);
}

TEST(KeepAlive, ZeroSwitchesItOff) {
    Bench bench{every(0s)};
    EXPECT_EQ(bench.connect().keep_alive, 0);
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
    bench.advance(24h).expect_silence().expect_no_event();
}

TEST(KeepAlive, ServersZeroSwitchesItOffToo) {
    Bench bench{every(30s)};
    bench.connect(connack().with(PropertyId::server_keep_alive, std::uint32_t{0}));
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
}

ConnectOptions by_sending(std::chrono::seconds interval) {
    ConnectOptions options = every(interval);
    options.keep_alive_by_sending = true;
    return options;
}

TEST(KeepAlive, BySendingPingsWhatIsIdle) {
    Bench bench{by_sending(10s)};
    bench.connect();
    bench.advance(10s).expect(pingreq());
    bench.advance(5s).expect_silence().reply(pingresp());
    bench.advance(9'999ms).expect_silence();
    bench.advance(1ms).expect(pingreq());
    bench.advance(9'999ms).expect_no_event();
    bench.advance(1ms);
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::keep_alive_timed_out);
}

TEST(KeepAlive, GivesTheConnectionUpWithoutAnAnswer) {
    Bench bench{every(30s)};
    bench.connect();
    bench.advance(30s).expect(pingreq());
    bench.advance(9'999ms).expect_no_event();
    bench.advance(1ms);
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::keep_alive_timed_out);
    EXPECT_TRUE(end.was_connected);
    EXPECT_TRUE(end.reconnecting);
    bench.expect_hang_up().forget();
    bench.reconnect(connack());
}

TEST(KeepAlive, TheAnswerHasHalfTheIntervalWithinBounds) {
    struct Case {
        std::chrono::seconds interval;
        Duration patience;
    };
    for (const auto& [interval, patience] :
         {Case{1s, 1s}, Case{2s, 1s}, Case{8s, 4s}, Case{20s, 10s}, Case{65'535s, 10s}}) {
        SCOPED_TRACE(interval.count());
        Bench bench{every(interval)};
        bench.connect();
        bench.advance(interval).expect(pingreq());
        EXPECT_EQ(bench.until_deadline(), patience);
        bench.advance(patience);
        EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::keep_alive_timed_out);
        bench.forget();
    }
}

TEST(KeepAlive, AnythingReceivedIsAnAnswer) {
    Bench bench{every(30s)};
    bench.connect();
    bench.advance(30s).expect(pingreq());
    bench.advance(9s).send(publish("a", "b"));
    bench.event<seen::Message>();
    bench.advance(10s).expect_no_event();
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(KeepAlive, PingsWhileReceivingWhenNothingIsSent) {
    Bench bench{every(30s)};
    bench.connect();
    for (int i = 0; i < 3; ++i) {
        bench.expect_silence().advance(10s).send(publish("a", "b"));
        bench.event<seen::Message>();
    }
    bench.advance(0ms).expect(pingreq()).reply(pingresp());
}

TEST(KeepAlive, PingsWhileSendingWhenNothingIsReceived) {
    Bench bench{every(30s)};
    bench.connect();
    for (int i = 0; i < 3; ++i) {
        bench.advance(10s - 1ms);
        bench.publish("a", "b");
        bench.expect(publish("a", "b"));
    }
    bench.advance(3ms).expect(pingreq());
    // A dead link is found though we keep sending.
    for (int i = 0; i < 9; ++i) {
        bench.advance(1s);
        bench.publish("a", "b");
        bench.expect(publish("a", "b"));
    }
    bench.advance(1s);
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::keep_alive_timed_out);
    bench.forget();
}

TEST(KeepAlive, NeverPingsWhileBothDirectionsAreBusy) {
    Bench bench{every(30s)};
    bench.connect();
    for (int i = 0; i < 100; ++i) {
        bench.advance(20s);
        bench.publish("a", "b", qos1);
        bench.reply(puback(bench.take(PacketType::publish).id));
        bench.event<seen::Completed>();
    }
    bench.expect_silence();
}

TEST(KeepAlive, SendsOnePingAtATime) {
    Bench bench{every(4s)};
    bench.connect();
    bench.advance(4s).expect(pingreq());
    bench.advance(1'999ms).expect_silence();
    bench.send(pingresp());
    bench.advance(2s).expect_silence();
    bench.advance(1ms).expect(pingreq()).expect_silence();
}

TEST(KeepAlive, ATickThatWasHeldBackGetsOneGracePeriod) {
    Bench bench{every(30s)};
    bench.connect();
    bench.advance(30s).expect(pingreq());
    bench.sleep(60s).expect_no_event();
    EXPECT_TRUE(bench.client().is_connected());
    bench.advance(9'999ms).expect_no_event();
    bench.send(pingresp());
    bench.advance(0ms).expect(pingreq()).reply(pingresp());
    bench.advance(20s).expect_no_event();
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(KeepAlive, TheGracePeriodIsNotGivenTwice) {
    Bench bench{every(30s)};
    bench.connect();
    bench.advance(30s).expect(pingreq());
    bench.sleep(60s).expect_no_event();
    bench.sleep(60s);
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::keep_alive_timed_out);
    bench.forget();
}

TEST(KeepAlive, APageThatSleptThroughItsPingPingsFirst) {
    Bench bench{every(30s)};
    bench.connect();
    bench.sleep(1h).expect(pingreq()).expect_no_event();
    bench.advance(5s).send(pingresp());
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(KeepAlive, SpuriousTicksDoNoHarm) {
    Bench bench{every(30s)};
    bench.connect();
    for (int i = 0; i < 29; ++i) bench.sleep(1s).expect_silence().expect_no_event();
    bench.sleep(1s).expect(pingreq());
    for (int i = 0; i < 9; ++i) bench.sleep(1s).expect_silence().expect_no_event();
}

TEST(KeepAlive, WhileTheInputIsHeldPingsGoAndNoAnswerIsAwaited) {
    Bench bench{every(30s)};
    bench.connect();
    bench.client().hold_input(true, bench.now());
    for (int i = 0; i < 10; ++i) bench.advance(30s).expect(pingreq()).expect_no_event();
    bench.client().hold_input(false, bench.now());
    bench.advance(30s).expect(pingreq()).advance(9'999ms).expect_no_event().advance(1ms);
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::keep_alive_timed_out);
    bench.forget();
}

TEST(KeepAlive, AnAnswerThatWasDueIsForgivenWhenTheInputIsHeld) {
    Bench bench{every(30s)};
    bench.connect();
    bench.advance(30s).expect(pingreq());
    bench.client().hold_input(true, bench.now());
    bench.advance(29s).expect_silence().expect_no_event();
    bench.wake_up();
    bench.expect(pingreq());
    bench.advance(29s).expect_silence().expect_no_event();
}

TEST(KeepAlive, AnUnaskedPingrespIsHarmless) {
    Bench bench{every(30s)};
    bench.connect();
    bench.send(pingresp());
    EXPECT_TRUE(bench.client().is_connected());
}

}  // namespace
}  // namespace wsmq::test
