// messaging::Error as an error code, beside those of error_code.hpp.
#pragma once
#include <boost/system/error_code.hpp>
#include <system_error>

#include "wsmq/export.hpp"
#include "wsmq/messaging/error.hpp"
#include "wsmq/native/error_code.hpp"

namespace wsmq::messaging {

/// Named "messaging".
[[nodiscard]] WSMQ_EXPORT const boost::system::error_category& error_category() noexcept;
[[nodiscard]] WSMQ_EXPORT boost::system::error_code make_error_code(Error) noexcept;

}  // namespace wsmq::messaging

template <> struct boost::system::is_error_code_enum<wsmq::messaging::Error> : std::true_type {};
template <> struct std::is_error_code_enum<wsmq::messaging::Error> : std::true_type {};
