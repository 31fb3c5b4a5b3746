// The constants of the wire convention (docs/protocol.md), each once: defaults, bounds and reserved names.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wsmq/types.hpp"

namespace wsmq::messaging {

/// Where the topics of an application begin, unless it says otherwise.
inline constexpr std::string_view default_root = "app/";
/// What a device's status says beside "online", unless the application says otherwise.
inline constexpr std::string_view default_device_status =
    R"({"recording":false,"broadcasting":false,"motionEnabled":false})";
/// The room in which a newcomer asks all others to announce themselves.
inline constexpr std::string_view roll_room = "_roll";
/// Stands for every instance of a service.
inline constexpr std::string_view all_instances = "_all";
/// A record of presence, of discovery or of a device, in bytes of JSON. Our own are refused with
/// Error::payload_too_large where they are larger; those of others are ignored.
inline constexpr std::size_t maximum_record_size = 4'096;

namespace convention {

// Lengths of names, in bytes.
inline constexpr std::size_t longest_name = 64;    ///< a service, a method, an instance, an org, a user
inline constexpr std::size_t longest_level = 128;  ///< a room, a serial number
inline constexpr std::size_t longest_root = 1'024;
inline constexpr std::size_t shortest_rand = 4;
inline constexpr std::size_t longest_rand = 16;
/// Of a JSON-RPC id, in bytes of its JSON text: a responder must remember it.
inline constexpr std::size_t longest_id = 256;

/// RequestOptions::timeout.
inline constexpr Duration shortest_timeout{1};
inline constexpr Duration longest_timeout = std::chrono::hours{24 * 24};

/// Expiry intervals and delays of records and wills: an MQTT property of four bytes, whose largest value has a meaning
/// of its own.
inline constexpr std::chrono::seconds longest_expiry{UINT32_MAX - 1};

/// Items of a stream that a responder may send before any are granted.
inline constexpr std::uint32_t first_credit = 64;
/// Items that may be granted and not yet sent; a grant beyond that is void.
inline constexpr std::uint32_t most_credit = 256;
/// A requester that grants by itself does so for this many items at a time: a responder whose requester keeps up never
/// waits.
inline constexpr std::uint32_t credit_batch = first_credit / 2;

}  // namespace convention

}  // namespace wsmq::messaging
