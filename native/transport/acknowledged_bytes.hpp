// TCP_INFO of a socket. A file of its own, because the kernel's header conflicts with the C library's.
#pragma once
#include <cstdint>

namespace wsmq::native {

/// Bytes that the peer has acknowledged since the opening; 0 where the system does not say.
[[nodiscard]] std::uint64_t acknowledged_bytes(int descriptor) noexcept;

}  // namespace wsmq::native
