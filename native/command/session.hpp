// The connection of a command: its loop, its client, and how it ends.
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

/// A sentence about an error, with the detail of the broker or the transport.
[[nodiscard]] std::string explain(const native::ErrorCode&, std::string_view detail = {});

/// With -d: the options with a log that reports each packet. The report is used as long as a client has them.
[[nodiscard]] native::ClientOptions with_packets(native::ClientOptions, const Report&);

/// Runs `work` and returns its result. SIGINT and SIGTERM call `interrupted` once; a second signal calls `killed` and
/// ends the process at once.
ExitCode run_loop(net::io_context&, net::awaitable<ExitCode> work, const std::function<void()>& interrupted,
                  const std::function<void()>& killed = {});

/// The error for a failure to connect, with the detail of the broker or the transport.
[[nodiscard]] CommandError not_connected(const native::ErrorCode&, std::string_view detail);

/// -W: calls `over` after that many seconds, if any.
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

/// Reports each loss of a connection, with -d every event, and why it ended for good. A number of losses in a row
/// without progress ends it as well, so that a command does not wait for ever for a broker that closes every
/// connection.
class ConnectionLog {
public:
    /// `maximum_losses`: as in ConnectionArguments.
    ConnectionLog(const Report& report, std::uint32_t maximum_losses)
        : report_{report}, maximum_losses_{maximum_losses} {}

    void connected(const std::string& text);
    void disconnected(const native::Disconnection&);
    /// The command made progress: losses are counted anew.
    void progressed() noexcept { losses_ = 0; }
    /// The command has what it needs: losses are not counted any more.
    void settled() noexcept { maximum_losses_ = 0; }
    /// The command ends it: reports nothing more.
    void end() noexcept { ending_ = true; }
    [[nodiscard]] bool is_ending() const noexcept { return ending_; }
    /// After its end: whether the broker had accepted it, and end() was not called.
    [[nodiscard]] bool was_lost() const noexcept { return was_lost_; }
    [[nodiscard]] bool was_accepted() const noexcept { return was_accepted_; }
    /// Called before a loss is counted and reported.
    std::function<void()> on_loss;
    /// Called when an established connection ends for good, unless end() was called.
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
    /// `maximum_losses`: as in ConnectionArguments.
    Session(net::io_context&, const ConnectionArguments::Resolved&, const Report&, std::uint32_t maximum_losses);

    [[nodiscard]] native::Client& client() noexcept { return client_; }
    /// Throws CommandError where no broker accepts; false where give_up() was called first.
    [[nodiscard]] net::awaitable<bool> connect();
    net::awaitable<void> disconnect();
    /// Ends the connection, or the attempt to connect, and so every operation.
    void give_up();
    /// As ConnectionLog.
    void progressed() noexcept { log_.progressed(); }
    void settled() noexcept { log_.settled(); }
    std::function<void()> on_loss;
    /// Called when the connection ended for good, other than by disconnect() or give_up().
    std::function<void(const CommandError&)> on_lost;
    /// Called at each reconnection.
    std::function<void()> on_connected_again;

private:
    void watch();

    Report report_;
    ConnectionLog log_;
    native::Client client_;
};

/// A counting semaphore.
class Window {
public:
    Window(const net::any_io_executor& executor, std::size_t room)
        : room_{room}, size_{room}, changed_{executor, net::steady_timer::time_point::max()} {}

    net::awaitable<void> acquire();
    void release();
    /// Until nothing is held.
    net::awaitable<void> empty();

private:
    net::awaitable<void> change();

    std::size_t room_;
    std::size_t size_;
    net::steady_timer changed_;
};

}  // namespace wsmq::command
