// The user's own headers in the request for a WebSocket.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "transport/failure.hpp"

namespace wsmq::native {

/// What is no header (RFC 9110, 5), or belongs to the handshake.
[[nodiscard]] std::optional<Failure> check_headers(const std::vector<std::pair<std::string, std::string>>&);

}  // namespace wsmq::native
