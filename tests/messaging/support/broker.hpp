// A broker for several clients in one process: it routes, retains, publishes wills, shares subscriptions and keeps
// sessions, for MQTT 3.1.1 and 5.0 mixed. Whole packets go in and out; the time is the test's.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/packet.hpp"

namespace wsmq::test {

/// What brokers differ in.
struct BrokerTraits {
    bool shares = true;
    bool takes_shares_for_filters = false;  ///< grants `$share/...`, and looks for topics of this name
    bool retains_for_wildcards = true;
    bool tells_of_no_subscribers = true;  ///< with MQTT 5, by reason 0x10
    bool tells_of_takeover = true;        ///< with MQTT 5, by DISCONNECT; Mosquitto 2.0 does not
    std::uint32_t maximum_packet_size = 1u << 20;
};

class Broker {
public:
    /// The client's end of a connection.
    class Wire {
    public:
        virtual ~Wire() = default;
        virtual void deliver(const Packet&) = 0;
        /// The broker closed it.
        virtual void hang_up() = 0;
    };

    struct Published {
        std::string topic;
        std::string payload;
        Block properties{};
        bool retain = false;
        Qos qos = Qos::at_least_once;
        std::string from{};  ///< client identifier
        std::optional<TimePoint> expires{};
    };

    explicit Broker(BrokerTraits traits = {}) : traits_{traits} {}

    // --- Connections -------------------------------------------------------------------------------
    void receive(Wire&, const Packet&);
    /// The connection broke, or the client closed it.
    void closed(Wire&);
    /// Lets the time pass: wills whose delay is over, sessions and messages that expire.
    void tick(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    /// It stops and begins again: connections break, and of sessions nothing is left; of retained messages all, or not.
    void restart(bool keeps_retained);
    /// Nothing is left of the client's session; its will is not published.
    void forget(const std::string& client) { sessions_.erase(client); }

    // --- The test's own ----------------------------------------------------------------------------
    /// As by a client of no name.
    void publish(const Published&);
    void publish(const std::string& topic, const std::string& payload) { publish(Published{topic, payload}); }
    /// Everything that was published, in its order.
    [[nodiscard]] const std::vector<Published>& log() const noexcept { return log_; }
    /// The payloads on topics that match.
    [[nodiscard]] std::vector<std::string> payloads(const std::string& filter) const;
    [[nodiscard]] const Published* retained(const std::string& topic) const;
    [[nodiscard]] const std::vector<std::string>& violations() const noexcept { return violations_; }
    /// Whether a session has this subscription.
    [[nodiscard]] bool has_subscription(const std::string& client, const std::string& filter) const;
    /// As the client asked for it last.
    [[nodiscard]] std::optional<RetainHandling> retain_handling(const std::string& client,
                                                                const std::string& filter) const;

    /// How often a message is passed on; once where it is not set.
    std::function<int(const Published&)> copies;
    /// Whether this client may publish to a topic, or subscribe to a filter; it may where it is not set.
    std::function<bool(const std::string& client, const std::string& topic)> allows;
    /// Of a cluster, by which node the client is; each keeps the retained messages of its clients to itself.
    std::function<int(const std::string& client)> node_of;

private:
    struct Session {
        std::string client;
        Wire* wire = nullptr;
        Version version{};
        bool lasts = false;
        std::optional<Will> will;
        std::optional<TimePoint> will_due;
        std::optional<TimePoint> ends;
        std::uint32_t expiry = 0;
        std::map<std::string, Qos> subscriptions;
        std::map<std::string, RetainHandling> retain_handling;  ///< of the subscriptions
        std::deque<Packet> in_flight;  ///< sent and not acknowledged, or waiting for a connection
        std::uint16_t last_identifier = 0;
    };

    void handle_connect(Wire&, const Packet&);
    void handle_publish(Session&, const Packet&);
    void handle_subscribe(Session&, const Packet&);
    void handle_unsubscribe(Session&, const Packet&);
    void end_connection(Session&, bool taken_over);
    void end_session(Session&);
    void publish_will(Session&);
    /// How many sessions it went to.
    std::size_t route(const Published&);
    void send(Session&, const Published&, Qos, bool retained);
    void send_retained(Session&, const std::string& filter, Qos);
    [[nodiscard]] Session* session_of(const Wire&);
    [[nodiscard]] std::optional<Block> properties_now(const Published&) const;

    BrokerTraits traits_;
    TimePoint now_{};
    std::map<std::string, Session> sessions_;
    std::map<std::string, Published> retained_;
    std::map<std::string, std::size_t> turns_;  ///< by shared filter
    std::vector<Published> log_;
    std::vector<std::string> violations_;
};

}  // namespace wsmq::test
