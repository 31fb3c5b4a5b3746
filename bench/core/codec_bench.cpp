// How long the codec takes. See cases.hpp for the arguments.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cases.hpp"
#include "codec/decode.hpp"
#include "codec/encode.hpp"
#include "codec/frame.hpp"
#include "codec/utf8.hpp"
#include "wsmq/property.hpp"
#include "wsmq/topic.hpp"

namespace {

using namespace wsmq;
using bench::Case;
using bench::keep;
using namespace wsmq::codec;

constexpr std::string_view topic = "lab/floor-1/sensor-7";  // 20 bytes of ASCII
static_assert(topic.size() == 20);

const std::vector<std::uint8_t>& payload_of(std::size_t size) {
    static std::vector<std::uint8_t> payload;
    payload.assign(size, 0x61);
    return payload;
}

Buffer encoded(const Publish& packet, Version version) {
    Buffer out;
    encode_publish(out, packet, version);
    return out;
}

void decode_publishes(const Buffer& bytes, Version version, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
        Bytes stream{bytes};
        keep(stream);
        const FrameResult frame = read_frame(stream, 1u << 20);
        auto packet = decode_publish(frame.frame, version);
        keep(packet);
    }
}

/// Without the frame: what the budget is about.
void decode_publish_v5(std::uint64_t count) {
    const Buffer bytes = encoded({.topic = topic, .payload = payload_of(64)}, Version::v5);
    Frame frame = read_frame(bytes, 1u << 20).frame;
    for (std::uint64_t i = 0; i < count; ++i) {
        keep(frame);
        auto packet = decode_publish(frame, Version::v5);
        keep(packet);
    }
}

void frame_and_decode_v5(std::uint64_t count) {
    decode_publishes(encoded({.topic = topic, .payload = payload_of(64)}, Version::v5), Version::v5, count);
}

void frame_and_decode_v3(std::uint64_t count) {
    decode_publishes(encoded({.topic = topic, .payload = payload_of(64)}, Version::v3_1_1), Version::v3_1_1, count);
}

void decode_publish_with_properties(std::uint64_t count) {
    PropertyWriter writer;
    writer.text(PropertyId::content_type, "application/json").text(PropertyId::response_topic, "clients/web-4711/in");
    writer.binary(PropertyId::correlation_data, payload_of(8)).user_property("trace", "00-4bf92f3577b34da6");
    const Publish packet{.topic = topic, .payload = payload_of(64), .properties = writer.bytes(), .topic_alias = 7};
    decode_publishes(encoded(packet, Version::v5), Version::v5, count);
}

void decode_publish_with_umlauts(std::uint64_t count) {
    const Publish packet{.topic = "straße/größe/fühler7", .payload = payload_of(64)};
    decode_publishes(encoded(packet, Version::v5), Version::v5, count);
}

void decode_puback(std::uint64_t count) {
    Buffer bytes;
    encode_acknowledgement(bytes, PacketType::puback, {.packet_identifier = 4711}, Version::v5);
    for (std::uint64_t i = 0; i < count; ++i) {
        Bytes stream{bytes};
        keep(stream);
        auto packet = decode_acknowledgement(read_frame(stream, 1u << 20).frame, Version::v5);
        keep(packet);
    }
}

void encode_publishes(const Publish& packet, std::uint64_t count) {
    Buffer out;
    Publish copy = packet;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (out.size() > 256u << 10) out.clear();  // as if taken
        keep(copy);
        encode_publish(out, copy, Version::v5);
        keep(out);
    }
}

void encode_publish_64(std::uint64_t count) { encode_publishes({.topic = topic, .payload = payload_of(64)}, count); }

void encode_publish_16k(std::uint64_t count) {
    encode_publishes({.topic = topic, .payload = payload_of(16u << 10)}, count);
}

void encode_puback(std::uint64_t count) {
    Buffer out;
    Acknowledgement packet{.packet_identifier = 4711};
    for (std::uint64_t i = 0; i < count; ++i) {
        if (out.size() > 64u << 10) out.clear();
        keep(packet);
        encode_acknowledgement(out, PacketType::puback, packet, Version::v5);
        keep(out);
    }
}

void match_topic(std::uint64_t count) {
    std::string_view filter = "lab/+/sensor-7/#";
    std::string_view name = topic;
    for (std::uint64_t i = 0; i < count; ++i) {
        keep(filter);
        keep(name);
        bool matches = topic_matches(filter, name);
        keep(matches);
    }
}

void check_utf8_4k(std::uint64_t count) {
    static const std::string text(4096, 'a');
    Bytes bytes = as_bytes(text);
    for (std::uint64_t i = 0; i < count; ++i) {
        keep(bytes);
        bool sound = is_mqtt_utf8(bytes);
        keep(sound);
    }
}

constexpr std::array cases{
    Case{"decode_publish", decode_publish_v5},
    Case{"frame_and_decode_publish_v5", frame_and_decode_v5},
    Case{"frame_and_decode_publish_v3", frame_and_decode_v3},
    Case{"decode_publish_with_properties", decode_publish_with_properties},
    Case{"decode_publish_with_umlauts", decode_publish_with_umlauts},
    Case{"decode_puback", decode_puback},
    Case{"encode_publish_64", encode_publish_64},
    Case{"encode_publish_16k", encode_publish_16k},
    Case{"encode_puback", encode_puback},
    Case{"match_topic", match_topic},
    Case{"check_utf8_4k", check_utf8_4k},
};

}  // namespace

int main(int argc, char** argv) { return bench::run(cases, argc, argv); }
