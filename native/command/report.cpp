#include "report.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "text/json_text.hpp"
#include "text/printable.hpp"

namespace wsmq::command {

ExitCode Report::fail(ExitCode code, std::string_view text) const {
    print("error", text, code);
    return code;
}

ExitCode Report::fail(const CommandError& error) const {
    print("error", error.what(), error.code(), error.details());
    return error.code();
}

void Report::warn(std::string_view text) const { print("warning", text, std::nullopt); }

void Report::debug(std::string_view text) const {
    if (debug_) print("debug", text, std::nullopt);
}

void Report::print(std::string_view key, std::string_view text, std::optional<ExitCode> code,
                   std::string_view details) const {
    if (quiet_) return;
    if (!json_) {
        std::cerr << "wsmq: " << printable(text) << std::endl;
        return;
    }
    Json object{{key, text}};
    if (code) object["exit_code"] = static_cast<int>(*code);
    std::string line = to_text(object);
    if (!details.empty()) line.replace(line.size() - 1, 1, "," + std::string{details.substr(1)});
    std::cerr << line << std::endl;
}

ProgressLine::ProgressLine(std::string_view noun)
    : noun_{noun},
      is_terminal_{isatty(STDERR_FILENO) != 0},
      start_{Clock::now()},
      next_{start_ + std::chrono::seconds{1}} {}

void ProgressLine::update(std::uint64_t done, std::optional<std::uint64_t> of) {
    if (!is_terminal_) return;
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds{200};
    const double seconds = std::chrono::duration<double>(now - start_).count();
    std::cerr << "\r\x1b[K" << done;
    if (of) std::cerr << " of " << *of;
    std::cerr << ' ' << noun_ << ", " << static_cast<std::uint64_t>(static_cast<double>(done) / seconds) << " a second"
              << std::flush;
    shown_ = true;
}

void ProgressLine::clear() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
    shown_ = false;
}

}  // namespace wsmq::command
