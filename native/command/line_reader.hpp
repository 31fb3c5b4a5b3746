// Reads lines of a file descriptor, or all of it, without blocking the loop.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "coroutine.hpp"

namespace wsmq::command {

/// Reads on a thread of its own, for terminals, pipes and files alike: making the descriptor non-blocking would do
/// so for the shell that shares it as well. A bounded number of lines is read ahead.
class LineReader {
public:
    enum class Unit : std::uint8_t { line, everything };
    LineReader(boost::asio::any_io_executor, int descriptor, Unit unit = Unit::line);
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    /// The next line, without its end, or everything, once; nothing at the end of the input, or after stop(). Throws
    /// CommandError where the input cannot be read.
    boost::asio::awaitable<std::optional<std::string>> next();
    /// Ends the input here. On the loop's thread.
    void stop();

private:
    void read_all();
    bool wait_readable() const;
    void add(std::string line);
    void notify();

    boost::asio::any_io_executor executor_;
    std::shared_ptr<boost::asio::steady_timer> arrived_;  ///< outlived by what was posted to it
    int descriptor_;
    Unit unit_;
    int wake_;  ///< an eventfd: stop reading
    std::mutex mutex_;
    std::condition_variable room_;
    std::deque<std::string> lines_;
    int error_ = 0;
    bool at_end_ = false;
    bool stopping_ = false;
    std::thread thread_;  // last: it uses the others
};

}  // namespace wsmq::command
