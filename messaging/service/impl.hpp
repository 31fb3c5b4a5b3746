// The service as a whole: joining and leaving, and the handling of received messages. The public functions are in
// service.cpp; the rest is split into joining.cpp and receiving.cpp.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "layer/context.hpp"
#include "layer/membership.hpp"
#include "respond/responder.hpp"
#include "service/instances.hpp"
#include "service/janitor.hpp"
#include "service/record.hpp"
#include "service/sharing_probe.hpp"
#include "wsmq/messaging/service.hpp"

namespace wsmq::messaging {

struct Service::Impl {
    Impl(Client&, Options);

    // --- joining.cpp ---
    void handle_opening() {}
    void handle_connected(const Connected&);
    void handle_disconnected(const Disconnected&);
    void handle_lost(const SubscriptionLost&);
    void handle_completed(const Operation&, const Completed&);
    void handle_failed(const Operation&, Errc);
    /// The broker refused our record, or a subscription without which we cannot be reached.
    void handle_refused(const Operation&, Error, ReasonCode);
    void begin();
    void join(const std::vector<Subscription>&);
    void elect_by_rendezvous();
    void handle_granted();
    void end_probe(bool shares_requests);
    void announce();
    void leave(Duration patience);
    /// A call may have ended. Returns `error`.
    Error ended(Error error);
    /// Stops once everything is answered.
    void check_left();
    void stop(ReasonCode = ReasonCode::success);

    // --- receiving.cpp ---
    /// False: it is not for this layer.
    bool handle_message(const Message&);
    void handle_request(std::string_view from, const IncomingMessage&);
    void handle_control(std::string_view from, const IncomingMessage&);
    /// Whether this instance answers it.
    [[nodiscard]] bool is_ours(std::string_view from, std::string_view id_text) const;

    // --- service.cpp ---
    [[nodiscard]] bool is_named() const noexcept { return !options.service.empty(); }
    [[nodiscard]] std::string requests_filter() const;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    Options options;
    Context context;
    Membership membership;
    Responder responder;
    Record record;
    Instances instances;
    Janitor janitor;
    SharingProbe probe;

    bool shares;             ///< the broker gives each request to one instance
    std::size_t wanted = 0;  ///< subscriptions that are not granted yet

    bool started = false;  ///< the client has the subscriptions
    bool refused = false;  ///< the broker does not grant them
};

}  // namespace wsmq::messaging
