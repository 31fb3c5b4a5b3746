#include "wsmq/packet_log.hpp"

#include <algorithm>
#include <array>

#include "codec/frame.hpp"
#include "codec/reader.hpp"
#include "codec/return_codes.hpp"
#include "wsmq/limits.hpp"

namespace wsmq {
namespace {

using codec::PacketType;
using codec::Reader;

constexpr std::size_t longest_head = 256;

constexpr std::array<std::string_view, 16> names{
    "reserved",  "CONNECT", "CONNACK",     "PUBLISH",  "PUBACK",  "PUBREC",   "PUBREL",     "PUBCOMP",
    "SUBSCRIBE", "SUBACK",  "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
};

/// As much as there is of a length-prefixed text.
std::string_view begin_of_text(Reader& reader) {
    const std::size_t length = reader.two_byte_integer();
    return codec::as_text(reader.take(std::min(length, reader.remaining())));
}

/// Text of a peer in quotes: controls cannot reach a terminal or begin a line of a log.
void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        // U+0080 to U+009F are two bytes in UTF-8, and controls as well.
        const bool is_c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<std::uint8_t>(text[i + 1]) < 0xA0;
        if (byte < 0x20 || byte == 0x7F || byte == '"' || byte == '\\' || is_c1) {
            out.append("\\x").append({digits[byte >> 4], digits[byte & 15]});
        } else {
            out += text[i];
        }
    }
    out += '"';
}

void skip_properties(Reader& reader, Version version) {
    if (version == Version::v5) reader.take(reader.variable_byte_integer());
}

void read_connect(Reader& reader, Version& version, PacketSummary& summary) {
    begin_of_text(reader);  // "MQTT"
    const std::uint8_t level = reader.byte();
    version = level >= 5 ? Version::v5 : Version::v3_1_1;
    reader.take(3);  // flags, keep alive
    skip_properties(reader, version);
    const std::string_view client_id = begin_of_text(reader);
    if (reader.ok()) summary.subject = client_id;
}

void read_connack(Reader& reader, Version version, PacketSummary& summary) {
    summary.session_present = (reader.byte() & 1) != 0;
    const std::uint8_t code = reader.byte();
    if (reader.ok()) summary.reason = version == Version::v5 ? ReasonCode{code} : codec::from_return_code(code);
}

void read_publish(Reader& reader, std::uint8_t flags, PacketSummary& summary) {
    summary.duplicate = (flags & 8) != 0;
    summary.retain = (flags & 1) != 0;
    summary.qos = Qos{static_cast<std::uint8_t>(flags >> 1 & 3)};
    summary.subject = begin_of_text(reader);
    if (*summary.qos != Qos::at_most_once && reader.remaining() >= 2) {
        summary.packet_identifier = reader.two_byte_integer();
    }
}

/// The worst of them: codes of failure are the highest.
void read_codes(Reader& reader, PacketSummary& summary) {
    const Bytes codes = reader.rest();
    if (codes.empty()) return;
    const auto failure = std::ranges::find_if(codes, [](std::uint8_t code) { return code >= 0x80; });
    summary.reason = ReasonCode{failure == codes.end() ? codes.front() : *failure};
}

}  // namespace

void PacketLog::begin() noexcept {
    for (auto& stream : streams_) stream = {};
}

std::optional<PacketSummary> PacketLog::next(Direction direction, Bytes& chunk) {
    auto& stream = streams_[static_cast<std::size_t>(direction)];
    while (!chunk.empty() && !stream.broken) {
        if (stream.size == 0) {
            stream.head.push_back(static_cast<char>(chunk.front()));
            chunk = chunk.subspan(1);
            const auto found = codec::read_frame(codec::as_bytes(stream.head), limits::largest_packet);
            stream.broken = found.status == codec::FrameResult::Status::bad;
            stream.size = found.size;
            stream.seen = stream.head.size();
        }
        if (stream.size != 0) {
            const Bytes part = chunk.first(std::min(chunk.size(), stream.size - stream.seen));
            const std::size_t room = longest_head - std::min(longest_head, stream.head.size());
            stream.head.append(codec::as_text(part.first(std::min(part.size(), room))));
            stream.seen += part.size();
            chunk = chunk.subspan(part.size());
            if (stream.seen == stream.size) {
                const std::size_t size = stream.size;
                head_.swap(stream.head);
                stream = {};
                return summarize(head_, size);
            }
        }
    }
    chunk = {};
    return std::nullopt;
}

PacketSummary PacketLog::summarize(std::string_view head, std::size_t size) {
    const auto first = static_cast<std::uint8_t>(head.front());
    const auto type = PacketType{static_cast<std::uint8_t>(first >> 4)};
    PacketSummary summary{.name = names[first >> 4], .size = size};
    Reader reader{codec::as_bytes(head).subspan(1)};
    reader.variable_byte_integer();
    const auto read_identifier = [&] {
        if (reader.remaining() >= 2) summary.packet_identifier = reader.two_byte_integer();
    };
    const auto read_reason = [&] {
        if (reader.remaining() >= 1) summary.reason = ReasonCode{reader.byte()};
    };
    switch (type) {
        case PacketType::connect: read_connect(reader, version_, summary); break;
        case PacketType::connack: read_connack(reader, version_, summary); break;
        case PacketType::publish: read_publish(reader, first & 15, summary); break;
        case PacketType::puback:
        case PacketType::pubrec:
        case PacketType::pubrel:
        case PacketType::pubcomp:
            read_identifier();
            read_reason();
            break;
        case PacketType::subscribe:
        case PacketType::unsubscribe:
            read_identifier();
            skip_properties(reader, version_);
            if (const auto filter = begin_of_text(reader); reader.ok()) summary.subject = filter;
            break;
        case PacketType::suback:
        case PacketType::unsuback:
            read_identifier();
            skip_properties(reader, version_);
            read_codes(reader, summary);
            break;
        case PacketType::disconnect:
        case PacketType::auth: read_reason(); break;
        case PacketType::pingreq:
        case PacketType::pingresp: break;
    }
    return summary;
}

std::string to_text(const PacketSummary& summary) {
    std::string text{summary.name};
    if (summary.subject) append_quoted(text += ' ', *summary.subject);
    if (summary.qos) text.append(", QoS ").append(std::to_string(static_cast<int>(*summary.qos)));
    if (summary.retain) text.append(", retain");
    if (summary.duplicate) text.append(", DUP");
    if (summary.packet_identifier) {
        text.append(", packet identifier ").append(std::to_string(*summary.packet_identifier));
    }
    if (summary.session_present) text.append(", session present");
    if (summary.reason && *summary.reason != ReasonCode::success) {
        text.append(", ").append(describe(*summary.reason));
    }
    return text.append(", ").append(std::to_string(summary.size)).append(" bytes");
}

}  // namespace wsmq
