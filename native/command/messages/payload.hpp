// Where `wsmq pub` has its messages from.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wsmq::command {

using Payload = std::vector<std::uint8_t>;

struct PayloadArguments {
    std::optional<std::string> message;  ///< -m
    std::optional<std::string> file;     ///< -f; "-" is standard input
    bool lines = false;                  ///< -l
    bool standard_input = false;         ///< -s
    bool empty = false;                  ///< -n
    std::uint64_t repeat = 1;            ///< of -m, -f, -s and -n

    /// Exactly one source is named; only -l cannot be repeated. Throws UsageError.
    void check() const;
    /// Whether all of standard input is the payload.
    [[nodiscard]] bool is_standard_input() const { return standard_input || file == "-"; }
};

/// What is named as one payload, which -l is not. Blocks in reading standard input. Throws CommandError where it cannot
/// be read.
[[nodiscard]] Payload read_payload(const PayloadArguments&);

}  // namespace wsmq::command
