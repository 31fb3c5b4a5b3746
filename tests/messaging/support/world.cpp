#include "support/world.hpp"

#include <sstream>

namespace wsmq::test {

namespace {

std::string joined(std::initializer_list<std::string_view> words) {
    std::string line;
    for (const auto word : words) {
        if (word.empty()) continue;
        if (!line.empty()) line += ' ';
        line += word;
    }
    return line;
}

template <class Id> std::string number(Id id) { return std::to_string(static_cast<std::uint64_t>(id)); }

struct Liner {
    std::string operator()(const NeedInput&) const { return "nothing"; }
    std::string operator()(const messaging::Joined& e) const { return e.again ? "joined again" : "joined"; }
    std::string operator()(const messaging::JoinFailed& e) const {
        return joined({"join failed", name_of(e.why), is_failure(e.reason) ? describe(e.reason) : ""});
    }
    std::string operator()(const messaging::Left&) const { return "left"; }
    std::string operator()(const messaging::Response& e) const {
        const auto count = e.count == 0 ? "" : "of " + std::to_string(e.count);
        return joined({"response", number(e.id), e.result, e.content_type, count});
    }
    std::string operator()(const messaging::RequestFailed& e) const {
        if (e.why != Error::remote) return joined({"failed", number(e.id), name_of(e.why)});
        return joined({"failed", number(e.id), "remote", std::to_string(e.code), e.message, e.data});
    }
    std::string operator()(const messaging::Progress& e) const {
        return joined({"progress", number(e.id), std::to_string(e.seq), e.value});
    }
    std::string operator()(const messaging::Request& e) const {
        const auto* kind = e.is_notification ? "notification from" : "request from";
        return joined({kind, e.from.empty() ? "a service" : e.from, e.method, e.params, e.content_type, e.traceparent});
    }
    std::string operator()(const messaging::RequestEnded& e) const { return joined({"ended", name_of(e.why)}); }
    std::string operator()(const messaging::CreditGranted& e) const {
        return joined({"credit", std::to_string(e.credit)});
    }
    std::string operator()(const messaging::PeerMessage& e) const {
        return joined({"message from", e.from, e.body, e.content_type});
    }
    std::string operator()(const messaging::RoomMessage& e) const {
        return joined({"in", e.room, "from", e.from, e.body, e.content_type});
    }
    std::string operator()(const messaging::PresenceChanged& e) const {
        using Change = messaging::PresenceChanged::Change;
        const auto* change = e.change == Change::appeared  ? "appeared"
                             : e.change == Change::changed ? "changed"
                                                           : "gone";
        return joined({change, e.uid, e.state, e.tabs});
    }
    std::string operator()(const messaging::DeviceStatus& e) const {
        return joined({"device", e.serial_number, e.online ? "online" : "offline", e.status});
    }
    std::string operator()(const messaging::ServiceChanged& e) const {
        return joined({"service", e.service, e.instance, e.online ? "online" : "offline"});
    }
    std::string operator()(const messaging::Renamed& e) const { return joined({"renamed", e.uid}); }
};

}  // namespace

std::string name_of(Error error) {
    constexpr const char* names[] = {
        "none",         "invalid_root", "invalid_name",  "invalid_json", "invalid_argument", "unknown_call",
        "no_credit",    "unwanted",     "not_supported", "too_many",     "not_connected",    "timed_out",
        "no_responder", "cancelled",    "remote",        "item_lost",    "bad_response",     "payload_too_large",
        "queue_full",   "refused",      "left",          "session_lost"};
    return names[static_cast<std::size_t>(error)];
}

std::string line_of(const messaging::Event& event) { return std::visit(Liner{}, event); }

// --- A party ---------------------------------------------------------------------------------------

void Party::deliver(const Packet& packet) { inbox_.push_back(packet); }

void Party::hang_up() {
    // What is on the wire arrives, then the end does.
    inbox_.push_back(Packet{.type = PacketType::connect});
}

void Party::cut(bool stays) {
    can_open_ = !stays;
    if (!open_) return;
    open_ = false;
    inbox_.clear();
    broker_.closed(*this);
    closed();
}

void Party::online() { can_open_ = true; }

void Party::want_transport() { wanted_ = true; }

void Party::close_transport() {
    send();
    wanted_ = false;
    if (!std::exchange(open_, false)) return;
    inbox_.clear();
    broker_.closed(*this);
}

bool Party::try_to_open() {
    if (!wanted_ || !can_open_) return false;
    wanted_ = false;
    open_ = true;
    unread_.clear();
    inbox_.clear();
    opened();
    return true;
}

bool Party::settle() {
    bool moved = try_to_open();
    if (open_ && !inbox_.empty() && passes_ != std::size_t{0}) {
        if (passes_) --*passes_;
        const Packet packet = inbox_.front();
        inbox_.pop_front();
        moved = true;
        if (packet.type == PacketType::connect) {  // hung up
            open_ = false;
            closed();
        } else {
            chunk_ = encode_from_broker(packet, version_);
            receive(chunk_);
        }
    }
    while (tell_event()) moved = true;
    return send() || moved;
}

bool Party::send() {
    Block out;
    bool moved = false;
    while (take_output(out)) {
        moved = true;
        unread_.insert(unread_.end(), out.begin(), out.end());
    }
    if (!open_) unread_.clear();
    Bytes rest{unread_};
    std::vector<Packet> packets;
    while (!rest.empty()) {
        const auto frame = codec::read_frame(rest, limits::largest_packet);
        if (frame.status != codec::FrameResult::Status::complete) break;
        const auto packet = decode_from_client(frame.frame, version_);
        EXPECT_TRUE(packet) << "not a packet of a client: " << hex(rest);
        if (packet) packets.push_back(*packet);
        rest = rest.subspan(frame.size);
    }
    unread_.erase(unread_.begin(), unread_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    for (const Packet& packet : packets) broker_.receive(*this, packet);
    return moved;
}

void Party::tell(const messaging::Event& event) {
    if (const auto* request = std::get_if<messaging::Request>(&event)) last_call = request->id;
    lines_.push_back(line_of(event));
}

void Plain::subscribe(std::string_view filter) {
    const Subscription subscription{.topic_filter = filter, .qos = Qos::at_least_once};
    EXPECT_TRUE(client_.subscribe({&subscription, 1}, {}, now()));
}

void Plain::publish(std::string_view topic, std::string_view payload, bool retain, Bytes properties) {
    const PublishOptions options{.qos = Qos::at_least_once, .retain = retain, .encoded_properties = properties};
    EXPECT_TRUE(client_.publish(topic, bytes_of(payload), options, now()));
}

bool Plain::tell_event() {
    const auto event = client_.next_event();
    if (std::holds_alternative<NeedInput>(event)) return false;
    if (std::holds_alternative<OpenTransport>(event)) want_transport();
    if (std::holds_alternative<CloseTransport>(event)) close_transport();
    if (const auto* message = std::get_if<Message>(&event)) {
        last_properties = block_of(message->encoded_properties);
        tell("message " + std::string{message->topic} + " " + text_of(message->payload));
    }
    return true;
}

// --- The world -------------------------------------------------------------------------------------

Webapp::Options World::options(const std::string& uid) {
    Webapp::Options options;
    options.root = "ev/";
    options.uid = uid;
    options.since = 1'000;
    for (const char c : uid) options.random_seed = options.random_seed * 131 + static_cast<unsigned char>(c);
    return options;
}

WebappMember& World::webapp(const Webapp::Options& options, ConnectOptions base) {
    // Aliases would hide the topics.
    base.outgoing_topic_alias_maximum = 0;
    return add<Webapp>(std::move(base), options);
}

WebappMember& World::webapp(const std::string& uid, Version version) {
    ConnectOptions base;
    base.version = version;
    return webapp(options(uid), base);
}

Plain& World::plain(const std::string& client_id, std::string_view filter, Version version) {
    ConnectOptions options;
    options.version = version;
    options.client_id = client_id;
    options.outgoing_topic_alias_maximum = 0;
    auto party = std::make_unique<Plain>(broker, now, options);
    auto& added = *party;
    parties_.push_back(std::move(party));
    added.start();
    added.subscribe(filter);
    settle();
    return added;
}

messaging::RequestId World::request(WebappMember& member, Target target, std::string_view method,
                                    std::string_view params, const messaging::RequestOptions& options) {
    const auto id = member.layer().request(target, method, params, options, now);
    EXPECT_TRUE(id) << name_of(id.error());
    settle();
    return id ? *id : messaging::RequestId{};
}

WebappMember& World::joined(const std::string& uid, Version version) {
    auto& member = webapp(uid, version);
    member.start();
    settle();
    EXPECT_THAT(member.take(), ElementsAre("joined"));
    return member;
}

void World::settle() {
    constexpr int most_steps = 100'000;
    for (int step = 0; step < most_steps; ++step) {
        bool moved = false;
        for (std::size_t i = 0; i < parties_.size(); ++i) moved |= parties_[i]->settle();
        if (!moved) return;
    }
    ADD_FAILURE() << "the parties never come to rest";
}

void World::advance(Duration duration) {
    settle();
    const TimePoint end = now + duration;
    for (;;) {
        auto next = end;
        const auto consider = [&next](std::optional<TimePoint> due) {
            if (due) next = std::min(next, *due);
        };
        consider(broker.next_deadline());
        for (const auto& party : parties_) consider(party->next_deadline());
        now = std::max(now, next);
        broker.tick(now);
        for (const auto& party : parties_) {
            const auto due = party->next_deadline();
            if (due && *due <= now) party->tick();
        }
        settle();
        if (now >= end) return;
    }
}

}  // namespace wsmq::test
