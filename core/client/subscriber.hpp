// SUBSCRIBE and UNSUBSCRIBE: sent, answered, sent again on a new connection; and the renewal of what
// was granted.
#pragma once
#include <list>
#include <map>
#include <span>
#include <string>

#include "client/context.hpp"
#include "client/subscriptions.hpp"
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
    /// Sends what had to wait for a packet identifier.
    void pump();
    void handle_connected(bool session_present);
    void handle_connection_lost();
    void handle_stopped(bool session_lasts);

    /// Filters in SubscriptionLost events are readable until this is called.
    void forget_lost() noexcept { lost_.clear(); }

private:
    using Key = std::uint32_t;
    struct Request {
        OperationId operation{};  ///< 0: a renewal, or cancelled
        codec::PacketType type{};
        bool renewal = false;
        bool abandoned = false;               ///< cancelled: its grant is not renewed
        std::uint16_t packet_identifier = 0;  ///< 0: to be sent
        codec::Buffer packet;
    };
    using Requests = std::map<Key, Request>;

    [[nodiscard]] Errc check(std::span<const Subscription>, Bytes properties) const;
    [[nodiscard]] Errc check_properties(PropertyOwner, Bytes block) const noexcept;
    [[nodiscard]] Errc refused_by_broker(const Subscription&, Bytes properties) const noexcept;
    Result<OperationId> add(codec::PacketType, codec::Buffer packet);
    void add_renewals();
    void leave_out_identifiers();
    void send_unsent();
    void finish(Requests::iterator, const codec::SubscribeAcknowledgement&);
    /// Borrowed from the request's own packet.
    [[nodiscard]] std::vector<Subscription> filters_of(const Request&) const;
    void handle_granted(const Request&, Bytes reason_codes);
    void handle_unsubscribed(const Request&);

    Context& context_;
    Subscriptions granted_;
    Requests requests_;
    Key last_key_ = 0;
    bool is_starved_ = false;
    std::list<std::string> lost_;
};

}  // namespace wsmq::client
