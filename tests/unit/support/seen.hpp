// The client's events, owning what they hold.
#pragma once
#include <iosfwd>
#include <string>
#include <variant>
#include <vector>

#include "support/text.hpp"
#include "wsmq/event.hpp"

namespace wsmq::test::seen {

struct Message {
    std::string topic{};
    std::string payload{};
    Qos qos = Qos::at_most_once;
    bool retain = false;
    bool duplicate = false;
    Block properties{};
    friend bool operator==(const Message&, const Message&) = default;
};

struct Completed {
    OperationId id{};
    ReasonCode reason = ReasonCode::success;
    std::vector<ReasonCode> reason_codes{};
    Block properties{};
    friend bool operator==(const Completed&, const Completed&) = default;
};

struct Failed {
    OperationId id{};
    Errc error = Errc::none;
    friend bool operator==(const Failed&, const Failed&) = default;
};

struct Connected {
    bool session_present = false;
    bool reconnected = false;
    Block properties{};
    friend bool operator==(const Connected&, const Connected&) = default;
};

struct Disconnected {
    Errc why = Errc::none;
    ReasonCode reason = ReasonCode::success;
    std::string reason_string{};
    bool was_connected = false;
    bool reconnecting = false;
    Duration retry_in{};
    Block properties{};
    friend bool operator==(const Disconnected&, const Disconnected&) = default;
};

struct OpenTransport {
    std::size_t host = 0;
    unsigned attempt = 0;
    friend bool operator==(const OpenTransport&, const OpenTransport&) = default;
};

struct CredentialsRequested {
    friend bool operator==(const CredentialsRequested&, const CredentialsRequested&) = default;
};

struct Authentication {
    ReasonCode reason = ReasonCode::success;
    std::string method{};
    std::string data{};
    Block properties{};
    friend bool operator==(const Authentication&, const Authentication&) = default;
};

struct SubscriptionLost {
    std::string topic_filter{};
    ReasonCode reason = ReasonCode::success;
    friend bool operator==(const SubscriptionLost&, const SubscriptionLost&) = default;
};

struct QueueDrained {
    friend bool operator==(const QueueDrained&, const QueueDrained&) = default;
};

using Event = std::variant<Message, Completed, Failed, Connected, Disconnected, OpenTransport, CredentialsRequested,
                           Authentication, SubscriptionLost, QueueDrained>;

/// NeedInput and CloseTransport are for the driver, and have no copy here.
[[nodiscard]] Event copy_of(const wsmq::Event&);

}  // namespace wsmq::test::seen

namespace wsmq {

// Found by the arguments' namespace, so that every assertion prints them.
std::ostream& operator<<(std::ostream&, Errc);
std::ostream& operator<<(std::ostream&, ReasonCode);
std::ostream& operator<<(std::ostream&, OperationId);

}  // namespace wsmq

namespace wsmq::test::seen {

std::ostream& operator<<(std::ostream&, const Message&);
std::ostream& operator<<(std::ostream&, const Completed&);
std::ostream& operator<<(std::ostream&, const Failed&);
std::ostream& operator<<(std::ostream&, const Connected&);
std::ostream& operator<<(std::ostream&, const Disconnected&);
std::ostream& operator<<(std::ostream&, const OpenTransport&);
std::ostream& operator<<(std::ostream&, const CredentialsRequested&);
std::ostream& operator<<(std::ostream&, const Authentication&);
std::ostream& operator<<(std::ostream&, const SubscriptionLost&);
std::ostream& operator<<(std::ostream&, const QueueDrained&);

}  // namespace wsmq::test::seen
