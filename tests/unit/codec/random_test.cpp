// Properties of the codec, on generated packets: what was written is what is read.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "codec/any_packet.hpp"
#include "codec/frame.hpp"
#include "codec/octets.hpp"
#include "wsmq/property.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::test {
namespace {

using namespace wsmq::codec;
using Owner = PropertyOwner;

/// Generates sound packets. What it lends lives as long as itself.
class Generator {
public:
    explicit Generator(unsigned seed) : random_{seed} {}

    std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_() % end); }
    bool chance() { return below(2) == 0; }
    std::uint16_t identifier() { return static_cast<std::uint16_t>(1 + below(65'535)); }
    Qos qos() { return static_cast<Qos>(below(3)); }
    Version version() { return std::array{Version::v3_1, Version::v3_1_1, Version::v5}[below(3)]; }

    std::string_view text(std::size_t least = 0) {
        static constexpr const char* pieces[] = {"a", "b", "/", " ", "ü", "€", "😀", "12345678", "\x7F", "$"};
        std::string made;
        while (made.size() < least || below(4) != 0) made += pieces[below(std::size(pieces))];
        return keep(made);
    }
    std::string_view filter() {
        std::string made = below(4) == 0 ? "$share/group/" : "";
        for (std::uint32_t level = below(3); level != 0; --level) made += chance() ? "+/" : "level/";
        return keep(made + (chance() ? "#" : "end"));
    }
    Bytes data(std::uint32_t end = 40) {
        Octets made(below(end));
        for (std::uint8_t& byte : made) byte = static_cast<std::uint8_t>(below(256));
        return kept_.emplace_back(std::move(made));
    }
    ReasonCode one_of(std::vector<unsigned> codes) {
        return static_cast<ReasonCode>(codes[below(static_cast<std::uint32_t>(codes.size()))]);
    }

    Bytes properties(Owner owner, Version version);

private:
    std::string_view keep(const std::string& text) {
        return as_text(kept_.emplace_back(Octets{text.begin(), text.end()}));
    }
    void add(PropertyWriter& writer, PropertyId id);

    std::mt19937 random_;
    std::deque<Octets> kept_;
};

/// What may stand where, in no particular order; the authentication method, which others need, is always written.
std::vector<PropertyId> choices(Owner owner) {
    using enum PropertyId;
    switch (owner) {
        case Owner::connect:
            return {session_expiry_interval,      receive_maximum,
                    maximum_packet_size,          topic_alias_maximum,
                    request_response_information, request_problem_information,
                    authentication_data};
        case Owner::will:
            return {will_delay_interval, payload_format_indicator, message_expiry_interval,
                    content_type,        response_topic,           correlation_data};
        case Owner::connack:
            return {session_expiry_interval,
                    receive_maximum,
                    maximum_qos,
                    retain_available,
                    maximum_packet_size,
                    assigned_client_identifier,
                    topic_alias_maximum,
                    reason_string,
                    wildcard_subscription_available,
                    subscription_identifier_available,
                    shared_subscription_available,
                    server_keep_alive,
                    response_information,
                    server_reference,
                    authentication_data};
        case Owner::publish:
            return {payload_format_indicator, message_expiry_interval, response_topic,
                    correlation_data,         subscription_identifier, content_type};
        case Owner::subscribe: return {subscription_identifier};
        case Owner::unsubscribe: return {};
        case Owner::disconnect: return {session_expiry_interval, reason_string, server_reference};
        case Owner::auth: return {authentication_data, reason_string};
        default: return {reason_string};
    }
}

void Generator::add(PropertyWriter& writer, PropertyId id) {
    using enum PropertyId;
    switch (id) {
        case content_type:
        case assigned_client_identifier:
        case response_information:
        case server_reference:
        case reason_string: writer.text(id, text()); return;
        case response_topic: writer.text(id, text(1)); return;
        case correlation_data:
        case authentication_data: writer.binary(id, data()); return;
        case payload_format_indicator:
        case request_problem_information:
        case request_response_information:
        case maximum_qos:
        case retain_available:
        case wildcard_subscription_available:
        case subscription_identifier_available:
        case shared_subscription_available: writer.integer(id, below(2)); return;
        case subscription_identifier: writer.integer(id, 1 + below(268'435'455)); return;
        default: writer.integer(id, 1 + below(65'535)); return;
    }
}

Bytes Generator::properties(Owner owner, Version version) {
    if (version != Version::v5) return {};
    PropertyWriter writer;
    if (owner == Owner::connect || owner == Owner::connack || owner == Owner::auth) {
        writer.text(PropertyId::authentication_method, text());
    }
    for (const PropertyId id : choices(owner)) {
        if (chance()) add(writer, id);
    }
    for (std::uint32_t count = below(3); count != 0; --count) writer.user_property(text(), text());
    if (owner == Owner::publish) {
        for (std::uint32_t count = below(3); count != 0; --count) add(writer, PropertyId::subscription_identifier);
    }
    EXPECT_EQ(validate_properties(owner, writer.bytes()), Errc::none) << to_hex(writer.bytes());
    return kept_.emplace_back(Octets{writer.bytes().begin(), writer.bytes().end()});
}

/// Encoded, framed and decoded again. The buffer is the caller's, as the packet borrows from it.
AnyPacket there_and_back(Buffer& buffer, PacketType type, const AnyPacket& packet, Version version) {
    encode_any(buffer, type, packet, version);
    const FrameResult found = read_frame(buffer, limits::largest_packet);
    EXPECT_EQ(found.status, FrameResult::Status::complete) << to_hex(buffer);
    EXPECT_EQ(found.frame.type, type);
    const auto again = decode_any(found.frame, version);
    EXPECT_TRUE(again) << to_hex(buffer) << describe(again.error());
    return again ? *again : AnyPacket{Empty{}};
}

void expect_same(PacketType type, const AnyPacket& packet, Version version) {
    Buffer buffer;
    const AnyPacket again = there_and_back(buffer, type, packet, version);
    EXPECT_TRUE(same(again, packet)) << to_hex(buffer);
}

class Codec : public testing::TestWithParam<unsigned> {
protected:
    Generator make_{GetParam()};
    Version version_ = make_.version();
};

TEST_P(Codec, ReadsTheConnectThatItWrote) {
    Connect packet{.version = version_, .clean_start = make_.chance(), .keep_alive = make_.identifier()};
    packet.client_id = make_.text();
    packet.properties = make_.properties(Owner::connect, version_);
    if (make_.chance()) {
        packet.will = WillView{.topic = make_.text(1),
                               .payload = make_.data(),
                               .qos = make_.qos(),
                               .retain = make_.chance(),
                               .properties = make_.properties(Owner::will, version_)};
    }
    if (make_.chance()) packet.username = make_.text();
    if ((version_ == Version::v5 || packet.username) && make_.chance()) packet.password = make_.data();
    expect_same(PacketType::connect, packet, version_);
}

TEST_P(Codec, ReadsTheConnackThatItWrote) {
    Connack packet{.reason = make_.one_of({0x00, 0x84, 0x85, 0x86, 0x87, 0x88})};
    packet.session_present = packet.reason == ReasonCode::success && version_ != Version::v3_1 && make_.chance();
    packet.properties = make_.properties(Owner::connack, version_);
    expect_same(PacketType::connack, packet, version_);
}

TEST_P(Codec, ReadsThePublishThatItWrote) {
    Publish packet{.topic = make_.text(1), .payload = make_.data(300), .qos = make_.qos(), .retain = make_.chance()};
    packet.properties = make_.properties(Owner::publish, version_);
    if (packet.qos != Qos::at_most_once) {
        packet.packet_identifier = make_.identifier();
        packet.duplicate = make_.chance();
    }
    Octets with_alias;
    if (version_ == Version::v5 && make_.chance()) {
        packet.topic_alias = make_.identifier();
        with_alias = {0x23, static_cast<std::uint8_t>(packet.topic_alias >> 8),
                      static_cast<std::uint8_t>(packet.topic_alias & 0xFF)};
    }
    with_alias.insert(with_alias.end(), packet.properties.begin(), packet.properties.end());

    Buffer buffer;
    const AnyPacket again = there_and_back(buffer, PacketType::publish, packet, version_);
    packet.properties = with_alias;  // where the alias is found, apart from having been taken out
    EXPECT_TRUE(same(again, packet)) << to_hex(buffer);
}

TEST_P(Codec, ReadsTheAcknowledgementsThatItWrote) {
    const struct {
        PacketType type;
        Owner owner;
        std::vector<unsigned> reasons;
    } rows[] = {
        {PacketType::puback, Owner::puback, {0x00, 0x10, 0x87, 0x97}},
        {PacketType::pubrec, Owner::pubrec, {0x00, 0x10, 0x91, 0x99}},
        {PacketType::pubrel, Owner::pubrel, {0x00, 0x92}},
        {PacketType::pubcomp, Owner::pubcomp, {0x00, 0x92}},
    };
    for (const auto& row : rows) {
        Acknowledgement packet{.packet_identifier = make_.identifier()};
        packet.properties = make_.properties(row.owner, version_);
        if (version_ == Version::v5) packet.reason = make_.one_of(row.reasons);
        expect_same(row.type, packet, version_);
    }
}

TEST_P(Codec, ReadsTheSubscribeThatItWrote) {
    std::vector<Subscription> asked(1 + make_.below(4));
    for (Subscription& one : asked) {
        one = {.topic_filter = make_.filter(), .qos = make_.qos()};
        if (version_ != Version::v5) continue;
        one.no_local = !one.topic_filter.starts_with("$share/") && make_.chance();
        one.retain_as_published = make_.chance();
        one.retain_handling = static_cast<RetainHandling>(make_.below(3));
    }
    Buffer buffer;
    const std::uint16_t identifier = make_.identifier();
    const Bytes properties = make_.properties(Owner::subscribe, version_);
    encode_subscribe(buffer, identifier, asked, properties, version_);

    const auto packet = decode_subscribe(read_frame(buffer, limits::largest_packet).frame, version_);
    ASSERT_TRUE(packet) << to_hex(buffer);
    EXPECT_EQ(packet->packet_identifier, identifier);
    EXPECT_EQ(to_hex(packet->properties), to_hex(properties));
    SubscriptionView view{packet->payload};
    for (const Subscription& one : asked) {
        Subscription told;
        ASSERT_TRUE(view.next(told, version_));
        EXPECT_EQ(told.topic_filter, one.topic_filter);
        EXPECT_EQ(told.qos, one.qos);
        EXPECT_EQ(told.no_local, one.no_local);
        EXPECT_EQ(told.retain_as_published, one.retain_as_published);
        EXPECT_EQ(told.retain_handling, one.retain_handling);
    }
    Subscription none;
    EXPECT_FALSE(view.next(none, version_));
}

TEST_P(Codec, ReadsTheUnsubscribeThatItWrote) {
    std::vector<std::string_view> filters(1 + make_.below(4));
    for (std::string_view& filter : filters) filter = make_.filter();
    Buffer buffer;
    const std::uint16_t identifier = make_.identifier();
    encode_unsubscribe(buffer, identifier, filters, make_.properties(Owner::unsubscribe, version_), version_);

    const auto packet = decode_unsubscribe(read_frame(buffer, limits::largest_packet).frame, version_);
    ASSERT_TRUE(packet) << to_hex(buffer);
    EXPECT_EQ(packet->packet_identifier, identifier);
    Reader reader{packet->payload};
    for (const std::string_view filter : filters) EXPECT_EQ(reader.text(), filter);
    EXPECT_EQ(reader.remaining(), 0u);
}

TEST_P(Codec, ReadsTheAnswersToSubscriptionsThatItWrote) {
    SubscribeAcknowledgement packet{.packet_identifier = make_.identifier()};
    packet.properties = make_.properties(Owner::suback, version_);
    Octets codes(1 + make_.below(5));
    for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(make_.one_of({0, 1, 2, 0x80}));
    packet.reason_codes = codes;
    expect_same(PacketType::suback, packet, version_);

    for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(make_.one_of({0, 0x11, 0x80, 0x8F}));
    packet.reason_codes = version_ == Version::v5 ? Bytes{codes} : Bytes{};
    packet.properties = make_.properties(Owner::unsuback, version_);
    expect_same(PacketType::unsuback, packet, version_);
}

TEST_P(Codec, ReadsTheDisconnectAndTheAuthThatItWrote) {
    Disconnect disconnect{.properties = make_.properties(Owner::disconnect, version_)};
    if (version_ == Version::v5) disconnect.reason = make_.one_of({0x00, 0x04, 0x82, 0x8E, 0x9D});
    expect_same(PacketType::disconnect, disconnect, version_);

    const Auth auth{.reason = make_.one_of({0x00, 0x18, 0x19}),
                    .properties = make_.properties(Owner::auth, Version::v5)};
    expect_same(PacketType::auth, auth, Version::v5);
}

INSTANTIATE_TEST_SUITE_P(Seed, Codec, testing::Range(0u, 300u));

}  // namespace
}  // namespace wsmq::test
