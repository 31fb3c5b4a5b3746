// The diagram in docs/design.md is the table of phases. Where they differ, the failure prints the text to put there.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "client/phase.hpp"
#include "gtest/gtest.h"

namespace wsmq::client {
namespace {

std::string_view name_of(Phase phase) {
    switch (phase) {
        case Phase::idle: return "idle";
        case Phase::waiting: return "waiting";
        case Phase::asking: return "asking";
        case Phase::opening: return "opening";
        case Phase::handshaking: return "handshaking";
        case Phase::connected: return "connected";
    }
    return "";
}

std::string_view name_of(Step step) {
    switch (step) {
        case Step::ask: return "ask";
        case Step::open: return "open";
        case Step::transport_opened: return "transport opened";
        case Step::accepted: return "accepted";
        case Step::retry: return "retry";
        case Step::end: return "end";
    }
    return "";
}

std::string diagram_of_table() {
    std::string diagram = "stateDiagram-v2\n";
    for (const auto& each : phase_transitions) {
        ((diagram += "    ") += name_of(each.from)) += " --> ";
        ((diagram += name_of(each.to)) += ": ") += name_of(each.step);
        diagram += '\n';
    }
    return diagram;
}

std::string diagram_of_document() {
    std::ifstream file{std::filesystem::path{WSMQ_SOURCE_DIR} / "docs" / "design.md", std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    constexpr std::string_view opening = "```mermaid\n";
    const auto fence = text.find(opening);
    if (fence == std::string::npos) return {};
    const auto begin = fence + opening.size();
    return text.substr(begin, text.find("```", begin) - begin);
}

TEST(PhaseDiagram, InTheDesignDocumentIsTheTable) { EXPECT_EQ(diagram_of_document(), diagram_of_table()); }

}  // namespace
}  // namespace wsmq::client
