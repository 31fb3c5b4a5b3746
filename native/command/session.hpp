// One connection of a command: its loop, its client, and what ends it.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "arguments/connection_arguments.hpp"
#include "coroutine.hpp"
#include "report.hpp"
#include "wsmq/native/client.hpp"

namespace wsmq::command {

namespace net = boost::asio;

/// A sentence about an error, with what the broker or the transport said of it.
[[nodiscard]] std::string explain(const native::ErrorCode&, std::string_view detail = {});

/// Runs `work` to its end and gives what it gives. SIGINT and SIGTERM call `interrupted` once; a second one ends the
/// process at once, behind `killed`.
ExitCode run_loop(net::io_context&, net::awaitable<ExitCode> work, const std::function<void()>& interrupted,
                  const std::function<void()>& killed = {});

/// Why a connection did not come about, with what the broker or the transport said of it.
[[nodiscard]] CommandError not_connected(const native::ErrorCode&, std::string_view detail);

/// -W: calls `over` when the seconds have passed, where there are any.
class TimeLimit {
public:
    using Clock = std::chrono::steady_clock;

    TimeLimit(net::io_context& io, const std::optional<double>& seconds);

    void start(std::function<void()> over);
    void cancel() { timer_.cancel(); }
    [[nodiscard]] const std::optional<Clock::time_point>& end() const noexcept { return end_; }

private:
    net::steady_timer timer_;
    std::optional<Clock::time_point> end_;
};
[[nodiscard]] CommandError timed_out();

/// Tells of each loss of a connection, with -d of everything that happens to it, and why it ended for good. Losses in
/// a row without any progress end it as well, so that nobody waits without end for a broker that closes each time.
class ConnectionLog {
public:
    /// `maximum_losses`: as of ConnectionArguments.
    ConnectionLog(const Report& report, std::uint32_t maximum_losses)
        : report_{report}, maximum_losses_{maximum_losses} {}

    void connected(const std::string& text);
    void disconnected(const native::Disconnection&);
    /// What the command is for came about in part: losses are counted from here.
    void progressed() noexcept { losses_ = 0; }
    /// It came about, or will some time: losses count no longer.
    void settled() noexcept { maximum_losses_ = 0; }
    /// It ends on purpose; what happens from now on is not told.
    void end() noexcept { ending_ = true; }
    [[nodiscard]] bool is_ending() const noexcept { return ending_; }
    /// Where there is none any more: whether it was accepted, and ended by itself.
    [[nodiscard]] bool was_lost() const noexcept { return was_lost_; }
    [[nodiscard]] bool was_accepted() const noexcept { return was_accepted_; }
    /// Called before a loss is counted and told.
    std::function<void()> on_loss;
    /// Called where the connection was there, ended for good, and not on purpose.
    std::function<void(const CommandError&)> on_lost;

private:
    Report report_;
    std::uint32_t maximum_losses_;
    std::uint32_t losses_ = 0;
    bool ending_ = false;
    bool connected_ = false;
    bool was_accepted_ = false;
    bool was_lost_ = false;
};

class Session {
public:
    /// `maximum_losses`: as of ConnectionArguments.
    Session(net::io_context&, const ConnectionArguments::Resolved&, const Report&, std::uint32_t maximum_losses);

    [[nodiscard]] native::Client& client() noexcept { return client_; }
    /// Throws CommandError where no broker accepts; false where give_up() was called meanwhile.
    [[nodiscard]] net::awaitable<bool> connect();
    net::awaitable<void> disconnect();
    /// Ends the connection, or the attempt at one, and with it every operation.
    void give_up();
    /// As of ConnectionLog.
    void progressed() noexcept { log_.progressed(); }
    void settled() noexcept { log_.settled(); }
    std::function<void()> on_loss;
    /// Called where the connection ended for good and not by disconnect() or give_up().
    std::function<void(const CommandError&)> on_lost;
    /// Called at each reconnection.
    std::function<void()> on_connected_again;

private:
    void watch();

    Report report_;
    ConnectionLog log_;
    native::Client client_;
};

/// At most so many of something at a time; waits for room.
class Window {
public:
    Window(const net::any_io_executor& executor, std::size_t room)
        : room_{room}, size_{room}, changed_{executor, net::steady_timer::time_point::max()} {}

    net::awaitable<void> acquire();
    void release();
    /// Until nothing is held any more.
    net::awaitable<void> empty();

private:
    net::awaitable<void> change();

    std::size_t room_;
    std::size_t size_;
    net::steady_timer changed_;
};

}  // namespace wsmq::command
