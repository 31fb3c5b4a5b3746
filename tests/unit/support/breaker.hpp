// A broker in front of a bench that answers everything, but ends the connection over some packets.
#pragma once
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/bench.hpp"

namespace wsmq::test {

enum class Manner : std::uint8_t { closes, says_malformed, says_nothing_in_it };

/// A broker in front of the bench that ends the connection over what `is_poison` says.
class Breaker {
public:
    using Poison = std::function<bool(const Packet&)>;

    Breaker(ConnectOptions options, Poison is_poison, Manner manner = Manner::closes)
        : bench{options}, is_poison_{std::move(is_poison)}, manner_{manner} {}

    Bench bench;
    std::vector<std::string> arrived;  ///< payloads of PUBLISHes that were answered
    std::vector<std::string> granted;
    int connections = 0;
    bool has_session = false;
    bool keeps_session = true;

    /// Until `is_done`, or a long time has passed.
    void run(const std::function<bool()>& is_done) {
        for (int i = 0; i < 3000 && !is_done(); ++i) step();
        EXPECT_TRUE(is_done());
    }
    /// All events so far of this kind.
    template <class E> std::vector<E> all() const {
        std::vector<E> out;
        for (const auto& event : events_) {
            if (const auto* found = std::get_if<E>(&event)) out.push_back(*found);
        }
        return out;
    }
    std::optional<seen::Completed> completed(OperationId id) const {
        for (const auto& each : all<seen::Completed>()) {
            if (each.id == id) return each;
        }
        return std::nullopt;
    }
    std::optional<seen::Failed> failed(OperationId id) const {
        for (const auto& each : all<seen::Failed>()) {
            if (each.id == id) return each;
        }
        return std::nullopt;
    }
    void step() {
        collect();
        if (bench.transport() == Bench::Transport::wanted) {
            ++connections;
            bench.open();
        }
        if (bench.packets_waiting() == 0) return pass_time();
        answer(bench.take());
        collect();
    }

private:
    void pass_time() {
        if (bench.client().next_deadline()) bench.advance(std::max(bench.until_deadline(), Duration{0}));
    }
    void collect() {
        while (bench.events_waiting() > 0) events_.push_back(bench.next_event());
    }
    void answer(const Packet& packet) {
        if (packet.type == PacketType::connect) {
            if (packet.clean_start) has_session = false;
            Packet yes = connack();
            yes.session_present = has_session && packet.version != Version::v3_1;
            has_session = keeps_session;
            bench.send(yes);
        } else if (is_poison_(packet)) {
            bench.forget_packets();
            if (manner_ == Manner::closes) {
                bench.cut();
            } else {
                bench.send(disconnect(manner_ == Manner::says_malformed ? ReasonCode::malformed_packet
                                                                        : ReasonCode::unspecified_error));
            }
        } else {
            acknowledge(packet);
        }
    }
    void acknowledge(const Packet& packet) {
        if (packet.type == PacketType::publish) {
            arrived.push_back(packet.payload);
            if (packet.qos == qos1) bench.send(puback(packet.id));
            if (packet.qos == qos2) bench.send(pubrec(packet.id));
        } else if (packet.type == PacketType::pubrel) {
            bench.send(pubcomp(packet.id));
        } else if (packet.type == PacketType::subscribe) {
            for (const auto& filter : packet.filters) granted.push_back(filter.filter);
            bench.send(suback(packet.id, std::vector<ReasonCode>(packet.filters.size(), ReasonCode::granted_qos_1)));
        } else if (packet.type == PacketType::unsubscribe) {
            bench.send(unsuback(packet.id, std::vector<ReasonCode>(packet.filters.size(), ReasonCode::success)));
        } else if (packet.type == PacketType::pingreq) {
            bench.send(pingresp());
        }
    }

    Poison is_poison_;
    Manner manner_;
    std::vector<seen::Event> events_;
};

}  // namespace wsmq::test
