// Errc and ReasonCode as error codes of Boost.System, and so of <system_error> as well. Each enumeration has its own
// category; TransportError and AttachError have theirs.
//
//     if (error == wsmq::Errc::queue_full) ...
//     if (error == wsmq::ReasonCode::not_authorized) ...
#pragma once
#include <boost/system/error_code.hpp>
#include <system_error>

#include "wsmq/error.hpp"
#include "wsmq/export.hpp"
#include "wsmq/reason_code.hpp"

namespace wsmq {

/// Named "wsmq": errors of this side.
[[nodiscard]] WSMQ_EXPORT const boost::system::error_category& error_category() noexcept;
/// Named "mqtt": reason codes of the broker. Success codes, such as 0x10, never become errors.
[[nodiscard]] WSMQ_EXPORT const boost::system::error_category& reason_category() noexcept;

[[nodiscard]] WSMQ_EXPORT boost::system::error_code make_error_code(Errc) noexcept;
/// No error for a success code.
[[nodiscard]] WSMQ_EXPORT boost::system::error_code make_error_code(ReasonCode) noexcept;

}  // namespace wsmq

template <> struct boost::system::is_error_code_enum<wsmq::Errc> : std::true_type {};
template <> struct boost::system::is_error_code_enum<wsmq::ReasonCode> : std::true_type {};
template <> struct std::is_error_code_enum<wsmq::Errc> : std::true_type {};
template <> struct std::is_error_code_enum<wsmq::ReasonCode> : std::true_type {};
