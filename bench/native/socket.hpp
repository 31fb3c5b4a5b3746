// Blocking TCP on loopback.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

#include "frames.hpp"
#include "traffic.hpp"

namespace bench {

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

class Socket {
public:
    explicit Socket(int descriptor) : descriptor_{descriptor} {
        const int on = 1;
        setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { close(descriptor_); }

    static int connected(std::uint16_t port) {
        const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
        const sockaddr_in address = loopback(port);
        if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            fail("cannot connect");
        return descriptor;
    }

    void write(const Buffer& bytes) const {
        for (std::size_t at = 0; at < bytes.size();) {
            const ssize_t sent = send(descriptor_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0) fail("the other end is gone");
            at += static_cast<std::size_t>(sent);
        }
    }

    /// False at the end of the stream.
    [[nodiscard]] bool read(Inbox& inbox) const {
        const ssize_t size = recv(descriptor_, inbox.room(), Inbox::chunk, 0);
        if (size <= 0) return false;
        inbox.filled(static_cast<std::size_t>(size));
        return true;
    }

private:
    int descriptor_;
};

}  // namespace bench
