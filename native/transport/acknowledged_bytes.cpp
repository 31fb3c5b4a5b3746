#include "transport/acknowledged_bytes.hpp"

#if defined(__linux__)
#include <linux/tcp.h>  // glibc's own tcp_info ends too early
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#endif

namespace wsmq::native {

std::uint64_t acknowledged_bytes([[maybe_unused]] int descriptor) noexcept {
#if defined(__linux__)
    tcp_info info{};
    socklen_t size = sizeof info;
    const bool is_known = getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
                          size >= offsetof(tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked;
    return is_known ? info.tcpi_bytes_acked : 0;
#else
    return 0;
#endif
}

}  // namespace wsmq::native
