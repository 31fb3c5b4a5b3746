// The bounded queue between other threads, which publish, and the client's loop.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "wsmq/native/completion.hpp"
#include "wsmq/native/message.hpp"
#include "wsmq/native/results.hpp"
#include "wsmq/options.hpp"

namespace wsmq::native {

/// One publish of another thread, with everything that it refers to.
struct QueuedPublish {
    std::string topic;
    std::string payload;
    std::vector<std::uint8_t> encoded_properties;
    PublishOptions options;      ///< without the properties
    AnyCompletion<Answer> done;  ///< null: nobody waits for the result
};

class Handover : public std::enable_shared_from_this<Handover> {
public:
    enum class WhenFull : std::uint8_t { refuse, wait };

    Handover(boost::asio::any_io_executor executor, std::size_t maximum_messages, std::size_t maximum_bytes)
        : executor_{std::move(executor)}, maximum_messages_{maximum_messages}, maximum_bytes_{maximum_bytes} {}

    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    // --- Any thread ------------------------------------------------------------------------
    /// Errc::none: moved into the queue; otherwise it is left as it was.
    [[nodiscard]] Errc push(QueuedPublish& message, WhenFull when_full);

    // --- The client's thread ---------------------------------------------------------------
    /// `wake` is posted to the executor when the queue is no longer empty.
    void open(std::function<void()> wake);
    /// Threads that wait for room return with Errc::not_started. Returns what was not taken.
    [[nodiscard]] std::deque<QueuedPublish> close();
    /// Everything at once, oldest first. It counts against the bounds until put_back().
    [[nodiscard]] std::deque<QueuedPublish> take();
    /// Those that could not be published yet, in order, in front of all newer ones; take() again once
    /// the engine's queue has drained.
    void put_back(std::deque<QueuedPublish> messages);

private:
    [[nodiscard]] bool has_room(std::size_t size) const noexcept;
    void wake();

    const boost::asio::any_io_executor executor_;
    const std::size_t maximum_messages_;
    const std::size_t maximum_bytes_;

    std::mutex mutex_;
    std::condition_variable room_;
    std::deque<QueuedPublish> queue_;
    std::size_t bytes_ = 0;  ///< of queue_ and of what take() returned
    std::size_t taken_count_ = 0;
    std::size_t taken_bytes_ = 0;
    std::function<void()> wake_;  ///< null: closed
    bool wake_posted_ = false;
};

}  // namespace wsmq::native
