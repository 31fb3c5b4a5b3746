// A child process: its input, its two outputs and its end, without blocking the loop.
#pragma once
#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coroutine.hpp"

namespace wsmq::command {

namespace net = boost::asio;

/// The reading end of a pipe for a program's output.
class Outlet {
public:
    Outlet(net::io_context&, int descriptor);

    /// Bytes read; 0 at the end.
    net::awaitable<std::size_t> read_some(std::span<char>);
    /// The program has ended: the rest of its output is read, and then the end, even where a process that it started
    /// still holds the pipe.
    void drain();

private:
    net::posix::stream_descriptor pipe_;
    bool draining_ = false;
};

class Child : public std::enable_shared_from_this<Child> {
public:
    /// The status of wait(2).
    [[nodiscard]] net::awaitable<int> wait();
    /// Writes all of its input. Ends early where the program does not read any more.
    net::awaitable<void> feed(std::string_view input);
    /// SIGTERM to its process group, and SIGKILL two seconds later.
    void terminate();

    Outlet output;
    Outlet errors;

private:
    friend class Children;
    Child(net::io_context&, pid_t, int input, int output, int errors);
    void handle_exit(int status);
    /// It has ended; kills the rest of its process group.
    [[nodiscard]] bool has_left_others() const noexcept { return status_ && is_kill_due_; }

    pid_t pid_;
    net::posix::stream_descriptor input_;
    net::steady_timer exited_;
    net::steady_timer kill_;
    std::optional<int> status_;
    bool is_terminated_ = false;
    bool is_kill_due_ = false;
};

/// Starts programs, each in a process group of its own, and reaps them.
class Children {
public:
    /// Handles SIGCHLD of the process: make only one.
    explicit Children(net::io_context&);
    /// Kills programs that still run.
    ~Children() { kill_all(); }
    Children(const Children&) = delete;
    Children& operator=(const Children&) = delete;

    /// `words`: the program, found by PATH, and its arguments, without a shell. `variables`: NAME=VALUE, added to the
    /// environment of this process without its secrets. Throws std::system_error.
    std::shared_ptr<Child> start(const std::vector<std::string>& words, const std::vector<std::string>& variables);
    void kill_all() const noexcept;

private:
    void watch();
    void reap();

    net::io_context& io_;
    net::signal_set signals_;
    std::map<pid_t, std::shared_ptr<Child>> running_;
    std::vector<std::shared_ptr<Child>> ended_;  ///< those that have left others
};

/// Whether start() would find the program.
[[nodiscard]] bool is_program(const std::string& name);

}  // namespace wsmq::command
