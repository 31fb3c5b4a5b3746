#include "support/seen.hpp"

#include <ostream>

namespace wsmq {

std::ostream& operator<<(std::ostream& out, Errc error) {
    return out << "Errc " << static_cast<int>(error) << " (" << describe(error) << ")";
}
std::ostream& operator<<(std::ostream& out, ReasonCode reason) { return out << test::name_of(reason); }
std::ostream& operator<<(std::ostream& out, OperationId id) {
    return out << "operation " << static_cast<std::uint32_t>(id);
}

}  // namespace wsmq

namespace wsmq::test::seen {

namespace {

std::vector<ReasonCode> codes_of(Bytes bytes) {
    std::vector<ReasonCode> codes;
    for (const std::uint8_t byte : bytes) codes.push_back(static_cast<ReasonCode>(byte));
    return codes;
}

struct Copy {
    Event operator()(const wsmq::Message& e) const {
        return Message{std::string{e.topic},          text_of(e.payload), e.qos, e.retain, e.duplicate,
                       block_of(e.encoded_properties)};
    }
    Event operator()(const wsmq::Completed& e) const {
        return Completed{e.id, e.reason, codes_of(e.reason_codes), block_of(e.encoded_properties)};
    }
    Event operator()(const wsmq::Failed& e) const { return Failed{e.id, e.error}; }
    Event operator()(const wsmq::Connected& e) const {
        return Connected{e.session_present, e.reconnected, block_of(e.encoded_properties)};
    }
    Event operator()(const wsmq::Disconnected& e) const {
        return Disconnected{e.why,          e.reason,   std::string{e.reason_string},  e.was_connected,
                            e.reconnecting, e.retry_in, block_of(e.encoded_properties)};
    }
    Event operator()(const wsmq::OpenTransport& e) const { return OpenTransport{e.host, e.attempt}; }
    Event operator()(const wsmq::CredentialsRequested&) const { return CredentialsRequested{}; }
    Event operator()(const wsmq::Authentication& e) const {
        return Authentication{e.reason, std::string{e.method}, text_of(e.data), block_of(e.encoded_properties)};
    }
    Event operator()(const wsmq::SubscriptionLost& e) const {
        return SubscriptionLost{std::string{e.topic_filter}, e.reason};
    }
    Event operator()(const wsmq::QueueDrained&) const { return QueueDrained{}; }
    Event operator()(const NeedInput&) const { return {}; }
    Event operator()(const CloseTransport&) const { return {}; }
};

}  // namespace

Event copy_of(const wsmq::Event& event) { return std::visit(Copy{}, event); }

std::ostream& operator<<(std::ostream& out, const Message& e) {
    return out << "Message " << quoted(e.topic) << " " << quoted(e.payload) << " QoS " << static_cast<int>(e.qos)
               << (e.retain ? " RETAIN" : "") << (e.duplicate ? " DUP" : "") << describe_properties(e.properties);
}
std::ostream& operator<<(std::ostream& out, const Completed& e) {
    out << "Completed " << e.id << " " << e.reason;
    for (const ReasonCode code : e.reason_codes) out << " [" << code << "]";
    return out << describe_properties(e.properties);
}
std::ostream& operator<<(std::ostream& out, const Failed& e) { return out << "Failed " << e.id << " " << e.error; }
std::ostream& operator<<(std::ostream& out, const Connected& e) {
    return out << "Connected" << (e.session_present ? " session present" : "") << (e.reconnected ? " again" : "")
               << describe_properties(e.properties);
}
std::ostream& operator<<(std::ostream& out, const Disconnected& e) {
    return out << "Disconnected " << e.why << " " << e.reason << " " << quoted(e.reason_string)
               << (e.was_connected ? " was connected" : "") << (e.reconnecting ? " reconnecting in " : " for good ")
               << e.retry_in.count() << " ms" << describe_properties(e.properties);
}
std::ostream& operator<<(std::ostream& out, const OpenTransport& e) {
    return out << "OpenTransport to host " << e.host << ", attempt " << e.attempt;
}
std::ostream& operator<<(std::ostream& out, const CredentialsRequested&) { return out << "CredentialsRequested"; }
std::ostream& operator<<(std::ostream& out, const Authentication& e) {
    return out << "Authentication " << e.reason << " " << quoted(e.method) << " " << quoted(e.data)
               << describe_properties(e.properties);
}
std::ostream& operator<<(std::ostream& out, const SubscriptionLost& e) {
    return out << "SubscriptionLost " << quoted(e.topic_filter) << " " << e.reason;
}
std::ostream& operator<<(std::ostream& out, const QueueDrained&) { return out << "QueueDrained"; }

}  // namespace wsmq::test::seen
