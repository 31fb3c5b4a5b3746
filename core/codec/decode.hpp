// Decodes frames, one function for each packet. Errors: malformed_packet; protocol_error where the bytes are
// well-formed but the specification forbids them; topic_alias_invalid for a PUBLISH with alias 0. A decoded view is
// valid: text is well-formed UTF-8, and the properties and reason codes are allowed in this packet.
#pragma once
#include "codec/frame.hpp"
#include "codec/packets.hpp"
#include "wsmq/result.hpp"

namespace wsmq::codec {

/// Precondition: `frame.type` is the packet's.
Result<Connect> decode_connect(const Frame&) noexcept;
Result<Connack> decode_connack(const Frame&, Version) noexcept;
Result<Publish> decode_publish(const Frame&, Version) noexcept;
/// PUBACK, PUBREC, PUBREL or PUBCOMP, by frame.type.
Result<Acknowledgement> decode_acknowledgement(const Frame&, Version) noexcept;
Result<Subscribe> decode_subscribe(const Frame&, Version) noexcept;
Result<SubscribeAcknowledgement> decode_suback(const Frame&, Version) noexcept;
Result<Unsubscribe> decode_unsubscribe(const Frame&, Version) noexcept;
Result<SubscribeAcknowledgement> decode_unsuback(const Frame&, Version) noexcept;
Result<Disconnect> decode_disconnect(const Frame&, Version) noexcept;
Result<Auth> decode_auth(const Frame&, Version) noexcept;
/// PINGREQ and PINGRESP, which are empty.
[[nodiscard]] Errc decode_empty(const Frame&) noexcept;

}  // namespace wsmq::codec
