// Options that start() refuses.
#include <functional>

#include "support/bench.hpp"

namespace wsmq::test {
namespace {

Errc error_of(const std::function<void(ConnectOptions&)>& change, Version version = Version::v5) {
    ConnectOptions options = plain_options(version);
    change(options);
    Client client{options};
    const TimePoint now{std::chrono::hours{1}};
    const Errc error = client.start(now);
    EXPECT_EQ(client.is_started(), error == Errc::none);
    const bool is_silent = std::holds_alternative<NeedInput>(client.next_event());
    EXPECT_EQ(is_silent, error != Errc::none);
    return error;
}

TEST(Options, NumbersHaveTheirRanges) {
    EXPECT_EQ(error_of([](auto& o) { o.version = static_cast<Version>(2); }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.version = static_cast<Version>(6); }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.keep_alive = -1s; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.keep_alive = 65'536s; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.keep_alive = 65'535s; }), Errc::none);
    EXPECT_EQ(error_of([](auto& o) { o.receive_maximum = 0; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.maximum_packet_size = 63; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.maximum_packet_size = 64; }), Errc::none);
    EXPECT_EQ(error_of([](auto& o) { o.host_count = 0; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.connect_timeout = 0ms; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.reconnect.backoff_min = -1ms; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.reconnect.backoff_max = -1ms; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.reconnect.backoff_max = 200ms; }), Errc::none)
        << "less than the default minimum";
    EXPECT_EQ(error_of([](auto& o) { o.reconnect.stable_after = -1ms; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.reconnect.refusal_patience = -1ms; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.subscribe_batch = 0; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.output_high_water = 0; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) { o.reconnect.backoff_min = o.reconnect.backoff_max = 0ms; }), Errc::none);
}

TEST(Options, TextIsSound) {
    EXPECT_EQ(error_of([](auto& o) { o.client_id = "\xC0\x80"; }), Errc::invalid_utf8);
    EXPECT_EQ(error_of([](auto& o) { o.client_id = std::string(65'536, 'x'); }), Errc::invalid_utf8);
    EXPECT_EQ(error_of([](auto& o) { o.client_id = std::string(65'535, 'x'); }), Errc::none);
    EXPECT_EQ(error_of([](auto& o) { o.credentials.username = std::string{"\xFF"}; }), Errc::invalid_utf8);
    EXPECT_EQ(error_of([](auto& o) { o.credentials = {.username = "x", .password = Block(65'536)}; }),
              Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) {
                  o.ask_credentials = true;
                  o.credentials.username = std::string{"\xFF"};
              }),
              Errc::none)
        << "they are ignored";
}

TEST(Options, AnEmptyClientIdentifierIsNotForEveryVersion) {
    const auto empty = [](auto& o) { o.client_id.clear(); };
    const auto lasting = [](auto& o) {
        o.client_id.clear();
        o.clean_start = false;
    };
    EXPECT_EQ(error_of(empty, Version::v5), Errc::none);
    EXPECT_EQ(error_of(lasting, Version::v5), Errc::none);
    EXPECT_EQ(error_of(empty, Version::v3_1_1), Errc::none);
    EXPECT_EQ(error_of(lasting, Version::v3_1_1), Errc::invalid_argument);  // [MQTT-3.1.3-7] of 3.1.1
    EXPECT_EQ(error_of(empty, Version::v3_1), Errc::invalid_argument);
}

TEST(Options, AuthenticationIsMqtt5s) {
    const auto method = [](auto& o) { o.authentication_method = "SCRAM"; };
    EXPECT_EQ(error_of(method), Errc::none);
    EXPECT_EQ(error_of(method, Version::v3_1_1), Errc::not_supported);
    EXPECT_EQ(error_of([](auto& o) { o.authentication_method = "\xFF"; }), Errc::invalid_utf8);
    EXPECT_EQ(error_of([](auto& o) { o.authentication_data = {1}; }), Errc::invalid_argument);
    EXPECT_EQ(error_of([](auto& o) {
                  o.authentication_method = "SCRAM";
                  o.authentication_data.resize(65'536);
              }),
              Errc::invalid_argument);
}

TEST(Options, PropertiesThatFieldsStandForAreRefused) {
    const auto with = [](const PropertyWriter& writer, Version version = Version::v5) {
        return error_of([&](auto& o) { o.encoded_properties = block_of(writer.bytes()); }, version);
    };
    EXPECT_EQ(with(PropertyWriter{}.user_property("a", "b")), Errc::none);
    EXPECT_EQ(with(PropertyWriter{}.integer(PropertyId::request_problem_information, 0)), Errc::none);
    EXPECT_EQ(with(PropertyWriter{}.integer(PropertyId::request_response_information, 1)), Errc::none);
    EXPECT_EQ(with(PropertyWriter{}.integer(PropertyId::receive_maximum, 5)), Errc::invalid_property);
    EXPECT_EQ(with(PropertyWriter{}.integer(PropertyId::session_expiry_interval, 5)), Errc::invalid_property);
    EXPECT_EQ(with(PropertyWriter{}.text(PropertyId::authentication_method, "x")), Errc::invalid_property);
    EXPECT_EQ(with(PropertyWriter{}.text(PropertyId::content_type, "x")), Errc::invalid_property);
    EXPECT_EQ(with(PropertyWriter{}.user_property("\xFF", "b")), Errc::invalid_property);
    EXPECT_EQ(with(PropertyWriter{}.user_property("\xFF", "b"), Version::v3_1_1), Errc::none) << "ignored there";
}

TEST(Options, AreNeverWrittenTo) {
    // What the broker grants on one connection is not asked for on the next.
    Bench bench{lasting_options()};
    const Packet first = bench.connect(connack()
                                           .with(PropertyId::session_expiry_interval, 5)
                                           .with(PropertyId::server_keep_alive, 9)
                                           .with(PropertyId::receive_maximum, 3)
                                           .with(PropertyId::maximum_packet_size, 500)
                                           .with(PropertyId::topic_alias_maximum, 2));
    bench.lose();
    EXPECT_EQ(bench.reconnect(connack()), first);
}

}  // namespace
}  // namespace wsmq::test
