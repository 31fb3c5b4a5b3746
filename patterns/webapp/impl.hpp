// The webapp as a whole: its life on a connection, and who handles what is received. The user's calls come from
// webapp.cpp; this is split by theme into joining.cpp and receiving.cpp.
#pragma once
#include <optional>
#include <set>
#include <string>

#include "layer/context.hpp"
#include "layer/membership.hpp"
#include "presence/announcer.hpp"
#include "presence/roster.hpp"
#include "request/discovery.hpp"
#include "request/requester.hpp"
#include "respond/responder.hpp"
#include "wsmq/patterns/webapp.hpp"

namespace wsmq::patterns {

struct Webapp::Impl {
    Impl(Client&, Options);

    // --- joining.cpp ---
    /// Where the client has just been started: everything is subscribed, in the order in which it will be sent.
    void handle_opening();
    void handle_connected(const Connected&);
    void handle_disconnected(const Disconnected&);
    void handle_lost(const SubscriptionLost&);
    void handle_completed(const Operation&, const Completed&);
    void handle_failed(const Operation&, Errc);
    void announce();
    void check_joined();
    void leave();
    /// Another connection has our name, and what is sent to it. We go on under another one.
    void take_new_uid();
    /// The record in the place of ours is that of a webapp which joined with our name after us, there or gone.
    [[nodiscard]] bool shows_uid_taken(const IncomingMessage&) const;
    /// The subscriptions without which we have not joined.
    void subscribe_to_join();

    // --- receiving.cpp ---
    /// False: it is somebody else's.
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
    Error unsubscribe_if_started(const std::string& filter);
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
    Responder service_notifications;  ///< what services notify, which has nothing to fear from peers
    Roster roster;
    Announcer announcer;

    std::vector<std::string> join_filters;
    std::set<std::string, std::less<>> rooms;
    std::set<std::string, std::less<>> devices;  ///< by serial number; "+" for all
    bool exposes = false;

    bool started = false;        ///< the client is started, and has the subscriptions
    bool granted = false;        ///< the subscriptions without which nobody can reach us
    bool announced = false;      ///< on this connection, or not meant to be
    bool came_back = false;      ///< this connection is not the first
    bool uid_was_taken = false;  ///< to be handled with the next tick: it ends the connection
};

}  // namespace wsmq::patterns
