// A client and the least driver for it, which checks what must hold whatever the broker sends and the user calls.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "codec/any_packet.hpp"
#include "codec/frame.hpp"
#include "wsmq/client.hpp"

namespace wsmq::fuzz {

inline void require(bool held) {
    if (!held) std::abort();
}

class ClientRig {
public:
    /// What the application does between two events.
    enum class Reaction : std::uint8_t { none, publish, subscribe, cancel, stop, start, replace, authenticate };

    explicit ClientRig(ConnectOptions options) : options_{std::move(options)} {
        options_.store = &store_;
        client_ = std::make_unique<Client>(options_);
    }

    [[nodiscard]] Client& client() noexcept { return *client_; }
    [[nodiscard]] TimePoint now() const noexcept { return now_; }
    [[nodiscard]] bool is_wanted() const noexcept { return transport_ == Transport::wanted; }
    [[nodiscard]] bool is_open() const noexcept { return transport_ == Transport::open; }
    void react(Reaction reaction) noexcept { reaction_ = reaction; }

    // --- Inputs ------------------------------------------------------------------------------------
    void open() {
        if (!is_wanted()) return;
        transport_ = Transport::open;
        forget_stream();
        client_->transport_opened(now_);
        settle();
    }
    void close(Errc why) {
        if (transport_ == Transport::none) return;
        transport_ = Transport::none;
        forget_stream();
        client_->transport_closed(now_, why);
        settle();
    }
    void receive(Bytes bytes) {
        if (!is_open()) return;
        // Memory of exactly this size, gone afterwards: the sanitizer sees every view that strays.
        lent_ = std::make_unique<std::uint8_t[]>(bytes.size());
        std::copy(bytes.begin(), bytes.end(), lent_.get());
        client_->receive({lent_.get(), bytes.size()}, now_);
        settle();
        lent_.reset();
    }
    /// To the deadline, and one tick: something comes of it.
    void tick() {
        const auto due = client_->next_deadline();
        if (!due) return;
        now_ = std::max(now_, *due);
        const std::size_t before = events_;
        client_->handle_timeout(now_);
        settle();
        require(events_ != before || client_->next_deadline() != due);
    }
    void sleep(Duration by) {
        now_ += by;
        client_->handle_timeout(now_);
        settle();
    }
    void replace() {
        client_ = std::make_unique<Client>(options_);
        transport_ = Transport::none;
        views_.clear();
        open_operations_.clear();
        ended_.clear();
        forget_stream();
    }

    // --- Operations --------------------------------------------------------------------------------
    void accepted(const Result<OperationId>& result, bool always_ends) {
        if (!result) return;
        require(*result != OperationId{} || !always_ends);
        if (!always_ends) return;
        last_ = *result;
        // It may have ended within the call; that event is still to come.
        require(open_operations_.insert(*result).second);
    }
    [[nodiscard]] OperationId last_operation() const noexcept { return last_; }

    /// Drains the events, then the output, as every driver does.
    void settle() {
        constexpr int most_events = 200'000;
        for (int i = 0;; ++i) {
            require(i < most_events);
            const Event event = client_->next_event();
            if (std::holds_alternative<NeedInput>(event)) break;
            ++events_;
            handle(event);
            if (!answer(std::exchange(reaction_, Reaction::none), event)) return;
        }
        take_output();
        check();
        check_views();
    }

    /// What a friendly broker would answer to what it was sent.
    [[nodiscard]] std::deque<std::vector<std::uint8_t>>& answers() noexcept { return answers_; }

private:
    enum class Transport : std::uint8_t { none, wanted, open };

    void handle(const Event& event) {
        if (std::holds_alternative<OpenTransport>(event)) {
            require(transport_ == Transport::none);
            require(std::get<OpenTransport>(event).host < options_.host_count);
            transport_ = Transport::wanted;
        } else if (std::holds_alternative<CloseTransport>(event)) {
            require(transport_ != Transport::none);
            take_output();
            transport_ = Transport::none;
        } else if (const auto* completed = std::get_if<Completed>(&event)) {
            end(completed->id);
            touch(completed->reason_codes);
            touch(completed->encoded_properties);
        } else if (const auto* failed = std::get_if<Failed>(&event)) {
            require(failed->error != Errc::none);
            end(failed->id);
        } else if (const auto* message = std::get_if<Message>(&event)) {
            require(!message->topic.empty());
            touch(codec::as_bytes(message->topic));
            touch(message->payload);
            touch(message->encoded_properties);
        } else if (const auto* disconnected = std::get_if<Disconnected>(&event)) {
            touch(codec::as_bytes(disconnected->reason_string));
            touch(disconnected->encoded_properties);
            require(disconnected->retry_in >= Duration::zero());
        } else if (const auto* authentication = std::get_if<Authentication>(&event)) {
            touch(codec::as_bytes(authentication->method));
            touch(authentication->data);
        } else if (const auto* lost = std::get_if<SubscriptionLost>(&event)) {
            touch(codec::as_bytes(lost->topic_filter));
        }
    }

    /// At most one end for each operation; a QoS 0 message that waited is one that was not announced.
    void end(OperationId id) {
        require(id != OperationId{});
        open_operations_.erase(id);
        require(ended_.insert(id).second);
    }

    /// False: the client of this drain is gone.
    bool answer(Reaction reaction, const Event& event) {
        const Subscription subscription{.topic_filter = "r/#", .qos = Qos::exactly_once};
        switch (reaction) {
            case Reaction::none: break;
            case Reaction::publish:
                if (const auto* message = std::get_if<Message>(&event)) {
                    const PublishOptions options{.qos = message->qos, .retain = message->retain};
                    accepted(client_->publish(message->topic, message->payload, options, now_),
                             message->qos != Qos::at_most_once);
                }
                break;
            case Reaction::subscribe: accepted(client_->subscribe({&subscription, 1}, {}, now_), true); break;
            case Reaction::cancel: client_->cancel(last_); break;
            case Reaction::stop:
                check_views();
                client_->stop(now_);
                break;
            case Reaction::start:
                check_views();
                (void)client_->start(now_);
                break;
            case Reaction::replace: replace(); return false;
            case Reaction::authenticate: (void)client_->authenticate({}, now_); break;
        }
        return true;
    }

    void take_output() {
        std::vector<std::uint8_t> out;
        while (client_->take_output(out)) {
            require(transport_ == Transport::open);
            stream_.insert(stream_.end(), out.begin(), out.end());
        }
        Bytes rest{stream_};
        while (!rest.empty()) {
            const auto frame = codec::read_frame(rest, limits::largest_packet);
            require(frame.status == codec::FrameResult::Status::complete);
            const auto packet = test::decode_any(frame.frame, options_.version);
            require(packet.has_value());
            require(std::exchange(connect_seen_, true) != std::holds_alternative<codec::Connect>(*packet));
            prepare_answer(frame.frame, *packet);
            rest = rest.subspan(frame.size);
        }
        stream_.clear();
    }

    void prepare_answer(const codec::Frame& frame, const test::AnyPacket& packet) {
        using codec::PacketType;
        std::vector<std::uint8_t> out;
        const Version version = options_.version;
        const auto acknowledge = [&](PacketType type, std::uint16_t id) {
            codec::encode_acknowledgement(out, type, {id, ReasonCode::success, {}}, version);
        };
        if (frame.type == PacketType::connect) codec::encode_connack(out, {}, version);
        if (frame.type == PacketType::pingreq) codec::encode_pingresp(out);
        if (const auto* publish = std::get_if<codec::Publish>(&packet)) {
            require((publish->qos == Qos::at_most_once) == (publish->packet_identifier == 0));
            if (publish->qos == Qos::at_least_once) acknowledge(PacketType::puback, publish->packet_identifier);
            if (publish->qos == Qos::exactly_once) acknowledge(PacketType::pubrec, publish->packet_identifier);
        } else if (const auto* ack = std::get_if<codec::Acknowledgement>(&packet)) {
            if (frame.type == PacketType::pubrec) acknowledge(PacketType::pubrel, ack->packet_identifier);
            if (frame.type == PacketType::pubrel) acknowledge(PacketType::pubcomp, ack->packet_identifier);
        } else if (const auto* subscribe = std::get_if<codec::Subscribe>(&packet)) {
            const std::uint8_t granted = 0;
            codec::encode_suback(out, {subscribe->packet_identifier, {}, {&granted, 1}}, version);
        } else if (const auto* unsubscribe = std::get_if<codec::Unsubscribe>(&packet)) {
            const std::uint8_t done = 0;
            codec::encode_unsuback(out, {unsubscribe->packet_identifier, {}, {&done, 1}}, version);
        }
        constexpr std::size_t most_answers = 1000;
        if (!out.empty() && answers_.size() < most_answers) answers_.push_back(std::move(out));
    }

    void check() {
        require(client_->is_started() || !client_->is_connected());
        require(client_->is_started() || open_operations_.empty());
        require(client_->is_started() || transport_ == Transport::none);
        require(!client_->is_connected() || transport_ == Transport::open);
        require(client_->is_started() || !client_->next_deadline());
        // A few in flight beyond what the queue may hold, and no more.
        require(client_->unfinished_messages() <= options_.queue_maximum_messages + 70'000);
        require(client_->unfinished_bytes() <= options_.queue_maximum_bytes + (1u << 20));
    }

    void forget_stream() {
        stream_.clear();
        answers_.clear();
        connect_seen_ = false;
    }

    /// What an event lends stays as it is until the next input.
    void touch(Bytes view) { views_.push_back({view, {view.begin(), view.end()}}); }
    void check_views() {
        for (const auto& [view, copy] : views_) require(std::ranges::equal(view, copy));
        views_.clear();
    }

    struct View {
        Bytes bytes;
        std::vector<std::uint8_t> copy;
    };

    ConnectOptions options_;
    MemoryStore store_;
    std::unique_ptr<Client> client_;
    TimePoint now_{std::chrono::hours{1000}};
    Transport transport_ = Transport::none;
    Reaction reaction_ = Reaction::none;
    std::unique_ptr<std::uint8_t[]> lent_;
    std::vector<std::uint8_t> stream_;
    std::deque<std::vector<std::uint8_t>> answers_;
    std::vector<View> views_;
    bool connect_seen_ = false;
    std::size_t events_ = 0;
    OperationId last_{};
    std::set<OperationId> open_operations_;
    std::set<OperationId> ended_;
};

}  // namespace wsmq::fuzz
