// A small and correct broker for one client: what it keeps of a session, and the rules that it holds
// the client to. It reads and writes whole packets; a Link carries them, and loses them.
#pragma once
#include <array>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/packet.hpp"

namespace wsmq::test {

struct BrokerLimits {
    std::uint16_t receive_maximum = 65'535;
    std::uint32_t maximum_packet_size = limits::largest_packet;
    std::uint16_t topic_alias_maximum = 0;
    bool refuses = false;   ///< every seventh message of QoS 1 and 2
    bool says_why = false;  ///< where it ends the connection
};

class ModelBroker {
public:
    ModelBroker(Version version, BrokerLimits limits) : version_{version}, limits_{limits} {}

    // --- The connection ----------------------------------------------------------------------------
    void connection_closed();
    /// A packet of the client, whose size was `size`. Answers are appended to output().
    void receive(const Packet&, std::size_t size);
    [[nodiscard]] std::deque<Packet>& output() noexcept { return output_; }

    // --- The other side of the broker --------------------------------------------------------------
    /// Another client publishes; where the session has a subscription for it, it is delivered.
    void publish(const std::string& topic, const std::string& payload, Qos);
    /// The broker is restarted and remembers nothing. Call it between connections.
    void lose_session();

    /// The payloads that the client's messages of this QoS brought on, in their order.
    [[nodiscard]] const std::vector<std::string>& arrived(Qos qos) const { return arrived_[index(qos)]; }
    [[nodiscard]] const std::map<std::string, Qos>& subscriptions() const noexcept { return subscriptions_; }
    [[nodiscard]] bool is_connected() const noexcept { return connected_; }
    /// It was sent what it does not survive, and ends the connection when its output is read.
    [[nodiscard]] bool hangs_up() const noexcept { return hangs_up_; }
    /// Nothing is on its way to the client or waits for it.
    [[nodiscard]] bool is_idle() const noexcept { return output_.empty() && waiting_.empty() && outgoing_.empty(); }
    /// What the client did against the rules.
    [[nodiscard]] const std::vector<std::string>& violations() const noexcept { return violations_; }

private:
    struct InflightMessages {
        Packet publish;
        bool released = false;  ///< PUBREC came, PUBREL went
    };

    static std::size_t index(Qos qos) noexcept { return static_cast<std::size_t>(qos); }
    void handle_connect(const Packet&);
    void handle_publish(const Packet&);
    void handle_acknowledgement(const Packet&);
    void handle_subscribe(const Packet&);
    void handle_unsubscribe(const Packet&);
    void resolve_topic(const Packet&);
    void resume_session();
    void send_waiting();
    [[nodiscard]] std::uint16_t free_identifier();
    void violation(const std::string& what) { violations_.push_back(what); }

    Version version_;
    BrokerLimits limits_;

    // The session
    bool has_session_ = false;
    std::map<std::string, Qos> subscriptions_;
    std::set<std::uint16_t> received_;  ///< QoS 2, not released
    std::deque<InflightMessages> outgoing_;
    std::deque<Packet> waiting_;
    std::uint16_t last_identifier_ = 0;
    int counted_ = 0;  ///< messages of QoS 1 and 2

    // The connection
    bool connected_ = false;
    bool hangs_up_ = false;
    bool session_ends_ = true;  ///< with the connection
    std::uint16_t client_receive_maximum_ = 65'535;
    std::map<std::uint16_t, std::string> aliases_;
    std::set<std::uint16_t> unanswered_;  ///< SUBSCRIBE and UNSUBSCRIBE of this connection

    std::deque<Packet> output_;
    std::array<std::vector<std::string>, 3> arrived_;
    std::vector<std::string> violations_;
};

}  // namespace wsmq::test
