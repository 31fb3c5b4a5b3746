// Where a broker may be that does not answer at its address: other paths, and other schemes at the same port.
#pragma once
#include <string>
#include <vector>

#include "doctor/connection.hpp"

namespace wsmq::command {

/// What another address of the same host and port might change; empty where nothing would.
[[nodiscard]] std::vector<native::Url> other_addresses(const native::Url&, const Attempt& failed);

/// "The broker answers at ..., and not at ...", and what to change.
[[nodiscard]] std::string comparison(const native::Url& given, const native::Url& found);

/// To try it without the account, which that server need not be trusted with: a refusal says enough.
[[nodiscard]] native::ClientOptions options_for(const Checkup&, const native::Url& given, const native::Url& other);

}  // namespace wsmq::command
