// The events of a layer. Views in an event are valid until the next next_event() or handle() of the layer, so that a
// handler may send what it reads. JSON text is valid; other text is described at its member.
#pragma once
#include <cstdint>
#include <string_view>
#include <variant>

#include "wsmq/event.hpp"
#include "wsmq/messaging/error.hpp"
#include "wsmq/types.hpp"

namespace wsmq::messaging {

/// Names a request of ours. Never used again in the life of a layer; 0 is never given out.
enum class RequestId : std::uint64_t {};
/// Names a request that another party has made of us. Never used again; 0 is never given out.
enum class CallId : std::uint64_t {};

/// Every subscription of the layer is granted and its own record is published: others can reach us. Once per
/// connection.
struct Joined {
    bool again;  ///< after a reconnection
};

/// The broker refused the layer's own subscription or record: the layer does not join on this connection.
struct JoinFailed {
    Error why;
    ReasonCode reason;  ///< the broker's, where it gave one; else success
};

/// leave() is complete and the client is stopped.
struct Left {};

/// Another webapp with our uid took the session over. The client is reconnecting under this uid; Joined follows. Our
/// requests have failed, and calls of others have ended.
struct Renamed {
    std::string_view uid;
};

// --- Requests of ours --------------------------------------------------------------------------------

/// The request succeeded.
struct Response {
    RequestId id;
    std::string_view result;        ///< JSON text; of a raw body its bytes
    std::string_view content_type;  ///< of a raw body; else empty
    std::uint64_t count;            ///< how many Progress events came before
};

/// The request failed.
struct RequestFailed {
    RequestId id;
    Error why;
    std::int64_t code;         ///< Error::remote: the other side's code; else the one of the convention, or 0
    std::string_view message;  ///< Error::remote: the other side's, any text in UTF-8; else describe(why)
    std::string_view data;     ///< JSON text, or empty
};

/// An item of a stream, in order and without gaps.
struct Progress {
    RequestId id;
    std::uint64_t seq;       ///< from 0
    std::string_view value;  ///< JSON text
};

// --- Requests of others ------------------------------------------------------------------------------

/// Answer with respond() or fail(), now or later, after any number of progress(). A notification too: nothing is sent,
/// but until then it counts against CallLimits::concurrency.
struct Request {
    CallId id;
    std::string_view from;          ///< the sender's uid, from the topic; empty: a service notifies us
    std::string_view method;        ///< never one that begins with "$/"
    std::string_view params;        ///< JSON text, empty where there are none; of a raw body its bytes
    std::string_view content_type;  ///< of a raw body; else empty
    std::string_view traceparent;   ///< empty where the caller gave none
    Duration time_left;             ///< until the call expires
    bool is_notification = false;   ///< wants no answer, and no progress
    Duration waited{};              ///< for its turn, since it arrived
};

/// The call ended without an answer of ours: stop working on it. The layer has answered it with an error.
struct RequestEnded {
    CallId id;
    Error why;  ///< cancelled, timed_out or left
};

/// progress() is possible again.
struct CreditGranted {
    CallId id;
    std::uint64_t credit;  ///< items that may be sent now
};

// --- Messages, presence, devices, services -----------------------------------------------------------

struct PeerMessage {
    std::string_view from;
    std::string_view body;          ///< any bytes
    std::string_view content_type;  ///< empty where the sender gave none
};

struct RoomMessage {
    std::string_view room;
    std::string_view from;
    std::string_view body;          ///< any bytes
    std::string_view content_type;  ///< empty where the sender gave none
};

/// Of another webapp; never of ourselves.
struct PresenceChanged {
    enum class Change : std::uint8_t { appeared, changed, gone } change;
    std::string_view uid;
    std::string_view state;  ///< JSON text of the application's state, "null" for none; when gone, the last one
    std::string_view tabs;   ///< of a group of tabs that tells of each: JSON text of an array, unchecked; else empty
    std::int64_t since;      ///< milliseconds since 1970, by the other's clock; 0 where it did not say
};

struct DeviceStatus {
    std::string_view serial_number;
    bool online;
    std::string_view status;  ///< JSON text of the whole record, an object, unchecked; empty where it was cleared
};

struct ServiceChanged {
    std::string_view service;
    std::string_view instance;
    bool online;
    std::string_view record;  ///< JSON text of the whole record, an object, unchecked; empty where it was cleared
};

using Event =
    std::variant<NeedInput, Joined, JoinFailed, Left, Response, RequestFailed, Progress, Request, RequestEnded,
                 CreditGranted, PeerMessage, RoomMessage, PresenceChanged, DeviceStatus, ServiceChanged, Renamed>;

}  // namespace wsmq::messaging
