// patterns::Error as an error code, beside those of error_code.hpp.
#pragma once
#include <boost/system/error_code.hpp>
#include <system_error>

#include "wsmq/export.hpp"
#include "wsmq/native/error_code.hpp"
#include "wsmq/patterns/error.hpp"

namespace wsmq::patterns {

/// Named "messaging".
[[nodiscard]] WSMQ_EXPORT const boost::system::error_category& error_category() noexcept;
[[nodiscard]] WSMQ_EXPORT boost::system::error_code make_error_code(Error) noexcept;

}  // namespace wsmq::patterns

template <> struct boost::system::is_error_code_enum<wsmq::patterns::Error> : std::true_type {};
template <> struct std::is_error_code_enum<wsmq::patterns::Error> : std::true_type {};
