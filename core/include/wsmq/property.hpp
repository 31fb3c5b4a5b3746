// MQTT 5 properties (MQTT 5.0, 2.2.2): written into a block, and read from one on demand.
// A block is the properties without their length prefix.
#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "wsmq/export.hpp"
#include "wsmq/result.hpp"
#include "wsmq/types.hpp"

namespace wsmq {

enum class PropertyId : std::uint8_t {
    payload_format_indicator = 0x01,
    message_expiry_interval = 0x02,
    content_type = 0x03,
    response_topic = 0x08,
    correlation_data = 0x09,
    subscription_identifier = 0x0B,
    session_expiry_interval = 0x11,
    assigned_client_identifier = 0x12,
    server_keep_alive = 0x13,
    authentication_method = 0x15,
    authentication_data = 0x16,
    request_problem_information = 0x17,
    will_delay_interval = 0x18,
    request_response_information = 0x19,
    response_information = 0x1A,
    server_reference = 0x1C,
    reason_string = 0x1F,
    receive_maximum = 0x21,
    topic_alias_maximum = 0x22,
    topic_alias = 0x23,
    maximum_qos = 0x24,
    retain_available = 0x25,
    user_property = 0x26,
    maximum_packet_size = 0x27,
    wildcard_subscription_available = 0x28,
    subscription_identifier_available = 0x29,
    shared_subscription_available = 0x2A,
};

/// The name in the specification, for example "Content Type". Static storage; "Unknown property"
/// for a value that the specification does not list.
[[nodiscard]] WSMQ_EXPORT std::string_view describe(PropertyId) noexcept;

/// How a property's value is laid out on the wire (MQTT 5.0, table 2-4).
enum class PropertyType : std::uint8_t {
    byte,
    two_byte_integer,
    four_byte_integer,
    variable_byte_integer,
    text,
    binary,
    text_pair
};

struct UserProperty {
    std::string_view name;
    std::string_view value;
};

/// One property out of a block; the views borrow from the block.
struct Property {
    PropertyId id{};
    /// Integers of every width are held as std::uint32_t.
    std::variant<std::uint32_t, std::string_view, Bytes, UserProperty> value;
};

/// Walks a block that was validated (by the decoder, or by validate_properties). A view that
/// exists is valid: on a block that is not, the walk ends early and reads nothing past its end.
class WSMQ_EXPORT PropertyView {
public:
    class WSMQ_EXPORT Iterator {
    public:
        using value_type = Property;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        explicit Iterator(Bytes rest) : rest_{rest} { advance(); }
        const Property& operator*() const noexcept { return current_; }
        const Property* operator->() const noexcept { return &current_; }
        Iterator& operator++() {
            advance();
            return *this;
        }
        void operator++(int) { advance(); }
        friend bool operator==(const Iterator& a, std::default_sentinel_t) noexcept { return a.at_end_; }

    private:
        void advance();
        Bytes rest_{};
        Property current_{};
        bool at_end_ = true;
    };

    PropertyView() = default;
    explicit PropertyView(Bytes block) : block_{block} {}
    [[nodiscard]] Iterator begin() const { return Iterator{block_}; }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// The first property with this identifier; nothing when it is absent or of another type.
    [[nodiscard]] std::optional<std::uint32_t> integer(PropertyId) const;
    [[nodiscard]] std::optional<std::string_view> text(PropertyId) const;
    [[nodiscard]] std::optional<Bytes> binary(PropertyId) const;

private:
    Bytes block_{};
};

/// Builds a block. Values out of range, text that is not UTF-8 and strings over 65,535 bytes are
/// found by the call that takes the block, which answers Errc::invalid_property: the writer marks
/// the block as bad, and appends nothing more to it.
class WSMQ_EXPORT PropertyWriter {
public:
    PropertyWriter& integer(PropertyId, std::uint32_t value);
    PropertyWriter& text(PropertyId, std::string_view value);
    PropertyWriter& binary(PropertyId, Bytes value);
    PropertyWriter& user_property(std::string_view name, std::string_view value);

    /// Valid until the next call on the writer. A bad block is returned as one zero byte, which no
    /// packet accepts.
    [[nodiscard]] Bytes bytes() const noexcept;

private:
    PropertyWriter& fail();
    std::vector<std::uint8_t> block_;
    bool bad_ = false;
};

/// Where a block stands; decides which properties it may hold (MQTT 5.0, table 2-4).
enum class PropertyOwner : std::uint8_t {
    connect,
    will,
    connack,
    publish,
    puback,
    pubrec,
    pubrel,
    pubcomp,
    subscribe,
    suback,
    unsubscribe,
    unsuback,
    disconnect,
    auth
};

/// Errc::none; Errc::malformed_packet where it cannot be read or holds a property that is not
/// allowed there (MQTT 5.0, 2.2.2.2); Errc::protocol_error where a property stands twice or has a
/// forbidden value; Errc::topic_alias_invalid for a topic alias of 0.
[[nodiscard]] WSMQ_EXPORT Errc validate_properties(PropertyOwner, Bytes block) noexcept;
/// What a client may send: Errc::none, invalid_property for all of the above, or invalid_character as
/// validate_topic_name() says.
[[nodiscard]] WSMQ_EXPORT Errc validate_outgoing_properties(PropertyOwner, Bytes block) noexcept;

}  // namespace wsmq
