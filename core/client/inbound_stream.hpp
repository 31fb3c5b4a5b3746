// Splits the byte stream from the broker into frames. Packets that are whole in a chunk are read in place; one that is
// split over chunks is assembled once, in a buffer that grows geometrically, and never by a length that was only
// announced.
#pragma once
#include <vector>

#include "codec/frame.hpp"

namespace wsmq::client {

class InboundStream {
public:
    /// Borrows a chunk until exhausted() or reset(). Precondition: the last chunk was exhausted. Invalidates its
    /// frames.
    void feed(Bytes chunk);
    /// The next frame: a view into the chunk or into the buffer, until the next feed(). Where it is
    /// incomplete, call exhausted().
    [[nodiscard]] codec::FrameResult next(std::uint32_t maximum_packet_size);
    /// Keeps the beginning of an incomplete packet, and releases the chunk.
    void exhausted();
    /// A new connection: discards everything except the memory of the frames that next() returned.
    void reset();

private:
    [[nodiscard]] codec::FrameResult next_assembled(std::uint32_t maximum_packet_size);

    Bytes chunk_;
    std::vector<std::uint8_t> partial_;    ///< a packet's beginning, from earlier chunks
    std::vector<std::uint8_t> assembled_;  ///< the packet that next() returned
};

}  // namespace wsmq::client
