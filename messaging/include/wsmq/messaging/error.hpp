// Errors of the messaging layer. The engine's are wsmq::Errc, a broker's are ReasonCode, and another party's are codes
// of JSON-RPC errors; none is ever cast to another.
#pragma once
#include <cstdint>
#include <string_view>

#include "wsmq/export.hpp"
#include "wsmq/result.hpp"

namespace wsmq::messaging {

enum class Error : std::uint8_t {
    none = 0,

    // The call was not valid; nothing was sent.
    invalid_root,      ///< neither empty nor ending in '/', or not fit for a topic
    invalid_name,      ///< an org, user, service, method, room, instance or serial number that the convention forbids
    invalid_json,      ///< text that is not one JSON value
    invalid_argument,  ///< any other argument out of its range
    unknown_call,      ///< it was answered, was cancelled, has expired or never existed
    no_credit,         ///< the requester accepts no more items: wait for CreditGranted
    unwanted,          ///< a notification has no stream
    not_supported,     ///< the protocol version, the broker or the other side does not offer it
    too_many,          ///< a bound of the options is reached

    // How a request, or what was to be sent, ended.
    not_connected,      ///< no connection, and the options forbid waiting; or the client is not started
    timed_out,          ///< no response within the time limit
    no_responder,       ///< no responder is online
    cancelled,          ///< by our own cancel()
    remote,             ///< the other side answered with an error: code, message and data say which
    item_lost,          ///< an item of a stream is missing
    bad_response,       ///< a response that breaks the convention
    payload_too_large,  ///< over the broker's maximum packet size; of a record: over maximum_record_size
    queue_full,         ///< the engine's bounded queue has no room
    refused,            ///< the broker refused the message, for example by its access rules
    left,               ///< leave() was called, or the client was stopped
    session_lost,       ///< another connection took the session over and would receive the answer
};

template <class T> using Result = wsmq::Result<T, Error>;

/// A short English sentence, without a full stop. Static storage.
[[nodiscard]] WSMQ_EXPORT std::string_view describe(Error) noexcept;

/// What the engine's error means here.
[[nodiscard]] WSMQ_EXPORT Error error_of(Errc) noexcept;

}  // namespace wsmq::messaging
