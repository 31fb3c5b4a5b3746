// How an outgoing message lies in a store. Format 1: format, protocol version, state, packet
// identifier (big-endian), and then the encoded PUBLISH, absent when it was released.
#pragma once
#include <optional>
#include <vector>

#include "session/delivery_state.hpp"
#include "wsmq/types.hpp"

namespace wsmq::session {

struct InflightMessage;

struct StoredMessage {
    DeliveryState state = DeliveryState::waiting;  ///< waiting or awaiting_pubcomp
    std::uint16_t packet_identifier = 0;           ///< 0: was never sent
    std::vector<std::uint8_t> packet;              ///< encoded for the version that was asked for
};

/// Into `record`, whose old contents are discarded and whose capacity is used again.
void encode_record(std::vector<std::uint8_t>& record, const InflightMessage&, Version);

/// Nothing where the record is damaged, or of a format that we do not know. A message that was
/// stored for another protocol version is encoded anew for this one.
[[nodiscard]] std::optional<StoredMessage> decode_record(Bytes record, Version version);

}  // namespace wsmq::session
