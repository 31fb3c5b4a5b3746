// Enhanced authentication (MQTT 5.0, 4.12).
#include "support/bench.hpp"

namespace wsmq::test {
namespace {

using enum ReasonCode;

ConnectOptions authenticating() {
    ConnectOptions options = plain_options();
    options.authentication_method = "SCRAM";
    options.authentication_data = block_of("first");
    return options;
}

Packet final_connack() { return connack().with(PropertyId::authentication_method, "SCRAM"); }

TEST(Authentication, GoesWithConnect) {
    Bench bench{authenticating()};
    const Packet packet = bench.connect(final_connack());
    EXPECT_EQ(packet.text(PropertyId::authentication_method), "SCRAM");
    const auto data = PropertyView{packet.properties}.binary(PropertyId::authentication_data);
    ASSERT_TRUE(data);
    EXPECT_EQ(text_of(*data), "first");
    bench.lose();
    EXPECT_EQ(bench.reconnect(final_connack()).text(PropertyId::authentication_method), "SCRAM");
}

TEST(Authentication, IsAConversation) {
    Bench bench{authenticating()};
    bench.begin_connecting();
    for (const auto* step : {"one", "two"}) {
        const Packet challenge = auth(continue_authentication, "SCRAM", step);
        bench.send(challenge);
        bench.expect_event(seen::Authentication{
            .reason = continue_authentication, .method = "SCRAM", .data = step, .properties = challenge.properties});
        EXPECT_EQ(bench.authenticate("answer"), Errc::none);
        bench.expect(auth(continue_authentication, "SCRAM", "answer"));
    }
    bench.send(final_connack());
    bench.expect_event(seen::Connected{.properties = final_connack().properties});
}

TEST(Authentication, TheBrokersLastWordComesWithConnack) {
    Bench bench{authenticating()};
    bench.begin_connecting();
    const Packet answer = final_connack().with_binary(PropertyId::authentication_data, "signature");
    bench.send(answer);
    bench.expect_event(seen::Authentication{
        .reason = success, .method = "SCRAM", .data = "signature", .properties = answer.properties});
    bench.expect_event(seen::Connected{.properties = answer.properties});
    EXPECT_EQ(bench.authenticate("x"), Errc::not_supported);
}

TEST(Authentication, DataMustFitIntoAPacket) {
    Bench bench{authenticating()};
    bench.connect(final_connack());
    EXPECT_EQ(bench.reauthenticate(std::string(65'536, 'x')), Errc::invalid_argument);
    bench.expect_silence();
}

TEST(Authentication, NothingElseIsSentBeforeConnack) {  // [MQTT-3.1.2-30]
    Bench bench{authenticating()};
    bench.begin_connecting();
    bench.send(auth(continue_authentication, "SCRAM", "one"));
    bench.event<seen::Authentication>();
    bench.publish("a", "x", qos1);
    bench.subscribe({{.topic_filter = "a"}});
    bench.expect_silence();
    EXPECT_EQ(bench.authenticate(""), Errc::none);
    bench.take(PacketType::auth);
    bench.send(final_connack());
    bench.event<seen::Connected>();
    EXPECT_EQ(bench.packets_waiting(), 2u);
    bench.forget();
}

TEST(Authentication, MayBeRefused) {
    Bench bench{authenticating()};
    bench.begin_connecting();
    bench.send(auth(continue_authentication, "SCRAM", "one"));
    bench.event<seen::Authentication>();
    bench.send(connack(not_authorized));
    bench.expect_event(seen::Disconnected{.why = Errc::connection_refused, .reason = not_authorized});
    bench.expect_hang_up();
}

TEST(Authentication, EndsTheAttemptWhenTheApplicationHasNoAnswer) {
    Bench bench{authenticating()};
    bench.begin_connecting();
    bench.fail_authentication();  // nobody asked yet
    bench.send(auth(continue_authentication, "SCRAM", "one"));
    bench.event<seen::Authentication>();
    bench.fail_authentication();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::authentication_failed);
    bench.expect_hang_up();  // [MQTT-3.1.2-30]: no DISCONNECT before CONNACK
}

TEST(Authentication, EndsTheConnectionWhenTheApplicationHasNoAnswer) {
    Bench bench{authenticating()};
    bench.connect(final_connack());
    EXPECT_EQ(bench.reauthenticate("again"), Errc::none);
    bench.take(PacketType::auth);
    bench.send(auth(continue_authentication, "SCRAM", "one"));
    bench.event<seen::Authentication>();
    bench.fail_authentication();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::authentication_failed);
    bench.expect(disconnect(unspecified_error));
    bench.expect_hang_up();
    bench.forget();
}

TEST(Authentication, TimesOutLikeEveryConnection) {
    ConnectOptions options = authenticating();
    options.connect_timeout = 10s;
    Bench bench{options};
    bench.begin_connecting();
    bench.advance(9s).send(auth(continue_authentication, "SCRAM", "one"));
    bench.event<seen::Authentication>();
    bench.advance(1s);
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::connect_timed_out);
    bench.expect_hang_up().forget();
}

TEST(Authentication, NeedsAnExchange) {
    Bench bench{authenticating()};
    EXPECT_EQ(bench.authenticate("x"), Errc::not_supported);
    EXPECT_EQ(bench.reauthenticate("x"), Errc::not_connected);
    bench.connect(final_connack());
    EXPECT_EQ(bench.authenticate("x"), Errc::not_supported);
    Bench plain;
    plain.connect();
    EXPECT_EQ(plain.authenticate("x"), Errc::not_supported);
    EXPECT_EQ(plain.reauthenticate("x"), Errc::not_supported);
    Bench older{plain_options(Version::v3_1_1)};
    older.connect();
    EXPECT_EQ(older.reauthenticate("x"), Errc::not_supported);
}

TEST(Authentication, CanBeRenewed) {
    Bench bench{authenticating()};
    bench.connect(final_connack());
    EXPECT_EQ(bench.reauthenticate("again"), Errc::none);
    bench.expect(auth(reauthenticate, "SCRAM", "again"));
    bench.send(auth(continue_authentication, "SCRAM", "one"));
    bench.event<seen::Authentication>();
    // Other packets go on meanwhile.
    bench.publish("a", "x");
    bench.expect(publish("a", "x"));
    EXPECT_EQ(bench.authenticate("two"), Errc::none);
    bench.expect(auth(continue_authentication, "SCRAM", "two"));
    bench.send(auth(success, "SCRAM", "done"));
    const auto end = bench.event<seen::Authentication>();
    EXPECT_EQ(end.reason, success);
    EXPECT_EQ(end.data, "done");
    EXPECT_EQ(bench.authenticate("x"), Errc::not_supported);
    EXPECT_EQ(bench.reauthenticate("third"), Errc::none);
    bench.take(PacketType::auth);
}

TEST(Authentication, ARenewalMayBeRefused) {
    Bench bench{authenticating()};
    bench.connect(final_connack());
    EXPECT_EQ(bench.reauthenticate("again"), Errc::none);
    bench.take(PacketType::auth);
    bench.send(disconnect(not_authorized));
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.reason, not_authorized);
    EXPECT_FALSE(end.reconnecting);
    bench.expect_hang_up();
}

TEST(Authentication, AnAuthThatCannotBeReadEndsTheAttempt) {
    Bench bench{authenticating()};
    bench.fail_authentication();  // nobody is there to be failed
    bench.begin_connecting();
    bench.send_bytes({0xF0, 0x03, 0x18, 0x05, 0x15});
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::malformed_packet);
    bench.expect_hang_up();
}

TEST(Authentication, SuccessIsNotToldByAuthBeforeConnack) {
    Bench bench{authenticating()};
    bench.begin_connecting();
    bench.send(auth(success, "SCRAM", "done"));
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
    bench.expect_hang_up();
}

TEST(Authentication, MayBeginWithoutData) {
    ConnectOptions options = authenticating();
    options.authentication_data.clear();
    Bench bench{options};
    EXPECT_FALSE(PropertyView{bench.connect(final_connack()).properties}.binary(PropertyId::authentication_data));
}

TEST(Authentication, TheMethodMustNotChange) {  // [MQTT-4.12.0-5]
    Bench bench{authenticating()};
    bench.begin_connecting();
    bench.send(auth(continue_authentication, "PLAIN", "one"));
    const auto end = bench.event<seen::Disconnected>();
    EXPECT_EQ(end.why, Errc::protocol_error);
    bench.expect_hang_up().forget();
}

TEST(Authentication, AuthWithoutAMethodOfOursIsAProtocolError) {  // [MQTT-4.12.0-6]
    Bench bench;
    bench.connect();
    bench.send(auth(continue_authentication, "SCRAM", "one")).expect(disconnect(protocol_error)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
}

TEST(Authentication, AuthThatNobodyStartedIsAProtocolError) {
    Bench bench{authenticating()};
    bench.connect(final_connack());
    bench.send(auth(continue_authentication, "SCRAM", "one")).expect(disconnect(protocol_error)).expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
}

TEST(Authentication, TheBrokerMayNotReauthenticate) {  // 3.15.2.1: only the client sends 0x19
    Bench bench{authenticating()};
    bench.connect(final_connack());
    bench.send(auth(reauthenticate, "SCRAM", "one"));
    bench.take(PacketType::disconnect);
    bench.expect_hang_up();
    EXPECT_EQ(bench.event<seen::Disconnected>().why, Errc::protocol_error);
}

TEST(Authentication, CredentialsMayBringItsData) {
    auto options = authenticating();
    options.ask_credentials = true;
    Bench bench{options};
    bench.start();
    bench.event<seen::CredentialsRequested>();
    bench.provide_credentials({.authentication_data = block_of("fresh")});
    bench.open();
    const auto packet = bench.take(PacketType::connect);
    EXPECT_EQ(packet.text(PropertyId::authentication_method), "SCRAM");
    const auto data = PropertyView{packet.properties}.binary(PropertyId::authentication_data);
    ASSERT_TRUE(data);
    EXPECT_EQ(text_of(*data), "fresh");
}

}  // namespace
}  // namespace wsmq::test
