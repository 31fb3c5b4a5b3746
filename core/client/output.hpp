// The bytes to be sent, and whether there is room for more.
#pragma once
#include "codec/encode.hpp"

namespace wsmq::client {

class Output {
public:
    explicit Output(std::size_t high_water) noexcept : high_water_{high_water}, limit_{high_water} {}

    [[nodiscard]] codec::Buffer& buffer() noexcept { return buffer_; }
    void append(Bytes bytes) { buffer_.insert(buffer_.end(), bytes.begin(), bytes.end()); }
    void clear() noexcept { buffer_.clear(); }

    /// Bytes that the transport has not sent yet.
    void set_backlog(std::size_t bytes) noexcept { backlog_ = bytes; }
    [[nodiscard]] std::size_t backlog() const noexcept { return backlog_; }
    /// Past the high-water mark: messages wait. Acknowledgements and pings never do.
    [[nodiscard]] bool is_congested() const noexcept { return buffer_.size() + backlog_ >= limit_; }

    /// Makes it congested, whatever it holds.
    void hold(bool held) noexcept {
        held_ = held;
        limit_ = held ? 0 : high_water_;
    }
    [[nodiscard]] bool is_held() const noexcept { return held_; }

    /// Swaps, so that two buffers serve a connection for its life.
    bool take(codec::Buffer& out) noexcept {
        out.clear();
        out.swap(buffer_);
        return !out.empty();
    }

private:
    codec::Buffer buffer_;
    std::size_t high_water_;
    std::size_t limit_;
    std::size_t backlog_ = 0;
    bool held_ = false;
};

}  // namespace wsmq::client
