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
    /// What others wrote: escaped for a terminal, but for the control characters that are `kept`, and as it is for
    /// files and pipes.
    [[nodiscard]] std::string shown(std::string_view text, std::string_view kept) const;
    /// Writes at once. False where it cannot be written, and where a signal or the time limit ended the wait for
    /// whoever reads, behind which nothing is written any more.
    [[nodiscard]] bool write(std::string_view text);
    [[nodiscard]] bool was_stopped() const noexcept { return is_stopped_; }
    /// Why it could not be written, as a sentence.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    /// How long write() waits; of several ends the first counts.
    void limit(Clock::time_point end) noexcept { end_ = end_ ? std::min(*end_, end) : end; }
    /// The command ends: what is left is written where somebody reads it now.
    void hurry() noexcept { limit(Clock::now() + std::chrono::seconds{1}); }

private:
    [[nodiscard]] bool wait_writable();

    bool is_terminal_;
    std::size_t at_once_;  ///< bytes that are taken without blocking, where wait_writable() said so
    bool is_stopped_ = false;
    std::string problem_;
    std::optional<Clock::time_point> end_;
};

/// What is printed of the loop: written when the loop turns, so that what one read of the connection brought is written
/// at once.
class Printer {
public:
    explicit Printer(boost::asio::io_context&);

    [[nodiscard]] Output& output() noexcept { return output_; }
    /// Called once, by the loop or by flush(): it cannot be written, or nobody reads it any more.
    std::function<void(const CommandError&)> on_failed;

    /// Where it is put; flush_soon() follows.
    [[nodiscard]] std::string& text() noexcept { return text_; }
    void flush_soon();
    void flush();
    /// Behind the last of it: flushes, and then whoever reads may go.
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
