// The presence of webapps, as their records tell it.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "wsmq/types.hpp"

namespace wsmq::messaging {

/// Whether a newcomer asks all others to announce themselves, for brokers that do not deliver retained messages to
/// filters with wildcards.
enum class RollCall : std::uint8_t {
    automatic,  ///< where our own retained record does not come back, or another webapp is missing
    never,
    always
};

/// Another webapp as its record has it.
struct Presence {
    std::string state;                     ///< JSON text
    std::string tabs;                      ///< JSON text of an array; empty unless it is a group of tabs
    std::int64_t since = 0;                ///< milliseconds since 1970, by the other's clock; 0 where it did not say
    TimePoint expires = TimePoint::max();  ///< unless the record is renewed
    bool confirmed = true;                 ///< seen since the broker lost our session
};

/// By uid.
using Presences = std::map<std::string, Presence, std::less<>>;

}  // namespace wsmq::messaging
