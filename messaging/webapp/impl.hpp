// The webapp as a whole: joining and leaving, and the handling of received messages. The public functions are in
// webapp.cpp; the rest is split into joining.cpp and receiving.cpp.
#pragma once
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "layer/context.hpp"
#include "layer/membership.hpp"
#include "presence/announcer.hpp"
#include "presence/roster.hpp"
#include "request/discovery.hpp"
#include "request/requester.hpp"
#include "respond/responder.hpp"
#include "wsmq/messaging/webapp.hpp"

namespace wsmq::messaging {

struct Webapp::Impl {
    Impl(Client&, Options);

    // --- joining.cpp ---
    /// Subscribes everything where the client was just started, in the order in which it will be sent.
    void handle_opening();
    void handle_connected(const Connected&);
    void handle_disconnected(const Disconnected&);
    void handle_lost(const SubscriptionLost&);
    void handle_completed(const Operation&, const Completed&);
    void handle_failed(const Operation&, Errc);
    void announce();
    void check_joined();
    void leave();
    /// Another connection has our uid. Continues under another one.
    void take_new_uid();
    /// The record in place of ours is of a webapp that joined with our uid after us.
    [[nodiscard]] bool shows_uid_taken(const IncomingMessage&) const;
    /// The subscriptions without which we cannot be reached.
    void subscribe_to_join();

    // --- receiving.cpp ---
    /// False: it is not for this layer.
    bool handle_message(const Message&);
    bool handle_webapp_message(const Levels&, const IncomingMessage&);
    void handle_response(const IncomingMessage&);
    void handle_peer(std::string_view from, const IncomingMessage&);
    void handle_peer_call(std::string_view from, const json_rpc::Message&, const IncomingMessage&);
    bool handle_room(std::string_view room, std::string_view from, const IncomingMessage&);
    bool handle_status(std::string_view uid, const IncomingMessage&);
    bool handle_device(std::string_view serial_number, const IncomingMessage&);

    // --- webapp.cpp ---
    [[nodiscard]] static Will last_will(const Options&);
    [[nodiscard]] std::vector<std::string> filters_to_join() const;
    Error subscribe_if_started(const Subscription&);
    Error unsubscribe_if_started(std::span<const std::string> filters);
    using Devices = std::set<std::string, std::less<>>;
    [[nodiscard]] std::vector<std::string> device_filters(const Devices& of, const Devices& without = {}) const;
    /// To those that are not watched yet; all or none.
    Error subscribe_to_devices(const Devices& wanted, const Devices& watched = {});
    [[nodiscard]] Responder& responder_of(CallId call) {
        return service_notifications.has(call) ? service_notifications : responder;
    }
    Error send(const std::string& topic, std::string_view body, const SendOptions&);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    Options options;
    Context context;
    Membership membership;
    Discovery discovery;
    Requester requester;
    Responder responder;
    Responder service_notifications;  ///< separate, so that peers cannot use up its limits
    Roster roster;
    Announcer announcer;

    std::vector<std::string> join_filters;
    std::set<std::string, std::less<>> rooms;
    Devices devices;  ///< by serial number; "+" for all
    bool exposes = false;

    bool started = false;        ///< the client is started, and has the subscriptions
    bool granted = false;        ///< the subscriptions without which nobody can reach us
    bool announced = false;      ///< on this connection, or not meant to be
    bool came_back = false;      ///< this connection is not the first
    bool uid_was_taken = false;  ///< to be handled with the next tick: it ends the connection
};

}  // namespace wsmq::messaging
