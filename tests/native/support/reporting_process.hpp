// A process of a test's own that tells through a pipe what it does, until it is killed.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>

namespace wsmq::native::test {

class ReportingProcess {
public:
    /// Where the process tells. A reader that is gone ends it.
    class Pipe {
    public:
        explicit Pipe(int descriptor) noexcept : descriptor_{descriptor} {}
        void tell(std::uint64_t number) const;

    private:
        int descriptor_;
    };

    /// A fork of this one that does `work`, and ends with 0 where that returns.
    explicit ReportingProcess(const std::function<void(Pipe)>& work);
    ~ReportingProcess();
    ReportingProcess(const ReportingProcess&) = delete;
    ReportingProcess& operator=(const ReportingProcess&) = delete;

    /// What it tells next; nothing once it is dead and all was read. It can be 512 numbers ahead of who reads.
    /// Throws where it lives too long.
    [[nodiscard]] std::optional<std::uint64_t> next();
    /// SIGKILL.
    void kill() const;
    /// A moment later, that is, at whatever it is doing then.
    void kill_at_some_moment(std::minstd_rand& random) const;
    /// Waits for its end: the exit code, or minus the signal that killed it.
    [[nodiscard]] int wait();

private:
    std::chrono::steady_clock::time_point end_;
    pid_t process_ = -1;
    int pipe_ = -1;
};

}  // namespace wsmq::native::test
