// A message as JSON, for `--json` and the fields %j and %J.
#pragma once
#include <chrono>
#include <string>

#include "wsmq/event.hpp"

namespace wsmq::command {

/// The message as one JSON object. A payload that is not UTF-8 stands in `payload_base64`, in place of `payload`.
/// `payload_as_json`: a payload that is JSON stands there as it is, not as text.
[[nodiscard]] std::string message_as_json(const Message&, std::chrono::system_clock::time_point received, bool pretty,
                                          bool payload_as_json = false);

}  // namespace wsmq::command
