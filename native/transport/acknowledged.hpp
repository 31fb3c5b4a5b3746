// What TCP knows of the other side, apart because the kernel's header and the library's do not go together.
#pragma once
#include <cstdint>

namespace wsmq::native {

/// How many bytes the other side has acknowledged since the opening; 0 where that cannot be known.
[[nodiscard]] std::uint64_t acknowledged_bytes(int descriptor) noexcept;

}  // namespace wsmq::native
