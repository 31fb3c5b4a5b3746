// The byte stream from the broker, cut into frames. BatchedOperation packets are read where they lie in the
// chunk; one that is split over chunks is put together once, in a buffer that grows geometrically
// and never by what a length field merely promises.
#pragma once
#include <vector>

#include "codec/frame.hpp"

namespace wsmq::client {

class InboundStream {
public:
    /// Lends a chunk, until exhausted() or reset(). The last one was exhausted. Frames of the last
    /// chunk end here.
    void feed(Bytes chunk);
    /// The next frame: a view into the chunk or into the buffer, until the next feed(). Where it is
    /// incomplete, call exhausted().
    [[nodiscard]] codec::FrameResult next(std::uint32_t maximum_packet_size);
    /// Keeps the beginning of a packet whose rest is still to come; the chunk is the caller's again.
    void exhausted();
    /// A new connection: forgets everything but the memory that frames handed out still use.
    void reset();

private:
    [[nodiscard]] codec::FrameResult next_assembled(std::uint32_t maximum_packet_size);

    Bytes chunk_;
    std::vector<std::uint8_t> partial_;    ///< a packet's beginning, from earlier chunks
    std::vector<std::uint8_t> assembled_;  ///< the packet that was handed out
};

}  // namespace wsmq::client
