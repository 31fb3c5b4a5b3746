// Where `wsmq pub` has its messages from.
#pragma once
#include <cstdint>
#include <functional>
#include <iosfwd>
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
};

/// The next payload each time; nothing at the end. Throws CommandError where it cannot be read. What it returns for -l
/// blocks in reading, so call it on a thread of its own.
class PayloadSource {
public:
    PayloadSource(const PayloadArguments&, std::istream& standard_input);
    [[nodiscard]] std::optional<Payload> next();
    /// How many there will be; nothing for -l.
    [[nodiscard]] std::optional<std::uint64_t> count() const noexcept;

private:
    std::istream& standard_input_;
    bool lines_;
    Payload whole_;
    std::uint64_t left_ = 0;
};

}  // namespace wsmq::command
