#include "line_reader.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>

#include "exit_code.hpp"

namespace wsmq::command {

namespace net = boost::asio;

constexpr std::size_t read_ahead = 1000;  // lines

LineReader::LineReader(net::any_io_executor executor, int descriptor, Unit unit)
    : executor_{std::move(executor)},
      arrived_{std::make_shared<net::steady_timer>(executor_, net::steady_timer::time_point::max())},
      descriptor_{descriptor},
      unit_{unit},
      wake_{eventfd(0, EFD_CLOEXEC)},
      thread_{[this] { read_all(); }} {}

LineReader::~LineReader() {
    stop();
    thread_.join();
    ::close(wake_);
}

net::awaitable<std::optional<std::string>> LineReader::next() {
    for (;;) {
        {
            const std::lock_guard lock{mutex_};
            if (stopping_) co_return std::nullopt;
            if (!lines_.empty()) {
                std::string line = std::move(lines_.front());
                lines_.pop_front();
                room_.notify_one();
                co_return line;
            }
            if (error_ != 0)
                throw CommandError{ExitCode::failed,
                                   "Standard input: " + std::generic_category().message(error_) + '.'};
            if (at_end_) co_return std::nullopt;
        }
        boost::system::error_code cancelled;
        co_await arrived_->async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
}

void LineReader::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    room_.notify_one();
    [[maybe_unused]] const auto written = eventfd_write(wake_, 1);
    arrived_->cancel();
}

bool LineReader::wait_readable() const {
    std::array<pollfd, 2> files{pollfd{descriptor_, POLLIN, 0}, pollfd{wake_, POLLIN, 0}};
    while (poll(files.data(), files.size(), -1) < 0) {
        if (errno != EINTR) return false;
    }
    return files[1].revents == 0;
}

void LineReader::read_all() {
    std::string rest;
    std::array<char, 65'536> chunk{};
    while (wait_readable()) {
        const ssize_t size = ::read(descriptor_, chunk.data(), chunk.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) {
            if (size < 0) {
                const std::lock_guard lock{mutex_};
                error_ = errno;
            }
            break;
        }
        rest.append(chunk.data(), static_cast<std::size_t>(size));
        if (unit_ == Unit::everything) continue;
        std::size_t begin = 0;
        for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', begin)) {
            add(rest.substr(begin, end - begin));
            begin = end + 1;
        }
        rest.erase(0, begin);
        notify();
    }
    // A last line without its end; half of everything is nothing. Only this thread writes error_.
    if (unit_ == Unit::everything ? error_ == 0 : !rest.empty()) add(std::move(rest));
    {
        const std::lock_guard lock{mutex_};
        at_end_ = true;
    }
    notify();
}

void LineReader::add(std::string line) {
    std::unique_lock lock{mutex_};
    if (lines_.size() >= read_ahead) {
        lock.unlock();
        notify();
        lock.lock();
        room_.wait(lock, [this] { return stopping_ || lines_.size() < read_ahead; });
    }
    lines_.push_back(std::move(line));
}

void LineReader::notify() {
    net::post(executor_, [arrived = arrived_] { arrived->cancel(); });
}

}  // namespace wsmq::command
