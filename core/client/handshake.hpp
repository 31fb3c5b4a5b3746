// Validates the options, writes CONNECT, and reads what CONNACK grants.
#pragma once
#include "codec/encode.hpp"
#include "wsmq/options.hpp"
#include "wsmq/reason_code.hpp"

namespace wsmq::client {

/// Where the ranges of the options are checked. Errc::none, or the error.
[[nodiscard]] Errc validate(const ConnectOptions&);
[[nodiscard]] Errc validate(const Credentials&, Version);

struct ConnectParameters {
    std::string_view client_id;
    const Credentials& credentials;
    bool clean_start;
};
/// Appends the packet. Options and credentials are valid.
void write_connect(codec::Buffer&, const ConnectOptions&, const ConnectParameters&);

[[nodiscard]] Negotiated negotiate(const ConnectOptions&, Bytes connack_properties);

/// Whether a DISCONNECT with this reason means that the same options will not be accepted again. For a CONNACK, see
/// is_final_refusal().
[[nodiscard]] bool is_final_disconnect(ReasonCode, const ConnectOptions&) noexcept;

/// Whether the error says that the peer did what it must not.
[[nodiscard]] bool breaks_protocol(Errc) noexcept;
/// The reason code of our DISCONNECT for an error.
[[nodiscard]] ReasonCode disconnect_reason(Errc) noexcept;

}  // namespace wsmq::client
