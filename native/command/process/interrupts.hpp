// SIGINT and SIGTERM, for the loop, and for who waits for something else while the loop stands still.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <csignal>
#include <functional>

namespace wsmq::command {

/// One at a time. Nothing that waits in the system is taken up again behind such a signal.
class Interrupts {
public:
    /// `handler`: for each signal, with its number.
    Interrupts(boost::asio::io_context&, std::function<void(int)> handler);
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    /// Readable while the loop has a signal before it; -1 where there is no loop.
    [[nodiscard]] static int descriptor() noexcept;

private:
    void watch();

    boost::asio::posix::stream_descriptor arrived_;
    std::function<void(int)> handler_;
    struct sigaction former_[2];
};

}  // namespace wsmq::command
