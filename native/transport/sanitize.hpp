// Makes text of a peer and addresses fit for Transport::failure_detail().
#pragma once
#include <string>
#include <string_view>

namespace wsmq::native {

/// One line of printable ASCII, at most 200 characters and "...".
[[nodiscard]] std::string printable(std::string_view text);

/// An address, absolute or not, with "***" for its query and fragment; "***" alone where it may hold credentials.
[[nodiscard]] std::string without_secrets(std::string_view address);

}  // namespace wsmq::native
