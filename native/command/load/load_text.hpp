// The result of a load, for people.
#pragma once
#include <string>

#include "text/json_text.hpp"

namespace wsmq::command {

[[nodiscard]] std::string load_text(const Json& result);

}  // namespace wsmq::command
