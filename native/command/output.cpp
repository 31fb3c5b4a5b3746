#include "output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <climits>
#include <csignal>
#include <limits>
#include <system_error>
#include <utility>

#include "process/interrupts.hpp"
#include "text/printable.hpp"

namespace wsmq::command {

namespace {

/// A pipe that poll() says is writable takes so much (POSIX, write()); what else may block is given all at once.
std::size_t taken_at_once() {
    struct stat status {};
    const bool is_pipe = fstat(STDOUT_FILENO, &status) == 0 && S_ISFIFO(status.st_mode);
    return is_pipe ? PIPE_BUF : std::numeric_limits<std::size_t>::max();
}

}  // namespace

Output::Output() : is_terminal_{isatty(STDOUT_FILENO) != 0}, at_once_{taken_at_once()} {}

std::string Output::shown(std::string_view text, std::string_view kept) const {
    return is_terminal_ ? printable(text, kept) : std::string{text};
}

bool Output::write(std::string_view text) {
    while (!text.empty()) {
        if (!wait_writable()) return false;
        const ssize_t size = ::write(STDOUT_FILENO, text.data(), std::min(text.size(), at_once_));
        if (size >= 0) {
            text.remove_prefix(static_cast<std::size_t>(size));
        } else if (errno != EINTR && errno != EAGAIN) {
            problem_ = "Standard output could not be written: " + std::generic_category().message(errno) + '.';
            return false;
        }
    }
    return true;
}

bool Output::wait_writable() {
    using std::chrono::ceil;
    using std::chrono::milliseconds;
    std::array<pollfd, 2> files{pollfd{STDOUT_FILENO, POLLOUT, 0}, pollfd{Interrupts::descriptor(), POLLIN, 0}};
    while (!is_stopped_ && files[0].revents == 0) {
        int wait = -1;
        if (end_) wait = static_cast<int>(std::max(milliseconds{0}, ceil<milliseconds>(*end_ - Clock::now())).count());
        const int ready = poll(files.data(), files.size(), wait);
        is_stopped_ = ready == 0 || (ready > 0 && files[0].revents == 0);
    }
    return !is_stopped_;
}

Printer::Printer(boost::asio::io_context& io) : io_{io}, reader_{io} {
    std::signal(SIGPIPE, SIG_IGN);  // it ends in order
    const int copy = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    boost::system::error_code unfit;  // a file cannot be waited for, and needs not
    reader_.assign(copy, unfit);
    if (!unfit)
        watch_reader();
    else if (copy >= 0)
        ::close(copy);
}

void Printer::flush_soon() {
    if (std::exchange(flush_waits_, true)) return;
    boost::asio::post(io_, [this] { flush(); });
}

void Printer::flush() {
    flush_waits_ = false;
    const bool written = output_.write(text_);
    text_.clear();
    if (!written && !output_.was_stopped()) fail(output_.problem());
}

void Printer::finish() {
    flush();
    is_over_ = true;
    boost::system::error_code ignored;
    reader_.cancel(ignored);
}

void Printer::watch_reader() {
    reader_.async_wait(boost::asio::posix::stream_descriptor::wait_error,
                       [this](const boost::system::error_code& error) {
                           if (error) return;
                           pollfd file{STDOUT_FILENO, 0, 0};
                           if (poll(&file, 1, 0) > 0) return fail("Standard output was closed by its reader.");
                           watch_reader();
                       });
}

void Printer::fail(const std::string& problem) {
    if (std::exchange(is_over_, true)) return;
    if (on_failed) on_failed(CommandError{ExitCode::failed, problem});
}

}  // namespace wsmq::command
