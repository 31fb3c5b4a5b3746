// CONNECT out of what the user wants, and what CONNACK made of it.
#pragma once
#include "codec/encode.hpp"
#include "wsmq/options.hpp"
#include "wsmq/reason_code.hpp"

namespace wsmq::client {

/// Errc::none, or what is wrong.
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

/// Whether trying again with the same options at the same hosts is of no use. Of a CONNACK, is_final_refusal() says it.
[[nodiscard]] bool is_final_disconnect(ReasonCode, const ConnectOptions&) noexcept;

/// What a DISCONNECT says of our own error.
[[nodiscard]] ReasonCode disconnect_reason(Errc) noexcept;

}  // namespace wsmq::client
