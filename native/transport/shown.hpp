// What others wrote, and addresses, as Transport::failure_detail() may say them.
#pragma once
#include <string>
#include <string_view>

namespace wsmq::native {

/// On one line, in printable ASCII, and not long, whatever the other side said.
[[nodiscard]] std::string printable(std::string_view text);

/// An address, absolute or not, without what its query and its fragment hold; nothing of it where it may hold
/// credentials.
[[nodiscard]] std::string without_secrets(std::string_view address);

}  // namespace wsmq::native
