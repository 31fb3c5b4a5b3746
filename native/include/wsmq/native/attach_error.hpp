// Why a Service, Webapp or Device cannot use the client that it was given, as an error code beside those of
// error_code.hpp.
#pragma once
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "wsmq/export.hpp"

namespace wsmq::native {

enum class AttachError : std::uint8_t {
    none = 0,
    already_attached,  ///< the client has a layer already: a connection has one last will and one session
    already_started,   ///< the client was started before, so that its session and last will are settled
    client_has_will,   ///< ClientOptions::connect.will is set, and the layer needs the last will
    client_destroyed,  ///< the client was destroyed before the layer
    layer_destroyed,   ///< the layer was destroyed after the client was started: this client cannot connect any more
};

/// A short English sentence, without a full stop. Static storage.
[[nodiscard]] WSMQ_EXPORT std::string_view describe(AttachError) noexcept;

/// Named "attach".
[[nodiscard]] WSMQ_EXPORT const boost::system::error_category& attach_category() noexcept;
[[nodiscard]] WSMQ_EXPORT boost::system::error_code make_error_code(AttachError) noexcept;

}  // namespace wsmq::native

template <> struct boost::system::is_error_code_enum<wsmq::native::AttachError> : std::true_type {};
template <> struct std::is_error_code_enum<wsmq::native::AttachError> : std::true_type {};
