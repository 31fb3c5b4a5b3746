// Property blocks as the decoders see them: read with their length, and validated at once.
#pragma once
#include <cstddef>
#include <cstdint>

#include "codec/reader.hpp"
#include "wsmq/error.hpp"
#include "wsmq/property.hpp"
#include "wsmq/types.hpp"

namespace wsmq::codec {

struct PropertyBlock {
    Bytes bytes{};              ///< without the length
    std::uint64_t present = 0;  ///< one bit for each identifier
    Errc error = Errc::none;

    [[nodiscard]] bool holds(PropertyId id) const noexcept { return (present >> static_cast<unsigned>(id) & 1u) != 0; }
};

/// `outgoing`: with Errc::invalid_character for text that should not be sent.
[[nodiscard]] PropertyBlock check_properties(PropertyOwner, Bytes block, bool outgoing = false) noexcept;

/// Where in a sound block the value of the first such property begins; its size where there is none.
[[nodiscard]] std::size_t value_offset(Bytes block, PropertyId) noexcept;

/// A block and its length in front of it. Nothing is read below MQTT 5, which has no properties.
[[nodiscard]] inline PropertyBlock read_properties(Reader& reader, PropertyOwner owner, Version version) noexcept {
    if (version != Version::v5) return {};
    const Bytes block = reader.take(reader.variable_byte_integer());
    if (!reader.ok()) return {.error = Errc::malformed_packet};
    return block.empty() ? PropertyBlock{} : check_properties(owner, block);
}

}  // namespace wsmq::codec
