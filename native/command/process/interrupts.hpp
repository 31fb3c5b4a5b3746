// SIGINT and SIGTERM, for the loop and for code that blocks outside it.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <csignal>
#include <functional>

namespace wsmq::command {

/// One at a time. System calls that such a signal interrupts are not restarted.
class Interrupts {
public:
    /// `handler`: called for each signal, with its number.
    Interrupts(boost::asio::io_context&, std::function<void(int)> handler);
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    /// Readable while a signal waits for the loop; -1 where there is no loop.
    [[nodiscard]] static int descriptor() noexcept;

private:
    void watch();

    boost::asio::posix::stream_descriptor arrived_;
    std::function<void(int)> handler_;
    struct sigaction former_[2];
};

}  // namespace wsmq::command
