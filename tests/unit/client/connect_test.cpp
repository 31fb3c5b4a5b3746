// From start() to CONNACK (MQTT 5.0, 3.1 and 3.2).
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

TEST(Connect, StartWantsATransport) {
    Bench bench;
    EXPECT_FALSE(bench.client().is_started());
    bench.start();
    EXPECT_TRUE(bench.client().is_started());
    EXPECT_FALSE(bench.client().is_connected());
    EXPECT_EQ(bench.transport(), Bench::Transport::wanted);
    EXPECT_EQ(bench.wanted(), (seen::OpenTransport{.host = 0, .attempt = 0}));
    bench.expect_silence().expect_no_event();
}

TEST(Connect, ASecondStartDoesNothing) {
    Bench bench;
    bench.start();
    bench.begin_connecting();
    bench.expect_silence();
}

TEST(Connect, ASecondStartDoesNothingWhenConnected) {
    Bench bench;
    bench.connect();
    bench.start();
    EXPECT_TRUE(bench.client().is_connected());
    EXPECT_EQ(bench.transport(), Bench::Transport::open);
}

TEST(Connect, ConnectIsTheFirstPacket) {  // [MQTT-3.1.0-1]
    Bench bench;
    bench.start();
    bench.publish("a", "early", qos1);
    bench.open();
    bench.take(PacketType::connect);
    bench.expect_silence().send(connack());
    EXPECT_TRUE(bench.client().is_connected());
    bench.expect_event(seen::Connected{}).expect_event(seen::QueueDrained{});
    bench.expect(publish("a", "early").at(qos1, 1));
}

TEST(Connect, CarriesTheOptions) {
    ConnectOptions options = plain_options();
    options.client_id = "name";
    options.keep_alive = 77s;
    options.session_expiry_interval = 99;
    options.receive_maximum = 20;
    options.maximum_packet_size = 70'000;
    options.topic_alias_maximum = 5;
    options.credentials = {.username = "ann", .password = block_of("secret")};
    options.encoded_properties = block_of(PropertyWriter{}.user_property("k", "v").bytes());
    Bench bench{options};
    const Packet packet = bench.connect();
    EXPECT_EQ(packet.version, Version::v5);
    EXPECT_TRUE(packet.clean_start);
    EXPECT_EQ(packet.client_id, "name");
    EXPECT_EQ(packet.keep_alive, 77);
    EXPECT_EQ(packet.username, "ann");
    EXPECT_EQ(packet.password, "secret");
    EXPECT_FALSE(packet.will);
    EXPECT_EQ(packet.integer(PropertyId::session_expiry_interval), 99u);
    EXPECT_EQ(packet.integer(PropertyId::receive_maximum), 20u);
    EXPECT_EQ(packet.integer(PropertyId::maximum_packet_size), 70'000u);
    EXPECT_EQ(packet.integer(PropertyId::topic_alias_maximum), 5u);
    EXPECT_NE(describe_properties(packet.properties).find("(\"k\",\"v\")"), std::string::npos);
}

TEST(Connect, ReceiveMaximumIsAtLeastOneOnTheWire) {
    ConnectOptions options = plain_options();
    options.receive_maximum = 1;
    options.topic_alias_maximum = 0;
    Bench bench{options};
    const Packet packet = bench.connect();
    EXPECT_EQ(packet.integer(PropertyId::receive_maximum), 1u);
    EXPECT_EQ(packet.integer(PropertyId::topic_alias_maximum).value_or(0), 0u);
}

TEST(Connect, DoesNotMentionALimitThatIsNone) {
    ConnectOptions options = plain_options();
    options.maximum_packet_size = limits::largest_packet;
    Bench bench{options};
    EXPECT_FALSE(bench.connect().integer(PropertyId::maximum_packet_size));
}

TEST(Connect, TellsConnectedWithTheBrokersProperties) {
    Bench bench;
    bench.begin_connecting();
    const Packet answer = connack().with_user_property("server", "x");
    bench.send(answer);
    bench.expect_event(
        seen::Connected{.session_present = false, .reconnected = false, .properties = answer.properties});
}

TEST(Connect, ReadsAConnackThatComesByteByByte) {
    Bench bench;
    bench.begin_connecting();
    bench.send_in_pieces(connack().with(PropertyId::receive_maximum, 7), 1);
    bench.expect_event(seen::Connected{.properties = connack().with(PropertyId::receive_maximum, 7).properties});
    EXPECT_EQ(bench.client().negotiated().receive_maximum, 7);
}

TEST(Connect, KeepsTheAssignedClientIdentifier) {  // [MQTT-3.2.2-16]
    ConnectOptions options = plain_options();
    options.client_id.clear();
    Bench bench{options};
    EXPECT_EQ(bench.connect(connack().with(PropertyId::assigned_client_identifier, "given")).client_id, "");
    EXPECT_EQ(bench.client().client_id(), "given");
    bench.lose();
    EXPECT_EQ(bench.reconnect(connack()).client_id, "given");
}

TEST(Connect, ASecondConnackIsAProtocolError) {  // [MQTT-3.2.0-2]
    Bench bench;
    bench.connect();
    bench.send(connack());
    bench.expect(disconnect(ReasonCode::protocol_error)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
}

TEST(Connect, ASessionThatWeDoNotHaveIsAProtocolError) {  // [MQTT-3.2.2-4]
    Bench bench;
    bench.begin_connecting();
    bench.send(connack().with_session());
    bench.expect_hang_up();
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::protocol_error);
    EXPECT_FALSE(end.was_connected);
    EXPECT_FALSE(end.reconnecting);
}

TEST(Connect, WithoutCleanStartTheBrokersOldSessionIsTaken) {
    Bench bench{lasting_options()};
    const Packet packet = bench.connect(connack().with_session());
    EXPECT_FALSE(packet.clean_start);
}

TEST(Connect, NothingButAuthAndDisconnectMayComeBeforeConnack) {  // [MQTT-3.2.0-1]
    for (const Packet& early :
         {publish("a", "b"), puback(1), pubrel(1), suback(1, {ReasonCode::success}), pingresp()}) {
        SCOPED_TRACE(early);
        Bench bench;
        bench.begin_connecting();
        bench.send(early);
        const auto end = bench.event<seen::Disconnected>();
        EXPECT_EQ(end.why, Errc::protocol_error);
        EXPECT_FALSE(end.was_connected);
        bench.expect_no_event().expect_hang_up().forget();
    }
}

ConnectOptions options_with_timeout() {
    ConnectOptions options = plain_options();
    options.connect_timeout = 5s;
    return options;
}

TEST(Connect, TimesOutWithoutATransport) {
    Bench bench{options_with_timeout()};
    bench.start();
    bench.advance(4999ms).expect_no_event();
    bench.advance(1ms);
    bench.expect_event(seen::Disconnected{.why = Errc::connect_timed_out}).expect_hang_up();
    EXPECT_FALSE(bench.client().is_started());
}

TEST(Connect, TimesOutWithoutAConnack) {
    Bench bench{options_with_timeout()};
    bench.start();
    bench.advance(2s).open();
    bench.take(PacketType::connect);
    bench.advance(2999ms).expect_no_event();
    bench.advance(1ms);
    bench.expect_event(seen::Disconnected{.why = Errc::connect_timed_out}).expect_hang_up().forget();
}

TEST(Connect, ALateTimerIsNotTheBrokersFault) {
    Bench bench{options_with_timeout()};
    bench.start();
    bench.sleep(9s).expect_no_event();
    bench.open();
    bench.take(PacketType::connect);
    bench.reply(connack());
    (void)bench.event<seen::Connected>();
}

TEST(Connect, ALateTimerGivesTheBrokerOneMomentMore) {
    Bench bench{options_with_timeout()};
    bench.start();
    bench.sleep(9s).expect_no_event();
    EXPECT_EQ(bench.until_deadline(), 5s);
    bench.sleep(9s);
    bench.expect_event(seen::Disconnected{.why = Errc::connect_timed_out}).expect_hang_up();
}

TEST(Connect, TheTimeoutEndsWithConnack) {
    ConnectOptions options = options_with_timeout();
    options.keep_alive = 0s;
    Bench bench{options};
    bench.connect();
    EXPECT_EQ(bench.client().next_deadline(), std::nullopt);
    bench.advance(60s).expect_no_event().expect_silence();
}

TEST(Connect, TellsWhyTheTransportCouldNotBeOpened) {
    Bench bench;
    bench.start();
    bench.refuse();
    bench.expect_event(seen::Disconnected{.why = Errc::transport_failed});
    EXPECT_FALSE(bench.client().is_started());
}

TEST(Connect, TheTransportMayCloseBeforeConnack) {
    Bench bench;
    bench.begin_connecting();
    bench.cut();
    bench.expect_event(seen::Disconnected{.why = Errc::transport_closed});
}

TEST(Connect, CanBeStartedAgainAfterItGaveUp) {
    Bench bench;
    bench.start();
    bench.refuse();
    bench.event<seen::Disconnected>();
    bench.connect();
    EXPECT_TRUE(bench.client().is_connected());
}

TEST(Connect, TransportNewsThatNobodyWaitsForAreIgnored) {
    Bench bench;
    const Block answer = encode_from_broker(connack(), Version::v5);
    bench.client().transport_opened(bench.now());
    bench.client().receive(answer, bench.now());
    bench.client().transport_closed(bench.now());
    bench.client().handle_timeout(bench.now());
    bench.settle();
    bench.expect_silence().expect_no_event();
    bench.connect();
    bench.client().transport_opened(bench.now());
    bench.settle();
    bench.expect_silence().expect_no_event();
    EXPECT_TRUE(bench.client().is_connected());
}

}  // namespace
}  // namespace wsmq::test
