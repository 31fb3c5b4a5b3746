#include "wsmq/property.hpp"

#include <array>

#include "codec/property_block.hpp"
#include "codec/property_table.hpp"
#include "codec/reader.hpp"
#include "codec/utf8.hpp"
#include "wsmq/topic.hpp"

namespace wsmq {
namespace {

using codec::PropertySpec;
using codec::Reader;

std::uint32_t read_integer(Reader& reader, PropertyType type) noexcept {
    if (type == PropertyType::byte) return reader.byte();
    if (type == PropertyType::two_byte_integer) return reader.two_byte_integer();
    if (type == PropertyType::four_byte_integer) return reader.four_byte_integer();
    return reader.variable_byte_integer();
}

/// Finds the parts of the next property, if they are complete; their values are not validated.
const PropertySpec* read_property(Reader& reader, Property& out) noexcept {
    const std::uint8_t id = reader.byte();
    const PropertySpec* spec = codec::find_property(id);
    if (spec == nullptr) return nullptr;
    out.id = static_cast<PropertyId>(id);
    if (codec::is_integer(spec->type)) {
        out.value.emplace<std::uint32_t>(read_integer(reader, spec->type));
    } else if (spec->type == PropertyType::text) {
        out.value.emplace<std::string_view>(codec::as_text(reader.binary()));
    } else if (spec->type == PropertyType::binary) {
        out.value.emplace<Bytes>(reader.binary());
    } else {
        const auto name = codec::as_text(reader.binary());
        out.value.emplace<UserProperty>(UserProperty{name, codec::as_text(reader.binary())});
    }
    return reader.ok() ? spec : nullptr;
}

Errc check_integer(PropertyId id, const PropertySpec& spec, std::uint32_t value) noexcept {
    if (value >= spec.minimum && value <= spec.maximum) return Errc::none;
    // DISCONNECT has a reason code of its own for this one.
    return id == PropertyId::topic_alias ? Errc::topic_alias_invalid : Errc::protocol_error;
}

Errc check_text(std::string_view value, bool outgoing) noexcept {
    const Bytes text = codec::as_bytes(value);
    if (!codec::is_mqtt_utf8(text)) return Errc::malformed_packet;
    return outgoing && !codec::is_sendable_utf8(text) ? Errc::invalid_character : Errc::none;
}

Errc check_text(PropertyId id, std::string_view value, bool outgoing) noexcept {
    if (const Errc error = check_text(value, outgoing); error != Errc::none) return error;
    // A Response Topic is a topic name [MQTT-3.3.2-13] [MQTT-3.3.2-14].
    return id == PropertyId::response_topic && !is_valid_topic_name(value) ? Errc::protocol_error : Errc::none;
}

Errc check_value(const PropertySpec& spec, const Property& property, bool outgoing) noexcept {
    if (const auto* value = std::get_if<std::uint32_t>(&property.value)) {
        return check_integer(property.id, spec, *value);
    }
    if (const auto* value = std::get_if<std::string_view>(&property.value))
        return check_text(property.id, *value, outgoing);
    if (const auto* pair = std::get_if<UserProperty>(&property.value)) {
        const Errc error = check_text(pair->name, outgoing);
        return error != Errc::none ? error : check_text(pair->value, outgoing);
    }
    return Errc::none;
}

/// The first property with this identifier, as T.
template <class T> std::optional<T> find(const PropertyView& view, PropertyId id) {
    for (const Property& property : view) {
        if (property.id != id) continue;
        const T* value = std::get_if<T>(&property.value);
        return value != nullptr ? std::optional<T>{*value} : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

codec::PropertyBlock codec::check_properties(PropertyOwner owner, Bytes block, bool outgoing) noexcept {
    PropertyBlock result{.bytes = block};
    Reader reader{block};
    while (reader.remaining() != 0) {
        Property property;
        const PropertySpec* spec = read_property(reader, property);
        // An identifier that is unknown, or not for this packet, makes the packet malformed (2.2.2.2).
        if (spec == nullptr || (spec->owners & only(owner)) == 0) return {.error = Errc::malformed_packet};
        if (result.holds(property.id) && (spec->repeatable_in & only(owner)) == 0) {
            return {.error = Errc::protocol_error};
        }
        if (const Errc error = check_value(*spec, property, outgoing); error != Errc::none) return {.error = error};
        result.present |= std::uint64_t{1} << static_cast<unsigned>(property.id);
    }
    return result;
}

std::size_t codec::value_offset(Bytes block, PropertyId id) noexcept {
    Reader reader{block};
    while (reader.remaining() != 0) {
        const std::size_t start = block.size() - reader.remaining();
        Property property;
        if (read_property(reader, property) == nullptr) break;
        if (property.id == id) return start + 1;
    }
    return block.size();
}

Errc validate_properties(PropertyOwner owner, Bytes block) noexcept {
    return codec::check_properties(owner, block).error;
}

Errc validate_outgoing_properties(PropertyOwner owner, Bytes block) noexcept {
    const Errc error = codec::check_properties(owner, block, true).error;
    return error == Errc::none || error == Errc::invalid_character ? error : Errc::invalid_property;
}

void PropertyView::Iterator::advance() {
    Reader reader{rest_};
    at_end_ = rest_.empty() || read_property(reader, current_) == nullptr;
    rest_ = reader.rest();
}

std::optional<std::uint32_t> PropertyView::integer(PropertyId id) const { return find<std::uint32_t>(*this, id); }

std::optional<std::string_view> PropertyView::text(PropertyId id) const { return find<std::string_view>(*this, id); }

std::optional<Bytes> PropertyView::binary(PropertyId id) const { return find<Bytes>(*this, id); }

std::string_view describe(PropertyId id) noexcept {
    for (const codec::PropertyEntry& entry : codec::property_entries) {
        if (entry.id == id) return entry.name;
    }
    return "Unknown property";
}

}  // namespace wsmq
