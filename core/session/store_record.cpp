#include "session/store_record.hpp"

#include "codec/decode.hpp"
#include "codec/encode.hpp"
#include "session/inflight_messages.hpp"
#include "wsmq/store.hpp"

namespace wsmq::session {

namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t header_size = 5;
constexpr std::size_t maximum_size = limits::largest_packet;

std::optional<std::vector<std::uint8_t>> encode_for(Version version, Version stored, Bytes packet) {
    const auto framed = codec::read_frame(packet, maximum_size);
    if (framed.status != codec::FrameResult::Status::complete || framed.size != packet.size() ||
        framed.frame.type != codec::PacketType::publish) {
        return std::nullopt;
    }
    auto publish = codec::decode_publish(framed.frame, stored);
    if (!publish || publish->qos == Qos::at_most_once || publish->topic.empty()) return std::nullopt;
    if (version == stored) return std::vector<std::uint8_t>(packet.begin(), packet.end());
    std::vector<std::uint8_t> encoded;
    codec::encode_publish(encoded, *publish, version);
    return encoded;
}

}  // namespace

void encode_record(std::vector<std::uint8_t>& record, const InflightMessage& message, Version version) {
    record.clear();
    record.reserve(header_size + message.packet.size());
    record.push_back(format);
    record.push_back(static_cast<std::uint8_t>(version));
    record.push_back(static_cast<std::uint8_t>(message.state));
    record.push_back(static_cast<std::uint8_t>(message.packet_identifier >> 8));
    record.push_back(static_cast<std::uint8_t>(message.packet_identifier));
    record.insert(record.end(), message.packet.begin(), message.packet.end());
}

std::optional<StoredMessage> decode_record(Bytes record, Version version) {
    if (record.size() < header_size || record[0] != format) return std::nullopt;
    if (record[1] < 3 || record[1] > 5) return std::nullopt;
    StoredMessage stored;
    stored.packet_identifier = static_cast<std::uint16_t>(record[3] << 8 | record[4]);
    if (static_cast<DeliveryState>(record[2]) == DeliveryState::awaiting_pubcomp) {
        if (stored.packet_identifier == 0) return std::nullopt;
        stored.state = DeliveryState::awaiting_pubcomp;
        return stored;
    }
    auto packet = encode_for(version, static_cast<Version>(record[1]), record.subspan(header_size));
    if (!packet) return std::nullopt;
    stored.packet = std::move(*packet);
    return stored;
}

}  // namespace wsmq::session

std::string_view wsmq::stored_topic(Bytes record) noexcept {
    using namespace session;
    if (record.size() <= header_size || record[0] != format) return {};
    const auto framed = codec::read_frame(record.subspan(header_size), maximum_size);
    if (framed.status != codec::FrameResult::Status::complete) return {};
    const auto publish = codec::decode_publish(framed.frame, static_cast<Version>(record[1]));
    return publish ? publish->topic : std::string_view{};
}
