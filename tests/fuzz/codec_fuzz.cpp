// The codec against any bytes: nothing is read past its end, and what decodes says the same after it was encoded again.
//
// Input: a byte that chooses the version, then a stream of packets.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <variant>

#include "codec/any_packet.hpp"
#include "codec/decode.hpp"
#include "codec/encode.hpp"
#include "codec/frame.hpp"
#include "wsmq/property.hpp"
#include "wsmq/topic.hpp"

namespace {

using namespace wsmq;
using namespace wsmq::codec;
using namespace wsmq::test;

constexpr std::uint32_t maximum_size = 1u << 20;

/// Memory that ends where the bytes end, so that the sanitizer sees whoever reads on.
struct Exact {
    explicit Exact(Bytes bytes) : memory{new std::uint8_t[bytes.size()]}, size{bytes.size()} {
        if (size != 0) std::memcpy(memory.get(), bytes.data(), size);
    }
    [[nodiscard]] Bytes bytes() const { return {memory.get(), size}; }

    std::unique_ptr<std::uint8_t[]> memory;
    std::size_t size;
};

void require(bool held) {
    if (!held) std::abort();
}

/// Every property of a block is found by the walk, and no walk is longer than its block.
void walk_properties(Bytes block) {
    std::size_t count = 0;
    for (const Property& property : PropertyView{block}) {
        require(!describe(property.id).empty());
        require(++count <= block.size());
    }
    require(block.empty() || count != 0);
}

void look_into(const AnyPacket& packet) {
    if (const auto* publish = std::get_if<Publish>(&packet)) {
        walk_properties(publish->properties);
        require(publish->topic.empty() ? publish->topic_alias != 0 : is_valid_topic_name(publish->topic));
        require((publish->qos == Qos::at_most_once) == (publish->packet_identifier == 0));
    } else if (const auto* connack = std::get_if<Connack>(&packet)) {
        walk_properties(connack->properties);
    } else if (const auto* acknowledgement = std::get_if<Acknowledgement>(&packet)) {
        walk_properties(acknowledgement->properties);
        require(acknowledgement->packet_identifier != 0);
    }
}

void check_encoding(PacketType type, const AnyPacket& packet, Version version) {
    Buffer encoded;
    encode_any(encoded, type, packet, version);
    const Exact again{encoded};
    const FrameResult frame = read_frame(again.bytes(), limits::largest_packet);
    require(frame.status == FrameResult::Status::complete && frame.size == encoded.size());
    require(frame.frame.type == type);
    const auto decoded = decode_any(frame.frame, version);
    require(decoded.has_value() && same(packet, *decoded));
    if (const auto* publish = std::get_if<Publish>(&packet); publish != nullptr && publish->packet_identifier != 0) {
        const std::size_t at = packet_identifier_offset(again.bytes());
        require(at + 2 <= encoded.size() && (encoded[at] << 8 | encoded[at + 1]) == publish->packet_identifier);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr Version versions[] = {Version::v3_1, Version::v3_1_1, Version::v5};
    const Version version = versions[data[0] % 3];
    const Exact input{{data + 1, size - 1}};
    Bytes stream = input.bytes();
    while (true) {
        const FrameResult found = read_frame(stream, maximum_size);
        if (found.status != FrameResult::Status::complete) break;
        require(found.size >= 2 && found.size <= stream.size());
        if (const auto packet = decode_any(found.frame, version)) {
            look_into(*packet);
            check_encoding(found.frame.type, *packet, version);
        }
        stream = stream.subspan(found.size);
    }
    return 0;
}
