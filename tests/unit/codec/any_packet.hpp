// Any packet at all, for tests and fuzzers that treat them alike.
#pragma once
#include <variant>

#include "codec/decode.hpp"
#include "codec/encode.hpp"
#include "wsmq/result.hpp"

namespace wsmq::test {

/// PINGREQ or PINGRESP.
struct Empty {};

using AnyPacket =
    std::variant<Empty, codec::Connect, codec::Connack, codec::Publish, codec::Acknowledgement, codec::Subscribe,
                 codec::SubscribeAcknowledgement, codec::Unsubscribe, codec::Disconnect, codec::Auth>;

Result<AnyPacket> decode_any(const codec::Frame&, Version);
/// A PUBLISH keeps the topic alias that stands in its properties.
void encode_any(codec::Buffer&, codec::PacketType, const AnyPacket&, Version);
/// Whether they say the same.
bool same(const AnyPacket&, const AnyPacket&);

}  // namespace wsmq::test
