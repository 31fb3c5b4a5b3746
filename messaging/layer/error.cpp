#include "wsmq/messaging/error.hpp"

namespace wsmq::messaging {

std::string_view describe(Error error) noexcept {
    switch (error) {
        case Error::none: return "No error";
        case Error::invalid_root: return "The topic root is not valid: it must be empty, or end in '/'";
        case Error::invalid_name: return "A name is empty, too long, or has characters that are not allowed";
        case Error::invalid_json: return "The text is not valid JSON";
        case Error::invalid_argument: return "An argument is out of its range";
        case Error::unknown_call: return "The call has already ended";
        case Error::no_credit: return "The requester accepts no more items: wait for credit";
        case Error::unwanted: return "A notification has no stream of items";
        case Error::not_supported: return "The broker or the other side does not offer this";
        case Error::too_many: return "A limit is reached: wait until some have ended, or raise it";
        case Error::not_connected: return "There is no connection";
        case Error::timed_out: return "There was no response within the time limit";
        case Error::no_responder: return "No responder is online";
        case Error::cancelled: return "The request was cancelled";
        case Error::remote: return "The other side responded with an error";
        case Error::item_lost: return "An item of the stream was lost: repeat the request";
        case Error::bad_response: return "The response breaks the convention";
        case Error::payload_too_large:
            return "The message is larger than the broker takes, or the record than the 4,096 bytes that it may have";
        case Error::queue_full: return "The queue is full: wait until it has drained, or raise its limits";
        case Error::refused: return "The broker refused the message";
        case Error::left: return "The application has left";
        case Error::session_lost: return "Another connection took the session over";
    }
    return "Unknown error";
}

Error error_of(Errc error) noexcept {
    switch (error) {
        case Errc::none: return Error::none;
        case Errc::packet_too_large: return Error::payload_too_large;
        case Errc::invalid_topic:
        case Errc::invalid_utf8:
        case Errc::invalid_character: return Error::invalid_name;
        case Errc::invalid_property:
        case Errc::invalid_argument: return Error::invalid_argument;
        case Errc::not_supported: return Error::not_supported;
        case Errc::queue_full:
        case Errc::packet_identifiers_exhausted: return Error::queue_full;
        case Errc::broker_closed: return Error::refused;
        case Errc::expired: return Error::timed_out;
        case Errc::cancelled: return Error::cancelled;
        case Errc::stopped: return Error::left;
        default: return Error::not_connected;
    }
}

}  // namespace wsmq::messaging
