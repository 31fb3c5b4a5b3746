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

std::size_t size_of(const Handover::Letter& letter) noexcept {
    return letter.topic.size() + letter.payload.size() + letter.encoded_properties.size();
}

Handover::Letter make_letter(std::string_view topic, Payload payload, const PublishOptions& options) {
    Handover::Letter letter{std::string{topic},
                            std::string{as_text(payload.bytes())},
                            {options.encoded_properties.begin(), options.encoded_properties.end()},
                            options,
                            nullptr};
    letter.options.encoded_properties = {};
    return letter;
}

template <class Executor> bool runs_here_as(const boost::asio::any_io_executor& executor) {
    // Boost 1.74 hands out any target as whatever it is asked for.
    if (executor.target_type() != typeid(Executor)) return false;
    return executor.target<Executor>()->running_in_this_thread();
}

/// Whether this thread is the one that the executor's handlers wait for.
bool runs_here(const boost::asio::any_io_executor& executor) {
    using boost::asio::strand;
    using Loop = boost::asio::io_context::executor_type;
    using Pool = boost::asio::thread_pool::executor_type;
    return runs_here_as<Loop>(executor) || runs_here_as<strand<Loop>>(executor) ||
           runs_here_as<strand<Pool>>(executor) || runs_here_as<strand<boost::asio::any_io_executor>>(executor);
}

}  // namespace

Errc Handover::give(Letter& letter, WhenFull when_full) {
    std::unique_lock lock{mutex_};
    const auto size = size_of(letter);
    const bool waits = when_full == WhenFull::wait && !runs_here(executor_);
    if (waits) room_.wait(lock, [&] { return !wake_ || has_room(size); });
    if (!wake_) return Errc::not_started;
    if (!has_room(size)) return Errc::queue_full;
    bytes_ += size;
    letters_.push_back(std::move(letter));
    wake();
    return Errc::none;
}

bool Handover::has_room(std::size_t size) const noexcept {
    if (letters_.empty() && taken_letters_ == 0) return true;
    return letters_.size() + taken_letters_ < maximum_messages_ && bytes_ + size <= maximum_bytes_;
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

std::deque<Handover::Letter> Handover::close() {
    const std::lock_guard lock{mutex_};
    wake_ = nullptr;
    bytes_ = taken_bytes_;
    room_.notify_all();
    return std::exchange(letters_, {});
}

std::deque<Handover::Letter> Handover::take() {
    const std::lock_guard lock{mutex_};
    taken_bytes_ = bytes_;
    taken_letters_ = letters_.size();
    return std::exchange(letters_, {});
}

void Handover::give_back(std::deque<Letter> letters) {
    const std::lock_guard lock{mutex_};
    bytes_ -= std::exchange(taken_bytes_, 0);
    taken_letters_ = 0;
    for (auto each = letters.rbegin(); each != letters.rend(); ++each) {
        bytes_ += size_of(*each);
        letters_.push_front(std::move(*each));
    }
    room_.notify_all();
}

Errc Publisher::publish(std::string_view topic, Payload payload, const PublishOptions& options) {
    auto letter = make_letter(topic, payload, options);
    return handover_->give(letter, Handover::WhenFull::wait);
}

Errc Publisher::try_publish(std::string_view topic, Payload payload, const PublishOptions& options) {
    auto letter = make_letter(topic, payload, options);
    return handover_->give(letter, Handover::WhenFull::refuse);
}

void Publisher::begin_publish(std::string_view topic, Payload payload, const PublishOptions& options,
                              AnyCompletion<Answer> done) const {
    auto letter = make_letter(topic, payload, options);
    letter.done = std::move(done);
    const auto error = handover_->give(letter, Handover::WhenFull::refuse);
    if (error != Errc::none) letter.done->complete_later(error, {});
}

boost::asio::any_io_executor Publisher::executor() const { return handover_->executor(); }

}  // namespace wsmq::native
