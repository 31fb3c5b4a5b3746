// Why an attempt to connect failed, in a sentence, and what to do about it in another.
#pragma once
#include <string>

#include "doctor/connection.hpp"

namespace wsmq::command {

[[nodiscard]] std::string explanation(const Attempt&, const native::Url&, const native::ClientOptions&);

/// "Not authorized (0x87), "..."." and what to do where that is known.
[[nodiscard]] std::string explanation(ReasonCode, std::string_view reason_string);

/// Host and port, or the path of the socket.
[[nodiscard]] std::string place_of(const native::Url&);

}  // namespace wsmq::command
