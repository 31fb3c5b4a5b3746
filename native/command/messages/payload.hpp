// The source of the messages of `wsmq pub`.
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

    /// Checks that exactly one source is given, and that -l is not repeated. Throws UsageError.
    void check() const;
    /// Whether all of standard input is the payload.
    [[nodiscard]] bool is_standard_input() const { return standard_input || file == "-"; }
};

/// The payload of every source except -l. Blocks while it reads standard input. Throws CommandError where it cannot be
/// read.
[[nodiscard]] Payload read_payload(const PayloadArguments&);

}  // namespace wsmq::command
