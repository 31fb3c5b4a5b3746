// The log of a FileStore: a header, and then frames. A frame is the length of its body and the
// body's CRC-32, both in 4 bytes, and the body: what was done, the kind of the key, its number in 8
// bytes, and the record. Integers are little-endian. A frame of Change::time has seconds since 1970 (UTC) for a number:
// when what follows was put; 0, and before the first such frame: nobody knows.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "wsmq/store.hpp"

namespace wsmq::native {

enum class Change : std::uint8_t { put = 1, erase = 2, clear = 3, time = 4 };

inline constexpr std::array<std::uint8_t, 8> log_header{'w', 's', 'm', 'q', 'l', 'o', 'g', '1'};
/// Of a frame whose record is empty.
inline constexpr std::size_t smallest_frame = 18;

void append_frame(std::vector<std::uint8_t>& log, Change, StoreKey, Bytes record);

class FrameVisitor {
public:
    FrameVisitor() = default;
    virtual ~FrameVisitor() = default;
    FrameVisitor(const FrameVisitor&) = delete;
    FrameVisitor& operator=(const FrameVisitor&) = delete;
    virtual void visit(Change, StoreKey, Bytes record) = 0;
};

struct LogReading {
    std::size_t sound = 0;  ///< bytes up to where the log can be read, its header included
    /// What follows looks like the work of a crash: one frame that is not complete, or zeros.
    bool torn = false;
    bool foreign = false;  ///< it is not a log of ours at all
};

/// Visits the frames in order, up to the first that cannot be read.
[[nodiscard]] LogReading read_log(Bytes log, FrameVisitor&);

}  // namespace wsmq::native
