#include "support/broker.hpp"

#include <algorithm>

#include "wsmq/topic.hpp"

namespace wsmq::test {

namespace {

constexpr std::string_view shared_prefix = "$share/";

bool has_wildcard(const std::string& filter) { return filter.find_first_of("+#") != std::string::npos; }

/// The block with another message expiry; without one where that is absent.
Block with_expiry(const Block& block, std::optional<std::uint32_t> expiry) {
    PropertyWriter writer;
    if (expiry) writer.integer(PropertyId::message_expiry_interval, *expiry);
    copy_properties(writer, block, {PropertyId::message_expiry_interval, PropertyId::will_delay_interval});
    return block_of(writer.bytes());
}

std::uint32_t integer_of(const Block& block, PropertyId id) { return PropertyView{block}.integer(id).value_or(0); }

}  // namespace

// --- Connections -----------------------------------------------------------------------------------

Broker::Session* Broker::session_of(const Wire& wire) {
    const auto found = std::ranges::find_if(sessions_, [&](const auto& each) { return each.second.wire == &wire; });
    return found == sessions_.end() ? nullptr : &found->second;
}

void Broker::receive(Wire& wire, const Packet& packet) {
    if (packet.type == PacketType::connect) return handle_connect(wire, packet);
    Session* session = session_of(wire);
    if (session == nullptr) return;
    switch (packet.type) {
        case PacketType::publish: return handle_publish(*session, packet);
        case PacketType::puback:
            std::erase_if(session->in_flight, [&](const Packet& each) { return each.id == packet.id; });
            return;
        case PacketType::subscribe: return handle_subscribe(*session, packet);
        case PacketType::unsubscribe: return handle_unsubscribe(*session, packet);
        case PacketType::pingreq: return wire.deliver(pingresp());
        case PacketType::disconnect:
            if (packet.reason == ReasonCode::success) session->will.reset();
            return;
        default: violations_.push_back("not expected from " + session->client); return;
    }
}

void Broker::handle_connect(Wire& wire, const Packet& packet) {
    auto& session = sessions_[packet.client_id];
    session.client = packet.client_id;
    const bool is_v5 = packet.version == Version::v5;
    if (session.wire != nullptr) {
        Wire* old = std::exchange(session.wire, nullptr);
        const bool is_told = traits_.tells_of_takeover && session.version == Version::v5;
        if (is_told) old->deliver(disconnect(ReasonCode::session_taken_over));
        old->hang_up();
        const bool ends = packet.clean_start || !session.lasts;
        if (ends || integer_of(session.will ? session.will->encoded_properties : Block{},
                               PropertyId::will_delay_interval) == 0) {
            publish_will(session);
        }
    }
    const bool is_there = session.lasts && !packet.clean_start;
    if (!is_there) {
        if (session.will_due) publish_will(session);
        session.subscriptions.clear();
        session.in_flight.clear();
    }
    session.wire = &wire;
    session.version = packet.version;
    session.will = packet.will;
    session.will_due.reset();
    session.ends.reset();
    session.expiry = packet.integer(PropertyId::session_expiry_interval).value_or(0);
    session.lasts = is_v5 ? session.expiry != 0 : !packet.clean_start;
    Packet answer = connack();
    answer.session_present = is_there;
    if (is_v5) {
        answer = answer.with(PropertyId::maximum_packet_size, traits_.maximum_packet_size);
        if (!traits_.shares) answer = answer.with(PropertyId::shared_subscription_available, 0);
    }
    wire.deliver(answer);
    const auto again = session.in_flight;
    for (const Packet& each : again) wire.deliver(each.again());
}

void Broker::closed(Wire& wire) {
    if (Session* session = session_of(wire)) end_connection(*session, false);
}

void Broker::end_connection(Session& session, bool) {
    session.wire = nullptr;
    const std::uint32_t delay =
        session.will ? integer_of(session.will->encoded_properties, PropertyId::will_delay_interval) : 0;
    const std::uint32_t until_will = std::min(delay, session.expiry);
    if (session.will && until_will == 0) publish_will(session);
    if (session.will) session.will_due = now_ + std::chrono::seconds{until_will};
    if (!session.lasts) return end_session(session);
    if (session.version == Version::v5) session.ends = now_ + std::chrono::seconds{session.expiry};
}

void Broker::end_session(Session& session) {
    session.subscriptions.clear();
    session.in_flight.clear();
    session.ends.reset();
    session.lasts = false;
}

void Broker::publish_will(Session& session) {
    if (!session.will) return;
    const Will will = *std::exchange(session.will, std::nullopt);
    session.will_due.reset();
    publish({will.topic, text_of(will.payload), will.encoded_properties, will.retain, will.qos, session.client});
}

void Broker::tick(TimePoint now) {
    now_ = now;
    for (auto& [client, session] : sessions_) {
        if (session.will_due && *session.will_due <= now) publish_will(session);
        if (session.ends && *session.ends <= now) end_session(session);
    }
    std::erase_if(retained_, [&](const auto& each) { return each.second.expires && *each.second.expires <= now; });
}

std::optional<TimePoint> Broker::next_deadline() const {
    std::optional<TimePoint> next;
    for (const auto& [client, session] : sessions_) {
        for (const auto& due : {session.will_due, session.ends}) {
            if (due && (!next || *due < *next)) next = due;
        }
    }
    return next;
}

void Broker::restart(bool keeps_retained) {
    auto sessions = std::exchange(sessions_, {});
    if (!keeps_retained) retained_.clear();
    for (auto& [client, session] : sessions) {
        if (session.wire != nullptr) session.wire->hang_up();
    }
}

// --- Messages --------------------------------------------------------------------------------------

void Broker::handle_publish(Session& session, const Packet& packet) {
    const auto answer = [&](ReasonCode reason) {
        if (packet.qos != Qos::at_least_once) return;
        session.wire->deliver(puback(packet.id, session.version == Version::v5 ? reason : ReasonCode::success));
    };
    if (allows && !allows(session.client, packet.topic)) return answer(ReasonCode::not_authorized);
    Published published{packet.topic, packet.payload, packet.properties, packet.retain, packet.qos, session.client};
    const auto before = log_.size();
    Wire* const wire = session.wire;
    if (published.retain && published.payload.empty()) retained_.erase(published.topic);
    const auto reached = route(published);
    (void)before;
    if (session.wire != wire) return;
    answer(reached == 0 && traits_.tells_of_no_subscribers ? ReasonCode::no_matching_subscribers : ReasonCode::success);
}

void Broker::publish(const Published& published) { route(published); }

std::size_t Broker::route(const Published& given) {
    Published published = given;
    if (const auto expiry = PropertyView{published.properties}.integer(PropertyId::message_expiry_interval)) {
        published.expires = now_ + std::chrono::seconds{*expiry};
    }
    log_.push_back(published);
    if (published.retain && published.payload.empty()) retained_.erase(published.topic);
    if (published.retain && !published.payload.empty()) retained_[published.topic] = published;
    std::size_t reached = 0;
    std::map<std::string, std::vector<std::pair<Session*, Qos>>> groups;
    std::vector<std::pair<Session*, Qos>> receivers;
    for (auto& [client, session] : sessions_) {
        std::optional<Qos> granted;
        for (const auto& [filter, qos] : session.subscriptions) {
            if (!topic_matches(filter, published.topic)) continue;
            if (traits_.takes_shares_for_filters && filter.starts_with(shared_prefix)) continue;
            if (filter.starts_with(shared_prefix)) {
                if (session.wire != nullptr) groups[filter].emplace_back(&session, qos);
            } else {
                granted = std::max(granted.value_or(Qos::at_most_once), qos);
            }
        }
        if (granted) receivers.emplace_back(&session, *granted);
    }
    for (const auto& [filter, members] : groups) receivers.push_back(members[turns_[filter]++ % members.size()]);
    const int times = copies ? copies(published) : 1;
    for (const auto& [session, qos] : receivers) {
        ++reached;
        for (int i = 0; i < times; ++i) send(*session, published, std::min(qos, published.qos), false);
    }
    return reached;
}

std::optional<Block> Broker::properties_now(const Published& published) const {
    if (!published.expires) return with_expiry(published.properties, std::nullopt);
    const auto left = std::chrono::ceil<std::chrono::seconds>(*published.expires - now_).count();
    if (left <= 0) return std::nullopt;
    return with_expiry(published.properties, static_cast<std::uint32_t>(left));
}

void Broker::send(Session& session, const Published& published, Qos qos, bool retained) {
    const auto properties = properties_now(published);
    if (!properties) return;
    Packet packet = test::publish(published.topic, published.payload);
    if (session.version == Version::v5) packet.properties = *properties;
    packet.retain = retained;
    if (qos == Qos::at_most_once) {
        if (session.wire != nullptr) session.wire->deliver(packet);
        return;
    }
    if (++session.last_identifier == 0) ++session.last_identifier;
    packet = packet.at(Qos::at_least_once, session.last_identifier);
    if (session.wire != nullptr || session.lasts) session.in_flight.push_back(packet);
    if (session.wire != nullptr) session.wire->deliver(packet);
}

void Broker::handle_subscribe(Session& session, const Packet& packet) {
    Packet answer = suback(packet.id, {});
    std::vector<std::pair<std::string, Qos>> granted;
    for (const Filter& filter : packet.filters) {
        const bool is_shared = !traits_.takes_shares_for_filters && filter.filter.starts_with(shared_prefix);
        const bool refused = (is_shared && !traits_.shares) || (allows && !allows(session.client, filter.filter));
        if (refused) {
            const bool is_v5 = session.version == Version::v5;
            answer.reason_codes.push_back(is_v5 ? ReasonCode::not_authorized : ReasonCode::unspecified_error);
            continue;
        }
        const Qos qos = std::min(filter.qos, Qos::at_least_once);
        session.subscriptions[filter.filter] = qos;
        session.retain_handling[filter.filter] = filter.retain_handling;
        answer.reason_codes.push_back(static_cast<ReasonCode>(qos));
        const bool wants_retained = filter.retain_handling == RetainHandling::send;
        if (!filter.filter.starts_with(shared_prefix) && wants_retained) granted.emplace_back(filter.filter, qos);
    }
    session.wire->deliver(answer);
    for (const auto& [filter, qos] : granted) send_retained(session, filter, qos);
}

void Broker::send_retained(Session& session, const std::string& filter, Qos qos) {
    if (has_wildcard(filter) && !traits_.retains_for_wildcards) return;
    for (const auto& [topic, published] : retained_) {
        if (node_of && node_of(published.from) != node_of(session.client)) continue;
        if (topic_matches(filter, topic)) send(session, published, std::min(qos, published.qos), true);
    }
}

void Broker::handle_unsubscribe(Session& session, const Packet& packet) {
    Packet answer = unsuback(packet.id);
    for (const Filter& filter : packet.filters) {
        const bool was_there = session.subscriptions.erase(filter.filter) > 0;
        answer.reason_codes.push_back(was_there ? ReasonCode::success : ReasonCode::no_subscription_existed);
    }
    session.wire->deliver(answer);
}

// --- The test's own --------------------------------------------------------------------------------

std::vector<std::string> Broker::payloads(const std::string& filter) const {
    std::vector<std::string> found;
    for (const auto& each : log_) {
        if (topic_matches(filter, each.topic)) found.push_back(each.payload);
    }
    return found;
}

const Broker::Published* Broker::retained(const std::string& topic) const {
    const auto found = retained_.find(topic);
    return found == retained_.end() ? nullptr : &found->second;
}

std::optional<RetainHandling> Broker::retain_handling(const std::string& client, const std::string& filter) const {
    if (!has_subscription(client, filter)) return std::nullopt;
    return sessions_.at(client).retain_handling.at(filter);
}

bool Broker::has_subscription(const std::string& client, const std::string& filter) const {
    const auto found = sessions_.find(client);
    return found != sessions_.end() && found->second.subscriptions.contains(filter);
}

}  // namespace wsmq::test
