// Standard output.
#pragma once
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "exit_code.hpp"

namespace wsmq::command {

class Output {
public:
    using Clock = std::chrono::steady_clock;

    Output();

    [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }
    /// Text of other parties: escaped for a terminal, except for the control characters in `kept`; unchanged for files
    /// and pipes.
    [[nodiscard]] std::string shown(std::string_view text, std::string_view kept) const;
    /// Writes at once. False where it cannot be written, or where a signal or the time limit ended the wait for the
    /// reader; nothing more is written then.
    [[nodiscard]] bool write(std::string_view text);
    [[nodiscard]] bool was_stopped() const noexcept { return is_stopped_; }
    /// Why writing failed, as a sentence.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    /// Until when write() waits; the earliest of several counts.
    void limit(Clock::time_point end) noexcept { end_ = end_ ? std::min(*end_, end) : end; }
    /// The command ends: writes the rest as far as the reader takes it now.
    void hurry() noexcept { limit(Clock::now() + std::chrono::seconds{1}); }

private:
    [[nodiscard]] bool wait_writable();

    bool is_terminal_;
    std::size_t at_once_;  ///< bytes that are taken without blocking, where wait_writable() said so
    bool is_stopped_ = false;
    std::string problem_;
    std::optional<Clock::time_point> end_;
};

/// Output of the loop: written when the loop turns, so that all messages of one read leave in one write.
class Printer {
public:
    explicit Printer(boost::asio::io_context&);

    [[nodiscard]] Output& output() noexcept { return output_; }
    /// Called once, by the loop or by flush(): writing failed, or the reader is gone.
    std::function<void(const CommandError&)> on_failed;

    /// The buffer to append to; call flush_soon() afterwards.
    [[nodiscard]] std::string& text() noexcept { return text_; }
    void flush_soon();
    void flush();
    /// After the last output: flushes, and ignores the end of the reader from then on.
    void finish();

private:
    void watch_reader();
    void fail(const std::string& problem);

    boost::asio::io_context& io_;
    Output output_;
    boost::asio::posix::stream_descriptor reader_;
    std::string text_;
    bool flush_waits_ = false;
    bool is_over_ = false;  ///< it failed, or was finished
};

}  // namespace wsmq::command
