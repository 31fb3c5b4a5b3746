#include "support/bench.hpp"

#include <algorithm>
#include <sstream>

namespace wsmq::test {

namespace {

constexpr int most_idle_ticks = 100;  // ticks in a row that change nothing

}  // namespace

ConnectOptions plain_options() {
    ConnectOptions options;
    options.client_id = "me";
    options.outgoing_topic_alias_maximum = 0;
    options.random_seed = 1;
    return options;
}

ConnectOptions plain_options(Version version) {
    ConnectOptions options = plain_options();
    options.version = version;
    return options;
}

ConnectOptions lasting_options(Version version) {
    ConnectOptions options = plain_options(version);
    options.clean_start = false;
    options.session_expiry_interval = 3600;
    return options;
}

Bench::Bench(ConnectOptions options)
    : version_{options.version},
      client_{std::make_unique<Client>(std::move(options))},
      now_{std::chrono::hours{1000}} {}

Bench::~Bench() {
    for (const seen::Event& event : events_)
        ADD_FAILURE() << "an event that nobody expected: " << describe_event(event);
    for (const Packet& packet : packets_) ADD_FAILURE() << "a packet that nobody expected: " << packet;
    if (!unread_.empty()) ADD_FAILURE() << "an unfinished packet: " << hex(unread_);
}

// --- Time ------------------------------------------------------------------------------------------

Bench& Bench::advance(Duration by) {
    const TimePoint end = now_ + by;
    int idle = 0;
    for (auto due = client_->next_deadline(); due && *due <= end; due = client_->next_deadline()) {
        const std::size_t events = events_.size();
        now_ = std::max(now_, *due);
        client_->handle_timeout(now_);
        settle();
        idle = client_->next_deadline() == due && events_.size() == events ? idle + 1 : 0;
        if (idle == most_idle_ticks) {
            ADD_FAILURE() << "ticks change nothing, and the deadline stays";
            break;
        }
    }
    now_ = end;
    return *this;
}

Bench& Bench::pass(Duration by) {
    now_ += by;
    return *this;
}

Bench& Bench::sleep(Duration by) {
    pass(by);
    client_->handle_timeout(now_);
    settle();
    return *this;
}

Duration Bench::until_deadline(Where where) const {
    const auto due = client_->next_deadline();
    if (due) return std::chrono::duration_cast<Duration>(*due - now_);
    fail_at(where, "there is no deadline");
    return {};
}

// --- The transport ---------------------------------------------------------------------------------

Bench& Bench::open(Where where) {
    if (transport_ != Transport::wanted) fail_at(where, "no transport is wanted");
    transport_ = Transport::open;
    unread_.clear();
    client_->transport_opened(now_);
    settle();
    return *this;
}

Bench& Bench::refuse(Where where) {
    if (transport_ != Transport::wanted) fail_at(where, "no transport is wanted");
    transport_ = Transport::none;
    client_->transport_closed(now_, Errc::transport_failed);
    settle();
    return *this;
}

Bench& Bench::cut(Where where) {
    if (transport_ != Transport::open) fail_at(where, "no transport is open");
    transport_ = Transport::none;
    unread_.clear();
    client_->transport_closed(now_);
    settle();
    return *this;
}

Bench& Bench::expect_hang_up(Where where) {
    if (!hung_up_) fail_at(where, "the client did not close the transport");
    hung_up_ = false;
    return *this;
}

Bench& Bench::backlog(std::size_t bytes) {
    client_->transport_backlog(bytes, now_);
    settle();
    return *this;
}

// --- The broker ------------------------------------------------------------------------------------

Bench& Bench::expect(const Packet& expected, Where where) {
    std::ostringstream text;
    if (packets_.empty()) {
        text << "nothing was sent, expected: " << expected;
        if (!events_.empty()) text << "\n  the next event is: " << describe_event(events_.front());
        fail_at(where, text.str());
        return *this;
    }
    const Packet packet = packets_.front();
    packets_.pop_front();
    if (packet == expected) return *this;
    text << "sent: " << packet << "\nexpected: " << expected;
    fail_at(where, text.str());
    return *this;
}

Packet Bench::take(Where where) {
    if (packets_.empty()) {
        fail_at(where, "nothing was sent");
        return {};
    }
    const Packet packet = packets_.front();
    packets_.pop_front();
    return packet;
}

Packet Bench::take(PacketType type, Where where) {
    if (packets_.empty()) {
        fail_at(where, "nothing was sent");
        return {};
    }
    const Packet packet = take(where);
    std::ostringstream text;
    text << "sent: " << packet << "\nexpected: " << Packet{.type = type};
    if (packet.type != type) fail_at(where, text.str());
    return packet;
}

Bench& Bench::expect_silence(Where where) {
    for (const Packet& packet : packets_) {
        std::ostringstream text;
        text << "sent: " << packet << "\nexpected: nothing";
        fail_at(where, text.str());
    }
    packets_.clear();
    return *this;
}

Bench& Bench::send(const Packet& packet, Where where) {
    return send_bytes(encode_from_broker(packet, version_), where);
}

Bench& Bench::send(std::initializer_list<Packet> packets, Where where) {
    Block all;
    for (const Packet& packet : packets) {
        const Block one = encode_from_broker(packet, version_);
        all.insert(all.end(), one.begin(), one.end());
    }
    return send_bytes(all, where);
}

Bench& Bench::send_bytes(Bytes bytes, Where where) {
    if (transport_ != Transport::open) {
        fail_at(where, "no transport is open");
        return *this;
    }
    // In memory of exactly its size, and gone afterwards: the sanitizers see every view that strays.
    const auto lent = std::make_unique<std::uint8_t[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), lent.get());
    client_->receive({lent.get(), bytes.size()}, now_);
    settle();
    return *this;
}

Bench& Bench::send_bytes(std::initializer_list<std::uint8_t> bytes, Where where) {
    return send_bytes(Bytes{bytes.begin(), bytes.size()}, where);
}

Bench& Bench::send_in_pieces(const Packet& packet, std::size_t piece, Where where) {
    const Block whole = encode_from_broker(packet, version_);
    for (Bytes rest{whole}; !rest.empty(); rest = rest.subspan(std::min(piece, rest.size()))) {
        send_bytes(rest.first(std::min(piece, rest.size())), where);
    }
    return *this;
}

// --- Events ----------------------------------------------------------------------------------------

Bench& Bench::expect_event(const seen::Event& expected, Where where) {
    const std::size_t waiting = events_.size();
    const seen::Event next = next_event(where);
    if (waiting == 0 || next == expected) return *this;
    fail_at(where, "the event is: " + describe_event(next) + "\nexpected: " + describe_event(expected));
    return *this;
}

Bench& Bench::expect_no_event(Where where) {
    for (const seen::Event& event : events_) fail_at(where, "an event: " + describe_event(event) + "\nexpected: none");
    events_.clear();
    return *this;
}

Bench& Bench::forget() {
    events_.clear();
    packets_.clear();
    unread_.clear();
    hung_up_ = false;
    return *this;
}

Bench& Bench::await_attempt(Where where) {
    const bool has_begun = transport_ == Transport::wanted || !events_.empty();
    return has_begun ? *this : advance(std::max(until_deadline(where), Duration{0}));
}

Bench& Bench::forget_packets() {
    packets_.clear();
    return *this;
}

Bench& Bench::forget_events() {
    events_.clear();
    return *this;
}

seen::Event Bench::next_event(Where where) {
    if (events_.empty()) {
        fail_at(where, "there is no event");
        return {};
    }
    seen::Event event = std::move(events_.front());
    events_.pop_front();
    return event;
}

std::string Bench::describe_event(const seen::Event& event) {
    std::ostringstream text;
    std::visit([&text](const auto& one) { text << one; }, event);
    return text.str();
}

}  // namespace wsmq::test
