// What a log shows of the packets of a connection. It reads along with the bytes of both directions, beside the client
// and without it: a client that is not logged pays nothing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wsmq/export.hpp"
#include "wsmq/reason_code.hpp"
#include "wsmq/types.hpp"

namespace wsmq {

/// One packet: never a payload, a user name or a password. The texts are valid until the next call to the log.
struct PacketSummary {
    std::string_view name{};  ///< "PUBLISH"; "reserved" for type 0
    std::size_t size = 0;     ///< of the whole packet, in bytes
    std::optional<std::uint16_t> packet_identifier{};
    /// CONNECT: the client identifier. PUBLISH: the topic name. SUBSCRIBE and UNSUBSCRIBE: the first topic filter.
    /// Shortened to what the first 256 bytes of the packet hold.
    std::optional<std::string_view> subject{};
    std::optional<Qos> qos{};  ///< of a PUBLISH
    bool retain = false;
    bool duplicate = false;
    bool session_present = false;  ///< of a CONNACK
    /// CONNACK, acknowledgements, DISCONNECT and AUTH; of SUBACK and UNSUBACK the first failure, or else the first.
    std::optional<ReasonCode> reason{};
};

/// One line without its end: `PUBLISH "a/b", QoS 1, packet identifier 7, 12 bytes`.
[[nodiscard]] WSMQ_EXPORT std::string to_text(const PacketSummary&);

/// Keeps at most the first 256 bytes of a packet for each direction. Bytes that are no MQTT end the log of their
/// direction until begin().
class WSMQ_EXPORT PacketLog {
public:
    enum class Direction : std::uint8_t { sent, received };

    /// A new connection.
    void begin() noexcept;

    /// The next packet that ends within `chunk`, from which it and what comes before it are removed; none, and an
    /// empty `chunk`, when no packet ends there. A stream may be cut into chunks anywhere.
    [[nodiscard]] std::optional<PacketSummary> next(Direction, Bytes& chunk);

private:
    struct Stream {
        std::string head{};
        std::size_t size = 0;  ///< of the packet; 0: not known yet
        std::size_t seen = 0;  ///< of it
        bool broken = false;
    };
    [[nodiscard]] PacketSummary summarize(std::string_view head, std::size_t size);

    Stream streams_[2];
    Version version_ = Version::v5;  ///< as the CONNECT has it
    std::string head_;               ///< of the last packet, for its texts
};

}  // namespace wsmq
