// What other threads gave to a client that its loop has not taken yet.
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

class Handover : public std::enable_shared_from_this<Handover> {
public:
    struct Letter {
        std::string topic;
        std::string payload;
        std::vector<std::uint8_t> encoded_properties;
        PublishOptions options;      ///< but for the properties
        AnyCompletion<Answer> done;  ///< null: nobody waits for the end
    };
    enum class WhenFull : std::uint8_t { refuse, wait };

    Handover(boost::asio::any_io_executor executor, std::size_t maximum_messages, std::size_t maximum_bytes)
        : executor_{std::move(executor)}, maximum_messages_{maximum_messages}, maximum_bytes_{maximum_bytes} {}

    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    // --- Any thread ------------------------------------------------------------------------
    /// Errc::none: taken. The letter is not touched where it is not.
    [[nodiscard]] Errc give(Letter& letter, WhenFull when_full);

    // --- The client's thread ---------------------------------------------------------------
    /// `wake` is posted to the executor when there is something to take.
    void open(std::function<void()> wake);
    /// Whoever waits for room is told Errc::not_started. Returns what nobody took.
    [[nodiscard]] std::deque<Letter> close();
    /// Everything at once, oldest first. It goes on counting until give_back().
    [[nodiscard]] std::deque<Letter> take();
    /// What could not be published yet, in order, before everything newer; it is taken again when
    /// the queue has drained.
    void give_back(std::deque<Letter> letters);

private:
    [[nodiscard]] bool has_room(std::size_t size) const noexcept;
    void wake();

    const boost::asio::any_io_executor executor_;
    const std::size_t maximum_messages_;
    const std::size_t maximum_bytes_;

    std::mutex mutex_;
    std::condition_variable room_;
    std::deque<Letter> letters_;
    std::size_t bytes_ = 0;  ///< of letters_ and of what was taken
    std::size_t taken_letters_ = 0;
    std::size_t taken_bytes_ = 0;
    std::function<void()> wake_;  ///< null: closed
    bool wake_posted_ = false;
};

}  // namespace wsmq::native
