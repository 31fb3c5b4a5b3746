#include "client/handover.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <typeinfo>

#include "wsmq/native/error_code.hpp"
#include "wsmq/native/publisher.hpp"

namespace wsmq::native {

namespace {

std::size_t size_of(const QueuedPublish& message) noexcept {
    return message.topic.size() + message.payload.size() + message.encoded_properties.size();
}

QueuedPublish own(std::string_view topic, Payload payload, const PublishOptions& options) {
    QueuedPublish message{std::string{topic},
                          std::string{as_text(payload.bytes())},
                          {options.encoded_properties.begin(), options.encoded_properties.end()},
                          options,
                          nullptr};
    message.options.encoded_properties = {};
    return message;
}

template <class Executor> bool runs_here_as(const boost::asio::any_io_executor& executor) {
    // target() of Boost 1.74 does not check the type that it is asked for.
    if (executor.target_type() != typeid(Executor)) return false;
    return executor.target<Executor>()->running_in_this_thread();
}

/// Whether this thread runs the executor's handlers, so that waiting here would wait for ever.
bool runs_here(const boost::asio::any_io_executor& executor) {
    using boost::asio::strand;
    using Loop = boost::asio::io_context::executor_type;
    using Pool = boost::asio::thread_pool::executor_type;
    return runs_here_as<Loop>(executor) || runs_here_as<strand<Loop>>(executor) ||
           runs_here_as<strand<Pool>>(executor) || runs_here_as<strand<boost::asio::any_io_executor>>(executor);
}

}  // namespace

Errc Handover::push(QueuedPublish& message, WhenFull when_full) {
    std::unique_lock lock{mutex_};
    const auto size = size_of(message);
    const bool waits = when_full == WhenFull::wait && !runs_here(executor_);
    if (waits) room_.wait(lock, [&] { return !wake_ || has_room(size); });
    if (!wake_) return Errc::not_started;
    if (!has_room(size)) return Errc::queue_full;
    bytes_ += size;
    queue_.push_back(std::move(message));
    wake();
    return Errc::none;
}

bool Handover::has_room(std::size_t size) const noexcept {
    if (queue_.empty() && taken_count_ == 0) return true;
    return queue_.size() + taken_count_ < maximum_messages_ && bytes_ + size <= maximum_bytes_;
}

void Handover::wake() {
    if (std::exchange(wake_posted_, true)) return;
    boost::asio::post(executor_, [self = shared_from_this()] {
        std::function<void()> wake;
        {
            const std::lock_guard lock{self->mutex_};
            self->wake_posted_ = false;
            wake = self->wake_;
        }
        if (wake) wake();
    });
}

void Handover::open(std::function<void()> wake) {
    const std::lock_guard lock{mutex_};
    wake_ = std::move(wake);
}

std::deque<QueuedPublish> Handover::close() {
    const std::lock_guard lock{mutex_};
    wake_ = nullptr;
    bytes_ = taken_bytes_;
    room_.notify_all();
    return std::exchange(queue_, {});
}

std::deque<QueuedPublish> Handover::take() {
    const std::lock_guard lock{mutex_};
    taken_bytes_ = bytes_;
    taken_count_ = queue_.size();
    return std::exchange(queue_, {});
}

void Handover::put_back(std::deque<QueuedPublish> messages) {
    const std::lock_guard lock{mutex_};
    bytes_ -= std::exchange(taken_bytes_, 0);
    taken_count_ = 0;
    for (auto each = messages.rbegin(); each != messages.rend(); ++each) {
        bytes_ += size_of(*each);
        queue_.push_front(std::move(*each));
    }
    room_.notify_all();
}

Errc Publisher::publish(std::string_view topic, Payload payload, const PublishOptions& options) {
    auto message = own(topic, payload, options);
    return handover_->push(message, Handover::WhenFull::wait);
}

Errc Publisher::try_publish(std::string_view topic, Payload payload, const PublishOptions& options) {
    auto message = own(topic, payload, options);
    return handover_->push(message, Handover::WhenFull::refuse);
}

void Publisher::begin_publish(std::string_view topic, Payload payload, const PublishOptions& options,
                              AnyCompletion<Answer> done) const {
    auto message = own(topic, payload, options);
    message.done = std::move(done);
    const auto error = handover_->push(message, Handover::WhenFull::refuse);
    if (error != Errc::none) message.done->complete_later(error, {});
}

boost::asio::any_io_executor Publisher::executor() const { return handover_->executor(); }

}  // namespace wsmq::native
