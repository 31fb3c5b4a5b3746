// SUBSCRIBE and UNSUBSCRIBE: sent, acknowledged, resent on a new connection. The renewal of granted subscriptions is in
// subscription_renewal.cpp.
#pragma once
#include <algorithm>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/context.hpp"
#include "client/subscriptions.hpp"
#include "client/suspect.hpp"
#include "codec/packets.hpp"
#include "wsmq/property.hpp"
#include "wsmq/result.hpp"

namespace wsmq::client {

class Subscriber {
public:
    explicit Subscriber(Context& context) : context_{context} {}

    Result<OperationId> subscribe(std::span<const Subscription>, Bytes properties);
    Result<OperationId> unsubscribe(std::span<const std::string_view> topic_filters, Bytes properties);
    [[nodiscard]] bool cancel(OperationId);

    /// SUBACK or UNSUBACK. Errc::none, or why the connection must end.
    [[nodiscard]] Errc handle_acknowledgement(codec::PacketType, const codec::SubscribeAcknowledgement&);
    /// Repeats renewals that the broker refused for a while.
    void handle_timeout();
    [[nodiscard]] std::optional<TimePoint> deadline() const noexcept { return granted_.first_due(); }
    /// Sends requests that waited for a packet identifier.
    void pump();
    /// Sends all requests that are not in flight, unless output is held.
    void send_unsent();
    void handle_connected(bool session_present);
    void handle_connection_lost();
    void handle_stopped(bool session_lasts);

    /// The oldest one in flight on this connection.
    [[nodiscard]] Suspect oldest_sent() const noexcept;

    // --- While operations are isolated: see PoisonDetector ---
    /// The oldest one that is to be resent.
    [[nodiscard]] Suspect oldest_resent() const noexcept;
    void send_alone(const Suspect&);
    /// The connection ended because of it. It has no packet identifier any more.
    void give_up(const Suspect&, ReasonCode, Bytes properties);

    /// Views in events are valid until this is called.
    void release_reported() noexcept {
        reported_filters_.clear();
        reported_codes_.clear();
    }

private:
    using Key = std::uint32_t;
    struct Request {
        OperationId operation{};  ///< 0: a renewal, or cancelled
        codec::PacketType type{};
        bool renewal = false;
        bool abandoned = false;               ///< cancelled: its grant is not renewed
        bool was_sent = false;                ///< on some connection
        std::uint16_t packet_identifier = 0;  ///< 0: to be sent
        std::size_t first = 0;                ///< its first filter's place among those of the operation
        std::uint64_t number = 0;             ///< for Suspect
        codec::Buffer packet;
    };
    using Requests = std::map<Key, Request>;
    /// An operation of several requests.
    struct BatchedOperation {
        OperationId operation{};
        std::size_t open = 0;  ///< how many of them are unanswered
        std::size_t filters = 0;
        codec::Buffer codes;
    };

    [[nodiscard]] auto find_batched(OperationId operation) {
        return std::ranges::find(batched_, operation, &BatchedOperation::operation);
    }
    [[nodiscard]] Errc check(std::span<const Subscription>, Bytes properties) const;
    [[nodiscard]] Errc check_properties(PropertyOwner, Bytes block) const noexcept;
    [[nodiscard]] Errc refused_by_broker(const Subscription&, Bytes properties) const noexcept;
    template <class Filter, class Encode>
    Result<OperationId> add(codec::PacketType, std::span<const Filter>, Encode encode);
    void add_renewals();
    void add_postponed_renewals(TimePoint due_at);
    [[nodiscard]] std::size_t filters_per_packet() const noexcept;
    [[nodiscard]] Request renewal_of(const Subscriptions::Batch&) const;
    void remove_subscription_identifiers();
    [[nodiscard]] bool send(Key, Request&);
    void refuse_too_large(Requests::iterator);
    void finish(Requests::iterator, const codec::SubscribeAcknowledgement&);
    void report(const Request&, ReasonCode, const codec::SubscribeAcknowledgement&);
    /// Cancelled: its answers are not reported.
    void abandon(OperationId);
    [[nodiscard]] static Suspect suspect_of(const Request&) noexcept;
    /// Borrowed from the packet of the request.
    [[nodiscard]] std::vector<Subscription> filters_of(const Request&) const;
    enum class Refusal : bool { is_final, may_be_temporary };
    void handle_granted(const Request&, Bytes reason_codes, Refusal = Refusal::is_final);
    void handle_refused(std::string_view topic_filter, ReasonCode, Refusal);
    void handle_unsubscribed(const Request&);

    Context& context_;
    Subscriptions granted_;
    Requests requests_;
    std::vector<BatchedOperation> batched_;
    Key last_key_ = 0;
    std::uint64_t last_number_ = 0;
    bool awaits_identifier_ = false;
    std::list<std::string> reported_filters_;
    std::list<codec::Buffer> reported_codes_;
};

}  // namespace wsmq::client
