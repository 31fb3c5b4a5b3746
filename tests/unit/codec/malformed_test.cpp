// What no peer may send, and what we say of it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/any_packet.hpp"
#include "codec/frame.hpp"
#include "codec/octets.hpp"

namespace wsmq::test {
namespace {

using namespace wsmq::codec;

enum Versions : unsigned { v31 = 1, v311 = 2, v5 = 4, v3 = v31 | v311, every = v3 | v5 };

constexpr Errc malformed = Errc::malformed_packet;
constexpr Errc protocol = Errc::protocol_error;

struct Wrong {
    const char* name;
    unsigned versions;
    const char* notation;
    Errc expected;
};

const std::vector<Wrong> wrong_fixed_headers{
    {"type_0", every, "00 00", malformed},
    {"flags_on_connect", every, "11 00", malformed},
    {"flags_on_connack", every, "22 02 00 00", malformed},
    {"flags_on_puback", every, "41 02 0001", malformed},
    {"flags_on_pubrec", every, "52 02 0001", malformed},
    {"no_flags_on_pubrel", every, "60 02 0001", malformed},
    {"retain_on_pubrel", every, "63 02 0001", malformed},
    {"duplicate_pubrel", v311 | v5, "6A 02 0001", malformed},
    {"flags_on_pubcomp", every, "74 02 0001", malformed},
    {"no_flags_on_subscribe", every, "80 06 0001 0001 'a' 00", malformed},
    {"duplicate_subscribe", v311, "8A 06 0001 0001 'a' 00", malformed},
    {"duplicate_subscribe", v5, "8A 07 0001 00 0001 'a' 00", malformed},
    {"flags_on_suback", every, "91 03 0001 00", malformed},
    {"no_flags_on_unsubscribe", every, "A0 05 0001 0001 'a'", malformed},
    {"duplicate_unsubscribe", v311, "AA 05 0001 0001 'a'", malformed},
    {"flags_on_unsuback", every, "B8 02 0001", malformed},
    {"flags_on_pingreq", every, "C1 00", malformed},
    {"flags_on_pingresp", every, "D8 00", malformed},
    {"flags_on_disconnect", every, "E2 00", malformed},
    {"flags_on_auth", every, "F1 00", malformed},
    {"length_of_five_bytes", every, "30 80808080 01", malformed},
    {"length_not_in_its_shortest_form", every, "C0 80 00", malformed},
    {"length_of_four_bytes_not_in_its_shortest_form", every, "30 FFFFFF 00", malformed},
};

const std::vector<Wrong> wrong_connects{
    {"empty", every, "10 00", malformed},
    {"other_protocol", every, "10 0C 0004 'MQTS' 04 02 0000 0000", malformed},
    {"name_not_utf8", every, "10 0C 0004 FFFFFFFF 04 02 0000 0000", malformed},
    {"old_name_with_new_level", every, "10 0E 0006 'MQIsdp' 04 02 0000 0000", malformed},
    {"new_name_with_old_level", every, "10 0C 0004 'MQTT' 03 02 0000 0000", protocol},
    {"level_6", every, "10 0D 0004 'MQTT' 06 02 0000 00 0000", protocol},
    {"nothing_behind_the_level", every, "10 07 0004 'MQTT' 04", malformed},
    {"reserved_flag", every, "10 0C 0004 'MQTT' 04 03 0000 0000", malformed},
    {"will_qos_3", every, "10 12 0004 'MQTT' 04 1E 0000 0000 0001 'w' 0001 'x'", malformed},
    {"will_qos_without_will", every, "10 0C 0004 'MQTT' 04 0A 0000 0000", malformed},
    {"will_retain_without_will", every, "10 0C 0004 'MQTT' 04 22 0000 0000", malformed},
    {"password_alone", every, "10 0F 0004 'MQTT' 04 42 0000 0000 0001 'p'", malformed},
    {"client_id_with_nul", every, "10 0D 0004 'MQTT' 04 02 0000 0001 00", malformed},
    {"will_topic_with_wildcard", every, "10 12 0004 'MQTT' 04 06 0000 0000 0001 '#' 0001 'x'", malformed},
    {"empty_will_topic", every, "10 11 0004 'MQTT' 04 06 0000 0000 0000 0001 'x'", malformed},
    {"will_missing", every, "10 0C 0004 'MQTT' 04 06 0000 0000", malformed},
    {"username_missing", every, "10 0C 0004 'MQTT' 04 82 0000 0000", malformed},
    {"username_not_utf8", every, "10 0F 0004 'MQTT' 04 82 0000 0000 0001 FF", malformed},
    {"password_missing", every, "10 0F 0004 'MQTT' 04 C2 0000 0000 0001 'u'", malformed},
    {"trailing_byte", every, "10 0D 0004 'MQTT' 04 02 0000 0000 00", malformed},
    {"properties_missing", every, "10 0A 0004 'MQTT' 05 02 0000", malformed},
    {"properties_longer_than_the_packet", every, "10 0D 0004 'MQTT' 05 02 0000 05 0000", malformed},
    {"property_twice", every, "10 15 0004 'MQTT' 05 02 0000 08 22 0001 22 0001 0000 0000", protocol},
    {"property_of_publish", every, "10 0F 0004 'MQTT' 05 02 0000 02 01 00 0000", malformed},
    {"receive_maximum_0", every, "10 10 0004 'MQTT' 05 02 0000 03 21 0000 0000", protocol},
    {"data_without_method", every, "10 11 0004 'MQTT' 05 02 0000 04 16 0001 FF 0000", protocol},
    {"will_property_of_connect", every, "10 17 0004 'MQTT' 05 06 0000 00 0000 03 22 0001 0001 'w' 0001 'x'", malformed},
};

const std::vector<Wrong> wrong_connacks{
    {"empty", every, "20 00", malformed},
    {"short", every, "20 01 00", malformed},
    {"trailing_byte", v3, "20 03 00 00 00", malformed},
    {"trailing_byte", v5, "20 04 00 00 00 00", malformed},
    {"reserved_flag", v311, "20 02 02 00", malformed},
    {"reserved_flag", v5, "20 03 80 00 00", malformed},
    {"session_with_refusal", v311, "20 02 01 05", protocol},
    {"session_with_refusal", v5, "20 03 01 87 00", protocol},
    {"return_code_of_version_3", v5, "20 03 00 05 00", protocol},
    {"properties_missing", v5, "20 02 00 00", malformed},
    {"boolean_2", v5, "20 05 00 00 02 25 02", protocol},
    {"maximum_qos_2", v5, "20 05 00 00 02 24 02", protocol},
    {"receive_maximum_0", v5, "20 06 00 00 03 21 0000", protocol},
    {"maximum_packet_size_0", v5, "20 08 00 00 05 27 00000000", protocol},
    {"assigned_identifier_not_utf8", v5, "20 07 00 00 04 12 0001 FF", malformed},
    {"data_without_method", v5, "20 07 00 00 04 16 0001 FF", protocol},
    {"property_of_connect", v5, "20 05 00 00 02 17 00", malformed},
};

const std::vector<Wrong> wrong_publishes{
    {"empty", every, "30 00", malformed},
    {"qos_3", every, "36 06 0001 'a' 0001 00", malformed},
    {"duplicate_of_qos_0", every, "38 04 0001 'a' 00", malformed},
    {"topic_longer_than_the_packet", every, "30 03 0002 'a'", malformed},
    {"packet_identifier_missing", every, "32 03 0001 'a'", malformed},
    {"packet_identifier_cut_off", every, "32 04 0001 'a' 00", malformed},
    {"packet_identifier_0", v3, "32 05 0001 'a' 0000", protocol},
    {"packet_identifier_0", v5, "34 06 0001 'a' 0000 00", protocol},
    {"empty_topic", v3, "30 02 0000", malformed},
    {"empty_topic_without_alias", v5, "30 03 0000 00", protocol},
    {"wildcard_plus", every, "30 06 0003 'a/+' 00", malformed},
    {"wildcard_hash", every, "30 06 0003 'a/#' 00", malformed},
    {"wildcard_in_a_long_topic", every, "30 0F 000C 'abcdefgh#jkl' 00", malformed},
    {"nul_in_topic", every, "30 06 0003 61 00 62 00", malformed},
    {"surrogate_in_topic", every, "30 06 0003 EDA080 00", malformed},
    {"overlong_form_in_topic", every, "30 05 0002 C0AF 00", malformed},
    {"cut_off_character_in_topic", every, "30 05 0002 61E2 00", malformed},
    {"properties_missing", v5, "30 03 0001 'a'", malformed},
    {"properties_longer_than_the_packet", v5, "30 05 0001 'a' 02 01", malformed},
    {"properties_cut_off_within_one", v5, "30 06 0001 'a' 02 02 00", malformed},
    {"properties_length_not_shortest", v5, "30 06 0001 'a' 80 00 00", malformed},
    {"properties_length_of_five_bytes", v5, "30 08 0001 'a' 80808080 00", malformed},
    {"unknown_property", v5, "30 06 0001 'a' 02 7F 00", malformed},
    {"property_0", v5, "30 05 0001 'a' 01 00", malformed},
    {"property_with_a_long_identifier", v5, "30 07 0001 'a' 03 81 00 00", malformed},
    {"property_of_connack", v5, "30 07 0001 'a' 03 13 0001", malformed},
    {"property_twice", v5, "30 08 0001 'a' 04 01 00 01 00", protocol},
    {"topic_alias_0", v5, "30 07 0001 'a' 03 23 0000", Errc::topic_alias_invalid},
    {"topic_alias_twice", v5, "30 0A 0001 'a' 06 23 0001 23 0001", protocol},
    {"payload_format_2", v5, "30 06 0001 'a' 02 01 02", protocol},
    {"subscription_identifier_0", v5, "30 06 0001 'a' 02 0B 00", protocol},
    {"response_topic_with_wildcard", v5, "30 08 0001 'a' 04 08 0001 '+'", protocol},
    {"response_topic_empty", v5, "30 07 0001 'a' 03 08 0000", protocol},
    {"response_topic_not_utf8", v5, "30 08 0001 'a' 04 08 0001 80", malformed},
    {"user_property_name_not_utf8", v5, "30 0A 0001 'a' 06 26 0001 FF 0000", malformed},
    {"user_property_value_not_utf8", v5, "30 0A 0001 'a' 06 26 0000 0001 FF", malformed},
    {"user_property_without_value", v5, "30 08 0001 'a' 04 26 0001 'k'", malformed},
};

const std::vector<Wrong> wrong_acknowledgements{
    {"empty_puback", every, "40 00", malformed},
    {"short_puback", every, "40 01 00", malformed},
    {"puback_0", every, "40 02 0000", protocol},
    {"pubrel_0", every, "62 02 0000", protocol},
    {"long_puback", v3, "40 03 0001 00", malformed},
    {"reason_of_another_packet_on_pubrel", v5, "62 03 0001 10", protocol},
    {"reason_of_another_packet_on_puback", v5, "40 03 0001 11", protocol},
    {"unknown_reason", v5, "40 03 0001 7F", protocol},
    {"properties_longer_than_the_packet", v5, "40 04 0001 00 01", malformed},
    {"trailing_byte", v5, "40 05 0001 00 00 00", malformed},
    {"reason_string_twice", v5, "40 0A 0001 00 06 1F 0000 1F 0000", protocol},
    {"property_of_publish", v5, "70 06 0001 00 02 01 00", malformed},
};

const std::vector<Wrong> wrong_subscribes{
    {"empty_subscribe", every, "82 00", malformed},
    {"no_filter", v3, "82 02 0001", protocol},
    {"no_filter", v5, "82 03 0001 00", protocol},
    {"packet_identifier_0", v3, "82 06 0000 0001 'a' 00", protocol},
    {"packet_identifier_0", v5, "82 07 0000 00 0001 'a' 00", protocol},
    {"options_missing", v3, "82 05 0001 0001 'a'", malformed},
    {"options_missing", v5, "82 06 0001 00 0001 'a'", malformed},
    {"second_filter_cut_off", v3, "82 09 0001 0001 'a' 00 0001 'b'", malformed},
    {"empty_filter", v3, "82 05 0001 0000 00", malformed},
    {"misplaced_hash", v3, "82 08 0001 0003 '#/a' 00", malformed},
    {"misplaced_plus", v5, "82 08 0001 00 0002 'a+' 00", malformed},
    {"filter_not_utf8", every, "82 07 0001 00 0001 FF 00", malformed},
    {"share_without_name", v5, "82 0F 0001 00 0009 '$share//t' 00", malformed},
    {"qos_3", v3, "82 06 0001 0001 'a' 03", malformed},
    {"qos_3", v5, "82 07 0001 00 0001 'a' 03", protocol},
    {"options_of_version_5", v3, "82 06 0001 0001 'a' 04", malformed},
    {"reserved_options", v5, "82 07 0001 00 0001 'a' 40", malformed},
    {"retain_handling_3", v5, "82 07 0001 00 0001 'a' 30", protocol},
    {"no_local_on_a_share", v5, "82 10 0001 00 000A '$share/g/t' 05", protocol},
    {"subscription_identifier_0", v5, "82 09 0001 02 0B00 0001 'a' 00", protocol},
    {"subscription_identifier_twice", v5, "82 0B 0001 04 0B01 0B02 0001 'a' 00", protocol},
    {"subscription_identifier_of_five_bytes", v5, "82 0D 0001 06 0B80808080 01 0001 'a' 00", malformed},
    {"empty_suback", every, "90 00", malformed},
    {"no_code", v3, "90 02 0001", protocol},
    {"no_code", v5, "90 03 0001 00", protocol},
    {"suback_0", v3, "90 03 0000 00", protocol},
    {"suback_0", v5, "90 04 0000 00 00", protocol},
    {"granted_qos_3", v3, "90 03 0001 03", malformed},
    {"granted_qos_3", v5, "90 04 0001 00 03", protocol},
    {"code_of_another_packet", v5, "90 05 0001 00 00 11", protocol},
    {"empty_unsubscribe", every, "A2 00", malformed},
    {"no_filter_to_leave", v3, "A2 02 0001", protocol},
    {"no_filter_to_leave", v5, "A2 03 0001 00", protocol},
    {"unsubscribe_0", v3, "A2 05 0000 0001 'a'", protocol},
    {"filter_to_leave_cut_off", v3, "A2 05 0001 0002 'a'", malformed},
    {"filter_to_leave_misplaced_hash", v5, "A2 07 0001 00 0002 'a#'", malformed},
    {"property_of_subscribe", v5, "A2 08 0001 02 0B01 0001 'a'", malformed},
    {"empty_unsuback", every, "B0 00", malformed},
    {"unsuback_0", v3, "B0 02 0000", protocol},
    {"code_on_unsuback", v3, "B0 03 0001 00", malformed},
    {"no_code_on_unsuback", v5, "B0 03 0001 00", protocol},
    {"code_of_suback_on_unsuback", v5, "B0 04 0001 00 01", protocol},
};

const std::vector<Wrong> wrong_others{
    {"pingreq_with_body", every, "C0 01 00", malformed},
    {"pingresp_with_body", every, "D0 01 00", malformed},
    {"disconnect_with_body", v3, "E0 01 00", malformed},
    {"disconnect_with_unknown_reason", v5, "E0 01 01", protocol},
    {"disconnect_with_properties_cut_off", v5, "E0 02 00 01", malformed},
    {"disconnect_with_trailing_byte", v5, "E0 03 00 00 00", malformed},
    {"disconnect_with_property_of_connack", v5, "E0 05 00 03 21 0001", malformed},
    {"auth_at_all", v3, "F0 00", protocol},
    {"auth_with_unknown_reason", v5, "F0 02 01 00", protocol},
    {"auth_without_property_length", v5, "F0 01 18", malformed},
    {"auth_without_method", v5, "F0 02 18 00", protocol},
    {"auth_with_data_alone", v5, "F0 06 00 04 16 0001 FF", protocol},
    {"auth_with_trailing_byte", v5, "F0 07 18 04 15 0001 'm' 00", malformed},
    {"auth_with_property_of_publish", v5, "F0 04 18 02 01 00", malformed},
};

Errc verdict(Bytes stream, Version version) {
    const FrameResult found = read_frame(stream, limits::largest_packet);
    if (found.status == FrameResult::Status::bad) return found.error;
    EXPECT_EQ(found.status, FrameResult::Status::complete);
    EXPECT_EQ(found.size, stream.size()) << "the row itself is wrong";
    return decode_any(found.frame, version).error();
}

constexpr struct {
    unsigned flag;
    Version version;
    const char* text;
    const char* suffix;
} versions[] = {{v31, Version::v3_1, "3.1", "_in_3_1"},
                {v311, Version::v3_1_1, "3.1.1", "_in_3_1_1"},
                {v5, Version::v5, "5.0", "_in_5_0"}};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.notation; }

class Malformed : public testing::TestWithParam<Wrong> {};

TEST_P(Malformed, PacketIsRefusedWithItsReason) {
    const Octets bytes = octets(GetParam().notation);
    for (const auto& [flag, version, text, suffix] : versions) {
        if ((GetParam().versions & flag) == 0) continue;
        EXPECT_EQ(describe(verdict(bytes, version)), describe(GetParam().expected)) << "in " << text;
    }
}

std::string name_of(const testing::TestParamInfo<Wrong>& info) {
    std::string name = info.param.name;
    if (info.param.versions == every) return name;
    for (const auto& one : versions) {
        if ((info.param.versions & one.flag) != 0) name += one.suffix;
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(FixedHeader, Malformed, testing::ValuesIn(wrong_fixed_headers), name_of);
INSTANTIATE_TEST_SUITE_P(Connect, Malformed, testing::ValuesIn(wrong_connects), name_of);
INSTANTIATE_TEST_SUITE_P(Connack, Malformed, testing::ValuesIn(wrong_connacks), name_of);
INSTANTIATE_TEST_SUITE_P(Publish, Malformed, testing::ValuesIn(wrong_publishes), name_of);
INSTANTIATE_TEST_SUITE_P(Acknowledgement, Malformed, testing::ValuesIn(wrong_acknowledgements), name_of);
INSTANTIATE_TEST_SUITE_P(Subscribe, Malformed, testing::ValuesIn(wrong_subscribes), name_of);
INSTANTIATE_TEST_SUITE_P(Other, Malformed, testing::ValuesIn(wrong_others), name_of);

}  // namespace
}  // namespace wsmq::test
