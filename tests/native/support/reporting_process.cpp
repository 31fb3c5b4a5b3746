#include "support/reporting_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>

#include "support/loop.hpp"

namespace wsmq::native::test {

void ReportingProcess::Pipe::tell(std::uint64_t number) const {
    if (::write(descriptor_, &number, sizeof number) != sizeof number) ::_exit(1);
}

ReportingProcess::ReportingProcess(const std::function<void(Pipe)>& work)
    : end_{std::chrono::steady_clock::now() + patience} {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error{"there is no pipe to be had"};
    ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error{"there is no process to be had"};
    if (process_ == 0) {
        ::close(ends[0]);
        work(Pipe{ends[1]});
        ::_exit(0);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
}

ReportingProcess::~ReportingProcess() {
    kill();
    (void)wait();
    ::close(pipe_);
}

std::optional<std::uint64_t> ReportingProcess::next() {
    pollfd readable{pipe_, POLLIN, 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    if (left.count() <= 0 || ::poll(&readable, 1, static_cast<int>(left.count())) <= 0)
        throw std::runtime_error{"it does not end"};
    std::uint64_t number = 0;  // as a whole: it was written at once
    if (::read(pipe_, &number, sizeof number) != sizeof number) return std::nullopt;
    return number;
}

void ReportingProcess::kill() const {
    if (process_ > 0) ::kill(process_, SIGKILL);
}

void ReportingProcess::kill_at_some_moment(std::minstd_rand& random) const {
    // Sleeping takes much longer on a busy machine.
    const auto moment = std::chrono::steady_clock::now() + std::chrono::microseconds{random() % 200};
    while (std::chrono::steady_clock::now() < moment) {
    }
    kill();
}

int ReportingProcess::wait() {
    if (process_ <= 0) return 0;
    int status = 0;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace wsmq::native::test
