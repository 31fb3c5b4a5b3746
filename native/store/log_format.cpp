#include "store/log_format.hpp"

#include <algorithm>
#include <boost/crc.hpp>
#include <optional>

namespace wsmq::native {

namespace {

constexpr std::size_t prefix_size = 8;  // length and checksum
constexpr std::size_t body_header_size = smallest_frame - prefix_size;

template <class Integer> void append_integer(std::vector<std::uint8_t>& log, Integer value) {
    for (std::size_t shift = 0; shift < 8 * sizeof value; shift += 8) {
        log.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

template <class Integer> Integer read_integer(Bytes bytes) {
    Integer value = 0;
    for (std::size_t i = sizeof value; i-- > 0;) value = static_cast<Integer>(value << 8 | bytes[i]);
    return value;
}

std::uint32_t checksum(Bytes bytes) {
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

bool is_known(std::uint8_t change, std::uint8_t kind) {
    const bool known_change =
        change >= static_cast<std::uint8_t>(Change::put) && change <= static_cast<std::uint8_t>(Change::time);
    return known_change && kind <= static_cast<std::uint8_t>(StoreKind::received);
}

/// Nothing where no sound frame begins here.
std::optional<Bytes> body_of_frame(Bytes rest) {
    if (rest.size() < smallest_frame) return std::nullopt;
    const auto size = read_integer<std::uint32_t>(rest);
    if (size < body_header_size || size > rest.size() - prefix_size) return std::nullopt;
    const auto body = rest.subspan(prefix_size, size);
    if (checksum(body) != read_integer<std::uint32_t>(rest.subspan(4)) || !is_known(body[0], body[1]))
        return std::nullopt;
    return body;
}

bool looks_torn(Bytes rest) {
    if (std::ranges::all_of(rest, [](std::uint8_t byte) { return byte == 0; })) return true;
    return rest.size() < prefix_size || read_integer<std::uint32_t>(rest) >= rest.size() - prefix_size;
}

}  // namespace

void append_frame(std::vector<std::uint8_t>& log, Change change, StoreKey key, Bytes record) {
    const auto begin = log.size();
    append_integer(log, static_cast<std::uint32_t>(body_header_size + record.size()));
    append_integer(log, std::uint32_t{0});
    log.push_back(static_cast<std::uint8_t>(change));
    log.push_back(static_cast<std::uint8_t>(key.kind));
    append_integer(log, key.number);
    log.insert(log.end(), record.begin(), record.end());
    const auto sum = checksum(Bytes{log}.subspan(begin + prefix_size));
    for (std::size_t i = 0; i < sizeof sum; ++i) log[begin + 4 + i] = static_cast<std::uint8_t>(sum >> 8 * i);
}

LogReading read_log(Bytes log, FrameVisitor& visitor) {
    const auto header_size = std::min(log.size(), log_header.size());
    if (!std::ranges::equal(log.first(header_size), Bytes{log_header}.first(header_size))) {
        // A crash may leave a file whose size is there and whose content is not.
        const bool torn = looks_torn(log) && log[0] == 0;
        return {0, torn, !torn};
    }
    if (log.size() < log_header.size()) return {0, true, false};
    LogReading reading{log_header.size()};
    while (reading.sound < log.size()) {
        const auto rest = log.subspan(reading.sound);
        const auto body = body_of_frame(rest);
        if (!body) {
            reading.torn = looks_torn(rest);
            break;
        }
        const StoreKey key{static_cast<StoreKind>((*body)[1]), read_integer<std::uint64_t>(body->subspan(2))};
        visitor.visit(static_cast<Change>((*body)[0]), key, body->subspan(body_header_size));
        reading.sound += prefix_size + body->size();
    }
    return reading;
}

}  // namespace wsmq::native
