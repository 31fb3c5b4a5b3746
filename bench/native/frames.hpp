// Just enough of MQTT 3.1.1 to write and walk packets. It is not the engine's codec on purpose: what checks the engine
// must not share its mistakes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace bench {

using Buffer = std::vector<std::uint8_t>;

constexpr std::string_view data_topic = "bench/data/lab/sensor-7";

enum class PacketType : std::uint8_t { connect = 1, connack = 2, publish = 3, puback = 4, subscribe = 8, suback = 9 };

inline void append(Buffer& out, std::initializer_list<std::size_t> octets) {
    for (const std::size_t octet : octets) out.push_back(static_cast<std::uint8_t>(octet));
}

inline void append_text(Buffer& out, std::string_view text) {
    append(out, {text.size() >> 8, text.size() & 0xff});
    out.insert(out.end(), text.begin(), text.end());
}

inline void append_length(Buffer& out, std::size_t length) {
    do {
        out.push_back(static_cast<std::uint8_t>((length & 0x7f) | (length > 0x7f ? 0x80 : 0)));
        length >>= 7;
    } while (length > 0);
}

inline Buffer connect_packet(std::string_view client_id) {
    Buffer out{0x10};
    append_length(out, 12 + client_id.size());
    append_text(out, "MQTT");
    append(out, {4, 2, 0, 0});
    append_text(out, client_id);
    return out;
}

inline Buffer subscribe_packet(std::string_view filter, unsigned qos) {
    Buffer out{0x82};
    append_length(out, 5 + filter.size());
    append(out, {0, 1});
    append_text(out, filter);
    append(out, {qos});
    return out;
}

/// Packet identifier 0: QoS 0, and none in the packet.
inline void append_publish(Buffer& out, unsigned packet_identifier, const Buffer& payload) {
    const bool acknowledged = packet_identifier != 0;
    out.push_back(acknowledged ? 0x32 : 0x30);
    append_length(out, 2 + data_topic.size() + (acknowledged ? 2 : 0) + payload.size());
    append_text(out, data_topic);
    if (acknowledged) append(out, {packet_identifier >> 8, packet_identifier & 0xff});
    out.insert(out.end(), payload.begin(), payload.end());
}

struct Packet {
    PacketType type{};
    unsigned qos = 0;
    const std::uint8_t* body = nullptr;
    std::size_t size = 0;

    /// Of a PUBACK, SUBSCRIBE and so on, at the beginning.
    [[nodiscard]] unsigned number(std::size_t at = 0) const { return body[at] * 256u + body[at + 1]; }
};

struct Publish {
    std::string_view topic;
    unsigned packet_identifier = 0;
    const std::uint8_t* payload = nullptr;
    std::size_t size = 0;
};

inline Publish read_publish(const Packet& packet) {
    const std::size_t topic_size = packet.number();
    std::size_t at = 2 + topic_size;
    Publish message{.topic = {reinterpret_cast<const char*>(packet.body) + 2, topic_size}};
    if (packet.qos != 0) {
        message.packet_identifier = packet.number(at);
        at += 2;
    }
    message.payload = packet.body + at;
    message.size = packet.size - at;
    return message;
}

/// Bytes as they come in, and the whole packets among them.
class Inbox {
public:
    /// Where the next bytes may be written: 256 KiB and more.
    [[nodiscard]] std::uint8_t* room() {
        if (from_ == to_) from_ = to_ = 0;
        if (bytes_.size() - to_ < chunk) {
            std::memmove(bytes_.data(), bytes_.data() + from_, to_ - from_);
            to_ -= from_;
            from_ = 0;
        }
        return bytes_.data() + to_;
    }
    void filled(std::size_t size) { to_ += size; }

    /// Calls `visit(Packet)` for every whole packet; they are valid until room().
    template <class Visit> void drain(Visit visit) {
        while (to_ - from_ >= 2) {
            const std::uint8_t* const start = bytes_.data() + from_;
            std::size_t length = 0;
            std::size_t head = 1;
            for (unsigned shift = 0;; shift += 7, ++head) {
                if (head >= to_ - from_) return;
                length |= std::size_t{start[head] & 0x7fu} << shift;
                if (start[head] < 0x80) break;
            }
            ++head;
            if (to_ - from_ < head + length) return;
            from_ += head + length;
            visit(Packet{.type = PacketType(start[0] >> 4u),
                         .qos = static_cast<unsigned>(start[0] >> 1) & 3u,
                         .body = start + head,
                         .size = length});
        }
    }

    static constexpr std::size_t chunk = 256 << 10;

private:
    Buffer bytes_ = Buffer(2 * chunk);
    std::size_t from_ = 0;
    std::size_t to_ = 0;
};

}  // namespace bench
