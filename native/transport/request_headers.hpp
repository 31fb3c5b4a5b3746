// The application's headers in the WebSocket upgrade request.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "transport/failure.hpp"

namespace wsmq::native {

/// Refuses what is not a valid header field (RFC 9110, 5), and fields that the handshake sets itself.
[[nodiscard]] std::optional<Failure> check_headers(const std::vector<std::pair<std::string, std::string>>&);

}  // namespace wsmq::native
