// Frame to packet: one function a packet. Errors: malformed_packet, or protocol_error where the
// bytes can be read and the specification forbids what they say, or (a PUBLISH with alias 0)
// topic_alias_invalid. A view that comes out is valid:
// text is sound UTF-8, properties are allowed where they stand, reason codes are ones that this
// packet may carry.
#pragma once
#include "codec/frame.hpp"
#include "codec/packets.hpp"
#include "wsmq/result.hpp"

namespace wsmq::codec {

/// `frame.type` must be the function's own.
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
/// PINGREQ and PINGRESP: nothing in them.
[[nodiscard]] Errc decode_empty(const Frame&) noexcept;

}  // namespace wsmq::codec
