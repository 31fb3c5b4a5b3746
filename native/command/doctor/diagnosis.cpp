#include "doctor/diagnosis.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "text/json_text.hpp"

namespace wsmq::command {

namespace {

constexpr std::array<std::string_view, 4> words{"ok", "warning", "error", "skipped"};
constexpr std::array<std::string_view, 4> marks{"ok     ", "warning", "ERROR  ", "skipped"};

std::string text_of(const BrokerFacts& facts) {
    std::string versions = "MQTT";
    for (const Version each : facts.versions)
        versions += (versions == "MQTT" ? " " : ", ") + std::string{named(each).substr(5)};
    const std::string size =
        facts.maximum_packet_size == 0 ? "no limit" : std::to_string(facts.maximum_packet_size) + " bytes";
    std::string lines = "versions: " + versions;
    lines += "\nmaximum QoS: " + std::to_string(static_cast<int>(facts.maximum_qos));
    lines += "\nmaximum packet size: " + size;
    lines += "\nreceive maximum: " + std::to_string(facts.receive_maximum);
    lines += "\ntopic alias maximum: " + std::to_string(facts.topic_alias_maximum);
    if (facts.round_trip)
        lines += "\nround trip: " + rounded(facts.round_trip->median) + " (median), " +
                 rounded(facts.round_trip->longest) + " (longest)";
    return lines;
}

Json json_of(const BrokerFacts& facts) {
    Json versions = Json::array();
    for (const Version each : facts.versions) versions.push_back(static_cast<int>(each));
    Json object{{"versions", versions},
                {"maximumQos", static_cast<int>(facts.maximum_qos)},
                {"maximumPacketSize", facts.maximum_packet_size},
                {"receiveMaximum", facts.receive_maximum},
                {"topicAliasMaximum", facts.topic_alias_maximum}};
    if (facts.round_trip)
        object["roundTrip"] = {{"median", facts.round_trip->median}, {"longest", facts.round_trip->longest}};
    return object;
}

}  // namespace

std::string rounded(double milliseconds) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f ms", milliseconds);
    return text.data();
}

bool Diagnosis::has(Finding::Status status) const {
    return std::ranges::any_of(findings, [&](const Finding& each) { return each.status == status; });
}

void Diagnosis::add(std::string_view check, Finding::Status status, std::string text) {
    findings.push_back({check, status, std::move(text)});
}

std::string_view named(Version version) {
    switch (version) {
        case Version::v3_1: return "MQTT 3.1";
        case Version::v3_1_1: return "MQTT 3.1.1";
        case Version::v5: return "MQTT 5";
    }
    return "MQTT";
}

std::string to_text(const Diagnosis& diagnosis) {
    std::string text = diagnosis.verdict + "\n\n";
    for (const auto& [check, status, sentence] : diagnosis.findings)
        text.append(marks[static_cast<std::size_t>(status)]).append("  ").append(check).append(": ").append(sentence) +=
            '\n';
    if (diagnosis.broker) text += '\n' + text_of(*diagnosis.broker) + '\n';
    return text;
}

std::string to_json(const Diagnosis& diagnosis) {
    Json object{{"ok", diagnosis.is_ok()}, {"verdict", diagnosis.verdict}};
    if (diagnosis.url) object["url"] = *diagnosis.url;
    if (diagnosis.broker) object["broker"] = json_of(*diagnosis.broker);
    object["findings"] = Json::array();
    for (const auto& [check, status, text] : diagnosis.findings)
        object["findings"].push_back(
            Json{{"check", check}, {"status", words[static_cast<std::size_t>(status)]}, {"text", text}});
    return to_text(object) + '\n';
}

}  // namespace wsmq::command
