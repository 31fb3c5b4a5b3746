#pragma once
#include <string>

#include "wsmq/types.hpp"

namespace wsmq::command {

/// Standard alphabet, with padding.
[[nodiscard]] std::string base64(Bytes);

}  // namespace wsmq::command
