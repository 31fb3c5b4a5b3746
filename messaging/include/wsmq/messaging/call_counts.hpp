// Statistics of a responder.
#pragma once
#include <cstdint>

namespace wsmq::messaging {

/// Since the layer was made.
struct CallCounts {
    std::uint64_t requests = 0;    ///< delivered, without notifications
    std::uint64_t errors = 0;      ///< answered with an error, or refused for one of the next three reasons
    std::uint64_t overloaded = 0;  ///< there was no room for them
    std::uint64_t unknown_methods = 0;
    std::uint64_t invalid = 0;     ///< no valid messages
    std::uint64_t duplicates = 0;  ///< answered from memory
    std::uint64_t cancelled = 0;
    std::uint64_t expired = 0;
    std::uint64_t dropped = 0;  ///< notifications for which there was no room

    friend bool operator==(const CallCounts&, const CallCounts&) = default;
};

}  // namespace wsmq::messaging
