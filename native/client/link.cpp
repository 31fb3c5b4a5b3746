#include "wsmq/native/link.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace wsmq::native {

using boost::system::error_code;

void Link::open(Handler opened) {
    const auto end = [self = shared_from_this(), opened = std::move(opened)](error_code error) {
        if (self->is_detached_) return;
        self->is_open_ = !error;
        opened(error);
    };
    if (transport_) return transport_->async_open(end);
    boost::asio::post(executor_, [end] { end(boost::asio::error::operation_not_supported); });
}

void Link::note_large_output() {
    acknowledged_ = transport_->acknowledged();
    tracked_end_ = std::max(tracked_end_, acknowledged_) + std::exchange(untracked_, 0);
}

bool Link::has_progressed() {
    if (acknowledged_ >= tracked_end_) return false;
    const auto before = std::exchange(acknowledged_, transport_->acknowledged());
    return acknowledged_ > before;
}

void Link::drop() {
    is_detached_ = true;
    if (limit_) limit_->cancel();
    if (transport_) transport_->close();
}

bool Link::close(Buffer last, std::function<void()> closed) {
    const bool nothing_to_write = !writing_ && last.empty();
    if (!is_open_ || write_failed_ || nothing_to_write) {
        drop();
        return false;
    }
    is_detached_ = true;
    last_ = std::move(last);
    closed_ = std::move(closed);
    after_linger([self = shared_from_this()] { self->finish(); });
    if (!writing_) write_last();
    return true;
}

void Link::write_last() {
    writing_ = true;
    outbound_.swap(last_);
    last_.clear();
    transport_->async_write(boost::asio::buffer(outbound_),
                            [self = shared_from_this()](error_code, std::size_t) { self->finish(); });
}

void Link::finish() {
    const auto closed = std::exchange(closed_, nullptr);
    if (!closed) return;
    drop();
    closed();
}

void Link::after_linger(std::function<void()> act) {
    limit_.emplace(executor_, linger);
    limit_->async_wait([act = std::move(act)](error_code cancelled) {
        if (!cancelled) act();
    });
}

}  // namespace wsmq::native
