// One connection of a command: its loop, its client, and what ends it.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
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

/// What an error says of the connection, as an exit code; `otherwise` where it was not a broker's refusal.
[[nodiscard]] ExitCode exit_code_of(const native::ErrorCode&, ExitCode otherwise);

/// Tells what happens to a connection, with -d, and why it ended for good.
class ConnectionLog {
public:
    explicit ConnectionLog(const Report& report) : report_{report} {}

    void connected(const std::string& text);
    void disconnected(const native::Disconnection&);
    /// It ends on purpose; what happens from now on is not told.
    void end() noexcept { ending_ = true; }
    [[nodiscard]] bool is_ending() const noexcept { return ending_; }
    /// Called where the connection was there, ended for good, and not on purpose.
    std::function<void(const CommandError&)> on_lost;

private:
    Report report_;
    bool ending_ = false;
    bool connected_ = false;
};

class Session {
public:
    Session(net::io_context&, const ConnectionArguments::Resolved&, const Report&);

    [[nodiscard]] native::Client& client() noexcept { return client_; }
    /// Throws CommandError where no broker accepts; false where give_up() was called meanwhile.
    [[nodiscard]] net::awaitable<bool> connect();
    net::awaitable<void> disconnect();
    /// Ends the connection, or the attempt at one, and with it every operation.
    void give_up();
    /// Called where the connection ended for good and not by disconnect() or give_up().
    std::function<void(const CommandError&)> on_lost;
    /// Called at each reconnection.
    std::function<void()> on_connected_again;

private:
    void watch();

    Report report_;
    ConnectionLog log_{report_};
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
