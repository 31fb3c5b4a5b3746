// The server's side of WebSocket (RFC 6455), blocking and by hand, so that scripts can break its rules.
#pragma once
#include <cstdint>
#include <string>

#include "support/scripted_server.hpp"

namespace wsmq::native::test {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct Frame {
    bool is_last = true;
    Opcode opcode = Opcode::binary;
    std::string payload{};
};

/// The value of a header in the head of a request, empty where it is missing.
[[nodiscard]] std::string header(const std::string& head, const std::string& name);
/// The answer that accepts a request, with further lines before its end.
[[nodiscard]] std::string acceptance(const std::string& request,
                                     const std::string& lines = "Sec-WebSocket-Protocol: mqtt\r\n");
/// Reads the request and accepts it.
std::string accept(Peer&);

/// As a server sends it: not masked.
[[nodiscard]] std::string bytes_of(const Frame&);
/// Unmasked. An unmasked one throws (5.1).
Frame read_frame(Peer&);

}  // namespace wsmq::native::test
