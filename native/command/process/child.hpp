// A program that runs beside the loop: its input, its two outputs, and its end. Nothing here blocks.
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

/// The end of a pipe from which a program's output is read.
class Outlet {
public:
    Outlet(net::io_context&, int descriptor);

    /// Bytes read; 0 at the end.
    net::awaitable<std::size_t> read_some(std::span<char>);
    /// The program has ended: what it has written is read, and then comes the end, even where somebody whom it left
    /// behind could still write.
    void drain();

private:
    net::posix::stream_descriptor pipe_;
    bool draining_ = false;
};

class Child : public std::enable_shared_from_this<Child> {
public:
    /// What wait() of the system gives; see status_of() and signal_of().
    [[nodiscard]] net::awaitable<int> wait();
    /// Gives it all of its input. Ends early where it reads no more.
    net::awaitable<void> feed(std::string_view input);
    /// SIGTERM to it and to what it has started, and SIGKILL two seconds later.
    void terminate();

    Outlet output;
    Outlet errors;

private:
    friend class Children;
    Child(net::io_context&, pid_t, int input, int output, int errors);
    void handle_exit(int status);
    /// It has ended, and what it has started is still to be killed.
    [[nodiscard]] bool has_left_others() const noexcept { return status_ && is_kill_due_; }

    pid_t pid_;
    net::posix::stream_descriptor input_;
    net::steady_timer exited_;
    net::steady_timer kill_;
    std::optional<int> status_;
    bool is_terminated_ = false;
    bool is_kill_due_ = false;
};

/// Starts programs, each in a process group of its own, and learns of their ends.
class Children {
public:
    /// Takes SIGCHLD for the process as a whole: there is one of these.
    explicit Children(net::io_context&);
    /// Those that still run are killed.
    ~Children() { kill_all(); }
    Children(const Children&) = delete;
    Children& operator=(const Children&) = delete;

    /// `words`: the program, which is looked for in PATH, and its arguments; there is no shell. `variables`:
    /// NAME=VALUE, beside the environment of this process without its secrets. Throws std::system_error.
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

/// Whether start() would find it.
[[nodiscard]] bool is_program(const std::string& name);

}  // namespace wsmq::command
