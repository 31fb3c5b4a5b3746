#include "client/inbound_stream.hpp"

#include <algorithm>

namespace wsmq::client {

namespace {

// A buffer that once held a large packet does not keep its memory for ever.
constexpr std::size_t kept_capacity = std::size_t{256} * 1024;

void clear_and_shrink(std::vector<std::uint8_t>& buffer) {
    buffer.clear();
    if (buffer.capacity() > kept_capacity) std::vector<std::uint8_t>{}.swap(buffer);
}

}  // namespace

void InboundStream::feed(Bytes chunk) {
    clear_and_shrink(assembled_);
    chunk_ = chunk;
}

codec::FrameResult InboundStream::next(std::uint32_t maximum_packet_size) {
    if (!partial_.empty()) return next_assembled(maximum_packet_size);
    const auto result = codec::read_frame(chunk_, maximum_packet_size);
    if (result.status == codec::FrameResult::Status::complete) {
        chunk_ = chunk_.subspan(result.size);
    }
    return result;
}

codec::FrameResult InboundStream::next_assembled(std::uint32_t maximum_packet_size) {
    for (;;) {
        const auto result = codec::read_frame(partial_, maximum_packet_size);
        if (result.status == codec::FrameResult::Status::bad) return result;
        if (result.status == codec::FrameResult::Status::complete) {
            // Swapping moves no bytes: the views in the result hold.
            partial_.swap(assembled_);
            partial_.clear();
            return result;
        }
        if (chunk_.empty()) return result;
        // As long as the length is not known, a byte at a time: what follows the packet is not its.
        const auto missing = result.size == 0 ? 1 : result.size - partial_.size();
        const auto taken = chunk_.first(std::min(missing, chunk_.size()));
        partial_.insert(partial_.end(), taken.begin(), taken.end());
        chunk_ = chunk_.subspan(taken.size());
    }
}

void InboundStream::exhausted() {
    partial_.insert(partial_.end(), chunk_.begin(), chunk_.end());
    chunk_ = {};
}

void InboundStream::reset() {
    chunk_ = {};
    partial_.clear();
}

}  // namespace wsmq::client
