#include "codec/samples.hpp"

namespace wsmq::test {
namespace {

using namespace wsmq::codec;

constexpr Version v31 = Version::v3_1;
constexpr Version v311 = Version::v3_1_1;
constexpr Version v5 = Version::v5;

using Samples = std::vector<Sample>;

std::string_view lasting_text(std::string_view notation) { return as_text(lasting(notation)); }

void add_connect(Samples& to) {
    to.push_back({"connect_short", v31, "10 10 0006 'MQIsdp' 03 02 001E 0002 'c1'",
                  Connect{.version = v31, .keep_alive = 30, .client_id = "c1"}});
    to.push_back({"connect_short", v311, "10 0E 0004 'MQTT' 04 02 001E 0002 'c1'",
                  Connect{.version = v311, .keep_alive = 30, .client_id = "c1"}});
    to.push_back({"connect_without_client_id", v311, "10 0C 0004 'MQTT' 04 02 0000 0000", Connect{.version = v311}});
    to.push_back({"connect_short", v5, "10 0F 0004 'MQTT' 05 02 001E 00 0002 'c1'",
                  Connect{.version = v5, .keep_alive = 30, .client_id = "c1"}});
    to.push_back({"connect_with_a_password_alone", v5, "10 12 0004 'MQTT' 05 42 0000 00 0000 0003 'tok'",
                  Connect{.version = v5, .password = lasting("'tok'")}});

    const WillView will{
        .topic = "w/t", .payload = lasting("'bye'"), .qos = Qos::at_least_once, .retain = true, .properties = {}};
    Connect full{.version = v31,
                 .clean_start = false,
                 .keep_alive = 60,
                 .client_id = "c1",
                 .will = will,
                 .username = "ann",
                 .password = lasting("0102")};
    to.push_back({"connect_with_everything", v31,
                  "10 23 0006 'MQIsdp' 03 EC 003C 0002 'c1' 0003 'w/t' 0003 'bye' 0003 'ann' 0002 0102", full});
    full.version = v311;
    to.push_back({"connect_with_everything", v311,
                  "10 21 0004 'MQTT' 04 EC 003C 0002 'c1' 0003 'w/t' 0003 'bye' 0003 'ann' 0002 0102", full});
}

void add_connect_with_properties(Samples& to) {
    const WillView will{.topic = "w/t",
                        .payload = lasting("'bye'"),
                        .qos = Qos::exactly_once,
                        .retain = false,
                        .properties = lasting("18 00000005 01 01 02 0000003C 03 0004 'text' 08 0003 'r/t' "
                                              "09 0002 CCDD 26 0001 'a' 0001 'b'")};
    to.push_back({"connect_with_everything", v5,
                  "10 6C 0004 'MQTT' 05 D6 003C "
                  "24 11 0000000A 21 0014 27 00010000 22 0010 19 01 17 00 26 0001 'k' 0001 'v' "
                  "15 0001 'm' 16 0002 AABB "
                  "0002 'c1' "
                  "25 18 00000005 01 01 02 0000003C 03 0004 'text' 08 0003 'r/t' 09 0002 CCDD 26 0001 'a' 0001 'b' "
                  "0003 'w/t' 0003 'bye' 0003 'ann' 0002 0102",
                  Connect{.version = v5,
                          .clean_start = true,
                          .keep_alive = 60,
                          .client_id = "c1",
                          .will = will,
                          .username = "ann",
                          .password = lasting("0102"),
                          .properties = lasting("11 0000000A 21 0014 27 00010000 22 0010 19 01 17 00 "
                                                "26 0001 'k' 0001 'v' 15 0001 'm' 16 0002 AABB")}});
}

void add_connack(Samples& to) {
    to.push_back({"connack", v31, "20 02 00 00", Connack{}});
    to.push_back({"connack", v311, "20 02 00 00", Connack{}});
    to.push_back({"connack_with_session", v311, "20 02 01 00", Connack{.session_present = true}});
    to.push_back(
        {"connack_of_old_version", v31, "20 02 00 01", Connack{.reason = ReasonCode::unsupported_protocol_version}});
    to.push_back(
        {"connack_of_bad_identifier", v31, "20 02 00 02", Connack{.reason = ReasonCode::client_identifier_not_valid}});
    to.push_back({"connack_of_busy_server", v311, "20 02 00 03", Connack{.reason = ReasonCode::server_unavailable}});
    to.push_back(
        {"connack_of_bad_password", v311, "20 02 00 04", Connack{.reason = ReasonCode::bad_user_name_or_password}});
    to.push_back({"connack_of_refusal", v311, "20 02 00 05", Connack{.reason = ReasonCode::not_authorized}});
    to.push_back({"connack", v5, "20 03 00 00 00", Connack{}});
    to.push_back({"connack_with_session", v5, "20 03 01 00 00", Connack{.session_present = true}});
    to.push_back({"connack_of_refusal", v5, "20 03 00 87 00", Connack{.reason = ReasonCode::not_authorized}});
    to.push_back({"connack_with_everything", v5,
                  "20 44 00 00 41 11 00000E10 21 000A 24 01 25 00 27 00100000 12 0003 'abc' 22 0005 1F 0002 'ok' "
                  "26 0001 'k' 0001 'v' 28 01 29 00 2A 01 13 003C 1A 0002 'ri' 1C 0002 'sr' 15 0001 'm' 16 0001 FF",
                  Connack{.properties = lasting("11 00000E10 21 000A 24 01 25 00 27 00100000 12 0003 'abc' 22 0005 "
                                                "1F 0002 'ok' 26 0001 'k' 0001 'v' 28 01 29 00 2A 01 13 003C "
                                                "1A 0002 'ri' 1C 0002 'sr' 15 0001 'm' 16 0001 FF")}});
}

void add_publish(Samples& to) {
    for (const Version version : {v31, v311}) {
        to.push_back(
            {"publish_qos_0", version, "30 06 0003 'a/b' 'x'", Publish{.topic = "a/b", .payload = lasting("'x'")}});
        to.push_back({"publish_qos_1_again_retained", version, "3B 08 0003 'a/b' 000A 'x'",
                      Publish{.topic = "a/b",
                              .payload = lasting("'x'"),
                              .packet_identifier = 10,
                              .qos = Qos::at_least_once,
                              .retain = true,
                              .duplicate = true}});
        to.push_back({"publish_qos_2_without_payload", version, "34 07 0003 'a/b' FFFF",
                      Publish{.topic = "a/b", .packet_identifier = 65'535, .qos = Qos::exactly_once}});
        to.push_back({"publish_to_a_topic_beyond_ascii", version, "31 0B 0009 C3BC E282AC F0908D88",
                      Publish{.topic = lasting_text("C3BC E282AC F0908D88"), .retain = true}});
    }
    to.push_back({"publish_qos_0", v5, "30 07 0003 'a/b' 00 'x'", Publish{.topic = "a/b", .payload = lasting("'x'")}});
    to.push_back(
        {"publish_qos_1", v5, "32 09 0003 'a/b' 0001 00 'x'",
         Publish{.topic = "a/b", .payload = lasting("'x'"), .packet_identifier = 1, .qos = Qos::at_least_once}});
    to.push_back(
        {"publish_by_alias", v5, "30 06 0000 03 23 0007", Publish{.properties = lasting("23 0007"), .topic_alias = 7}});
    to.push_back({"publish_with_everything", v5,
                  "3D 33 0003 'a/b' 0102 29 01 01 02 0000000A 23 0003 08 0001 'r' 09 0001 99 26 0001 'k' 0001 'v' "
                  "26 0001 'k' 0001 'w' 0B 01 0B 8001 03 0001 't' 'hi'",
                  Publish{.topic = "a/b",
                          .payload = lasting("'hi'"),
                          .properties = lasting("01 01 02 0000000A 23 0003 08 0001 'r' 09 0001 99 "
                                                "26 0001 'k' 0001 'v' 26 0001 'k' 0001 'w' 0B 01 0B 8001 03 0001 't'"),
                          .packet_identifier = 0x0102,
                          .topic_alias = 3,
                          .qos = Qos::exactly_once,
                          .retain = true,
                          .duplicate = true}});
}

void add_acknowledgements(Samples& to) {
    for (const Version version : {v31, v311, v5}) {
        to.push_back({"puback", version, "40 02 1234", Acknowledgement{.packet_identifier = 0x1234}});
        to.push_back({"pubrec", version, "50 02 0001", Acknowledgement{.packet_identifier = 1}});
        to.push_back({"pubrel", version, "62 02 0001", Acknowledgement{.packet_identifier = 1}});
        to.push_back({"pubcomp", version, "70 02 FFFF", Acknowledgement{.packet_identifier = 65'535}});
    }
    to.push_back({"puback_with_reason", v5, "40 03 0001 10",
                  Acknowledgement{.packet_identifier = 1, .reason = ReasonCode::no_matching_subscribers}});
    to.push_back({"pubrec_with_reason", v5, "50 03 0001 91",
                  Acknowledgement{.packet_identifier = 1, .reason = ReasonCode::packet_identifier_in_use}});
    to.push_back({"pubrel_with_reason", v5, "62 03 0001 92",
                  Acknowledgement{.packet_identifier = 1, .reason = ReasonCode::packet_identifier_not_found}});
    to.push_back({"pubcomp_with_reason", v5, "70 03 0001 92",
                  Acknowledgement{.packet_identifier = 1, .reason = ReasonCode::packet_identifier_not_found}});
    to.push_back(
        {"puback_with_properties", v5, "40 09 0001 87 05 1F 0002 'no'",
         Acknowledgement{
             .packet_identifier = 1, .reason = ReasonCode::not_authorized, .properties = lasting("1F 0002 'no'")}});
    const Acknowledgement told{.packet_identifier = 1, .properties = lasting("26 0001 'k' 0001 'v'")};
    to.push_back({"pubrec_with_properties", v5, "50 0B 0001 00 07 26 0001 'k' 0001 'v'", told});
    to.push_back({"pubrel_with_properties", v5, "62 0B 0001 00 07 26 0001 'k' 0001 'v'", told});
    to.push_back({"pubcomp_with_properties", v5, "70 0B 0001 00 07 26 0001 'k' 0001 'v'", told});
}

void add_subscribe(Samples& to) {
    for (const Version version : {v31, v311}) {
        to.push_back({"subscribe", version, "82 0E 000A 0003 'a/b' 01 0003 'c/#' 02",
                      Subscribe{.packet_identifier = 10, .payload = lasting("0003 'a/b' 01 0003 'c/#' 02")}});
        to.push_back({"suback", version, "90 06 000A 00 01 02 80",
                      SubscribeAcknowledgement{.packet_identifier = 10, .reason_codes = lasting("00 01 02 80")}});
        to.push_back({"unsubscribe", version, "A2 0C 000B 0003 'a/b' 0003 'c/#'",
                      Unsubscribe{.packet_identifier = 11, .payload = lasting("0003 'a/b' 0003 'c/#'")}});
        to.push_back({"unsuback", version, "B0 02 000B", SubscribeAcknowledgement{.packet_identifier = 11}});
    }
    to.push_back({"subscribe", v5, "82 09 000A 00 0003 'a/b' 2E",
                  Subscribe{.packet_identifier = 10, .payload = lasting("0003 'a/b' 2E")}});
    to.push_back({"subscribe_to_a_share", v5, "82 10 0001 00 000A '$share/g/t' 01",
                  Subscribe{.packet_identifier = 1, .payload = lasting("000A '$share/g/t' 01")}});
    to.push_back({"subscribe_with_properties", v5, "82 14 0001 09 0B 05 26 0001 'k' 0001 'v' 0001 '#' 00 0001 '+' 12",
                  Subscribe{.packet_identifier = 1,
                            .properties = lasting("0B 05 26 0001 'k' 0001 'v'"),
                            .payload = lasting("0001 '#' 00 0001 '+' 12")}});
    to.push_back({"suback", v5, "90 06 000A 00 00 01 97",
                  SubscribeAcknowledgement{.packet_identifier = 10, .reason_codes = lasting("00 01 97")}});
    to.push_back({"suback_with_properties", v5, "90 09 000A 05 1F 0002 'no' 87",
                  SubscribeAcknowledgement{
                      .packet_identifier = 10, .properties = lasting("1F 0002 'no'"), .reason_codes = lasting("87")}});
    to.push_back({"unsubscribe", v5, "A2 0D 000B 00 0003 'a/b' 0003 'c/#'",
                  Unsubscribe{.packet_identifier = 11, .payload = lasting("0003 'a/b' 0003 'c/#'")}});
    to.push_back(
        {"unsubscribe_with_properties", v5, "A2 0D 000B 07 26 0001 'k' 0001 'v' 0001 '#'",
         Unsubscribe{
             .packet_identifier = 11, .properties = lasting("26 0001 'k' 0001 'v'"), .payload = lasting("0001 '#'")}});
    to.push_back({"unsuback", v5, "B0 05 000B 00 00 11",
                  SubscribeAcknowledgement{.packet_identifier = 11, .reason_codes = lasting("00 11")}});
    to.push_back({"unsuback_with_properties", v5, "B0 09 000B 05 1F 0002 'no' 87",
                  SubscribeAcknowledgement{
                      .packet_identifier = 11, .properties = lasting("1F 0002 'no'"), .reason_codes = lasting("87")}});
}

void add_the_rest(Samples& to) {
    for (const Version version : {v31, v311, v5}) {
        to.push_back({"pingreq", version, "C0 00", Empty{}});
        to.push_back({"pingresp", version, "D0 00", Empty{}});
        to.push_back({"disconnect", version, "E0 00", Disconnect{}});
    }
    to.push_back(
        {"disconnect_with_reason", v5, "E0 01 04", Disconnect{.reason = ReasonCode::disconnect_with_will_message}});
    to.push_back(
        {"disconnect_with_expiry", v5, "E0 07 00 05 11 00000000", Disconnect{.properties = lasting("11 00000000")}});
    to.push_back({"disconnect_to_another_server", v5, "E0 07 9D 05 1C 0002 'sr'",
                  Disconnect{.reason = ReasonCode::server_moved, .properties = lasting("1C 0002 'sr'")}});
    to.push_back({"auth_success", v5, "F0 00", Auth{}});
    to.push_back({"auth_continue", v5, "F0 06 18 04 15 0001 'm'",
                  Auth{.reason = ReasonCode::continue_authentication, .properties = lasting("15 0001 'm'")}});
    to.push_back({"auth_with_everything", v5, "F0 16 19 14 15 0001 'm' 16 0002 0102 1F 0001 'r' 26 0001 'k' 0001 'v'",
                  Auth{.reason = ReasonCode::reauthenticate,
                       .properties = lasting("15 0001 'm' 16 0002 0102 1F 0001 'r' 26 0001 'k' 0001 'v'")}});
}

}  // namespace

const std::vector<Sample>& samples() {
    static const Samples all = [] {
        Samples made;
        add_connect(made);
        add_connect_with_properties(made);
        add_connack(made);
        add_publish(made);
        add_acknowledgements(made);
        add_subscribe(made);
        add_the_rest(made);
        return made;
    }();
    return all;
}

}  // namespace wsmq::test
