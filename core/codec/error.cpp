#include "wsmq/error.hpp"

#include <array>
#include <cstddef>

namespace wsmq {
namespace {

struct Description {
    Errc error;
    std::string_view text;
};

/// In the order of the enumeration, so that the value is the index.
constexpr std::array descriptions{
    Description{Errc::none, "No error"},
    Description{Errc::malformed_packet, "The broker sent bytes that are not an MQTT packet"},
    Description{Errc::protocol_error, "The broker sent a packet that the protocol does not allow"},
    Description{Errc::packet_too_large, "The packet is larger than the maximum packet size"},
    Description{Errc::receive_maximum_exceeded, "The broker sent more messages at once than were allowed"},
    Description{Errc::topic_alias_invalid, "The topic alias is out of range or was never given a topic"},
    Description{Errc::invalid_topic, "The topic name or topic filter is not valid"},
    Description{Errc::invalid_utf8, "The text is not valid UTF-8"},
    Description{
        Errc::invalid_character,
        "The text holds a control character or a noncharacter, for which brokers may close the connection: remove it"},
    Description{Errc::invalid_property, "A property is not allowed here or is not well-formed"},
    Description{Errc::invalid_argument, "An argument cannot be encoded"},
    Description{Errc::not_supported, "The broker or the protocol version does not support this"},
    Description{Errc::not_started, "The client is not started: call start() first"},
    Description{Errc::not_connected, "There is no connection"},
    Description{Errc::queue_full, "The queue is full: wait until it has drained, or raise its limits"},
    Description{Errc::packet_identifiers_exhausted, "All packet identifiers are in use"},
    Description{Errc::cancelled, "The operation was cancelled"},
    Description{Errc::stopped, "The client was stopped before the operation ended"},
    Description{Errc::session_lost, "The broker lost the session in which the operation was running"},
    Description{Errc::broker_closed,
                "The broker closes every connection on which this is sent: check its permissions and limits"},
    Description{Errc::expired, "The message expired before it could be sent"},
    Description{Errc::transport_failed, "The connection could not be opened"},
    Description{Errc::transport_closed, "The connection was closed"},
    Description{Errc::connect_timed_out, "The broker did not accept the connection in time"},
    Description{Errc::keep_alive_timed_out, "The broker did not respond within the keep alive"},
    Description{Errc::credentials_failed, "The application supplied no valid credentials"},
    Description{Errc::connection_refused, "The broker refused the connection"},
    Description{Errc::disconnected_by_broker, "The broker ended the connection"},
    Description{Errc::authentication_failed, "The authentication failed"},
    Description{
        Errc::taken_over,
        "The broker closes one connection after another: check whether another client uses the same client identifier"},
};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < descriptions.size(); ++i) {
        if (static_cast<std::size_t>(descriptions[i].error) != i) return false;
    }
    return true;
}
static_assert(is_in_order());

}  // namespace

std::string_view describe(Errc error) noexcept {
    const auto index = static_cast<std::size_t>(error);
    return index < descriptions.size() ? descriptions[index].text : "Unknown error";
}

}  // namespace wsmq
