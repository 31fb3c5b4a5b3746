#include "support/model_broker.hpp"

#include <algorithm>
#include <sstream>

#include "wsmq/topic.hpp"

namespace wsmq::test {

namespace {

bool is_poison(const Packet& packet) {
    return packet.payload.starts_with("poison") ||
           std::ranges::any_of(packet.filters, [](const Filter& each) { return each.filter == "poison"; });
}

std::string told(const Packet& packet) {
    std::ostringstream text;
    text << packet;
    return text.str();
}

}  // namespace

void ModelBroker::connection_closed() {
    connected_ = hangs_up_ = false;
    output_.clear();
    if (session_ends_) lose_session();
}

void ModelBroker::lose_session() {
    has_session_ = false;
    subscriptions_.clear();
    received_.clear();
    outgoing_.clear();
    waiting_.clear();
}

void ModelBroker::receive(const Packet& packet, std::size_t size) {
    if (hangs_up_) return;
    if (is_poison(packet)) {
        hangs_up_ = true;
        if (limits_.says_why) output_.push_back(disconnect(ReasonCode::malformed_packet));
        return;
    }
    if (size > limits_.maximum_packet_size) violation("over the maximum packet size: " + told(packet));
    if ((packet.type == PacketType::connect) == connected_) violation("CONNECT once, and first: " + told(packet));
    switch (packet.type) {
        case PacketType::connect: return handle_connect(packet);
        case PacketType::publish: return handle_publish(packet);
        case PacketType::puback:
        case PacketType::pubrec:
        case PacketType::pubcomp: return handle_acknowledgement(packet);
        case PacketType::pubrel: received_.erase(packet.id); return output_.push_back(pubcomp(packet.id));
        case PacketType::subscribe: return handle_subscribe(packet);
        case PacketType::unsubscribe: return handle_unsubscribe(packet);
        case PacketType::pingreq: return output_.push_back(pingresp());
        case PacketType::disconnect:
            if (packet.reason != ReasonCode::success) violation("the client complains: " + told(packet));
            return;
        default: return violation("not expected: " + told(packet));
    }
}

void ModelBroker::handle_connect(const Packet& packet) {
    const bool lasting_below_5 = !packet.clean_start;
    session_ends_ = version_ == Version::v5 ? packet.integer(PropertyId::session_expiry_interval).value_or(0) == 0
                                            : !lasting_below_5;
    client_receive_maximum_ = static_cast<std::uint16_t>(packet.integer(PropertyId::receive_maximum).value_or(65'535));
    if (packet.clean_start) lose_session();
    connected_ = true;
    aliases_.clear();
    unanswered_.clear();
    Packet answer = connack();
    if (version_ != Version::v3_1) answer.session_present = has_session_;
    if (version_ == Version::v5) {
        answer = answer.with(PropertyId::receive_maximum, limits_.receive_maximum);
        answer = answer.with(PropertyId::maximum_packet_size, limits_.maximum_packet_size);
        answer = answer.with(PropertyId::topic_alias_maximum, std::uint32_t{limits_.topic_alias_maximum});
    }
    output_.push_back(answer);
    if (has_session_) resume_session();
    has_session_ = true;
    send_waiting();
}

void ModelBroker::resume_session() {
    for (const InflightMessages& one : outgoing_) {
        output_.push_back(one.released ? pubrel(one.publish.id) : one.publish.again());
    }
}

void ModelBroker::handle_publish(const Packet& packet) {
    resolve_topic(packet);
    const bool is_known = received_.contains(packet.id);
    if (limits_.refuses && packet.qos != Qos::at_most_once && !is_known && ++counted_ % 7 == 0) {
        const bool once = packet.qos == Qos::at_least_once;
        return output_.push_back(once ? puback(packet.id, ReasonCode::quota_exceeded)
                                      : pubrec(packet.id, ReasonCode::quota_exceeded));
    }
    if (packet.qos == Qos::exactly_once) {
        output_.push_back(pubrec(packet.id));
        const bool is_new = received_.insert(packet.id).second;
        if (!is_new && !packet.duplicate) violation("an identifier in use [MQTT-2.2.1-3]: " + told(packet));
        if (!is_new) return;
        if (received_.size() > limits_.receive_maximum) violation("over the receive maximum: " + told(packet));
    }
    if (packet.qos == Qos::at_least_once) output_.push_back(puback(packet.id));
    arrived_[index(packet.qos)].push_back(packet.payload);
}

void ModelBroker::resolve_topic(const Packet& packet) {
    if (packet.topic_alias > limits_.topic_alias_maximum) violation("an alias too high: " + told(packet));
    if (packet.topic_alias == 0) {
        if (packet.topic.empty()) violation("no topic: " + told(packet));
        return;
    }
    if (!packet.topic.empty()) aliases_[packet.topic_alias] = packet.topic;
    if (!aliases_.contains(packet.topic_alias)) violation("an alias without a topic: " + told(packet));
}

void ModelBroker::handle_acknowledgement(const Packet& packet) {
    const auto found =
        std::ranges::find(outgoing_, packet.id, [](const InflightMessages& one) { return one.publish.id; });
    if (found == outgoing_.end()) {
        return violation("for no message: " + told(packet));
    }
    if (packet.type == PacketType::pubrec) {
        found->released = true;
        return output_.push_back(pubrel(packet.id));
    }
    const auto right = found->publish.qos == Qos::at_least_once ? PacketType::puback : PacketType::pubcomp;
    if (packet.type != right) violation("not this one: " + told(packet));
    outgoing_.erase(found);
    send_waiting();
}

void ModelBroker::handle_subscribe(const Packet& packet) {
    if (!unanswered_.insert(packet.id).second) violation("an identifier in use: " + told(packet));
    Packet answer = suback(packet.id, {});
    for (const Filter& filter : packet.filters) {
        subscriptions_[filter.filter] = filter.qos;
        answer.reason_codes.push_back(static_cast<ReasonCode>(filter.qos));
    }
    unanswered_.erase(packet.id);
    output_.push_back(answer);
}

void ModelBroker::handle_unsubscribe(const Packet& packet) {
    Packet answer = unsuback(packet.id);
    for (const Filter& filter : packet.filters) {
        const bool was_there = subscriptions_.erase(filter.filter) > 0;
        answer.reason_codes.push_back(was_there ? ReasonCode::success : ReasonCode::no_subscription_existed);
    }
    output_.push_back(answer);
}

void ModelBroker::publish(const std::string& topic, const std::string& payload, Qos qos) {
    const auto matches = [&topic](const auto& one) { return topic_matches(one.first, topic); };
    const auto found = std::ranges::find_if(subscriptions_, matches);
    if (found == subscriptions_.end()) return;
    const Qos granted = std::min(qos, found->second);
    const Packet packet = test::publish(topic, payload).at(granted, 0);
    if (granted != Qos::at_most_once) {
        waiting_.push_back(packet);
        send_waiting();
    } else if (connected_) {
        output_.push_back(packet);
    }
}

void ModelBroker::send_waiting() {
    while (connected_ && !waiting_.empty() && outgoing_.size() < client_receive_maximum_) {
        Packet packet = waiting_.front();
        waiting_.pop_front();
        packet.id = free_identifier();
        outgoing_.push_back({packet});
        output_.push_back(packet);
    }
}

std::uint16_t ModelBroker::free_identifier() {
    const auto in_use = [this](std::uint16_t id) {
        return std::ranges::any_of(outgoing_, [id](const InflightMessages& one) { return one.publish.id == id; });
    };
    do {
        ++last_identifier_;
    } while (last_identifier_ == 0 || in_use(last_identifier_));
    return last_identifier_;
}

}  // namespace wsmq::test
