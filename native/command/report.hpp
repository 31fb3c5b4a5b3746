// Messages on standard error: errors, connection events (-d), and the progress of a long run.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "arguments/connection_arguments.hpp"
#include "exit_code.hpp"

namespace wsmq::command {

class Report {
public:
    explicit Report(const ConnectionArguments& arguments)
        : quiet_{arguments.quiet}, json_{arguments.json}, debug_{arguments.debug} {}

    /// Prints the error, unless --quiet, and returns the code.
    ExitCode fail(ExitCode, std::string_view text) const;
    ExitCode fail(const CommandError&) const;
    /// An error that does not end the command.
    void warn(std::string_view text) const;
    /// With -d only.
    void debug(std::string_view text) const;
    [[nodiscard]] bool is_debugging() const noexcept { return debug_; }

private:
    void print(std::string_view key, std::string_view text, std::optional<ExitCode>,
               std::string_view details = {}) const;
    bool quiet_;
    bool json_;
    bool debug_;
};

/// A status line on a terminal, updated a few times a second.
class ProgressLine {
public:
    /// Shows nothing in the first second. `noun`: what is counted; borrowed.
    explicit ProgressLine(std::string_view noun = "messages");
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void update(std::uint64_t done, std::optional<std::uint64_t> of);
    /// Call it before printing anything else.
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    std::string_view noun_;
    bool is_terminal_;
    bool shown_ = false;
    Clock::time_point start_;
    Clock::time_point next_;
};

}  // namespace wsmq::command
