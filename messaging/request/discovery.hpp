// The discovery records of services: which instances are online, and which records the application asked for.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "layer/context.hpp"

namespace wsmq::messaging {

class Discovery {
public:
    explicit Discovery(Context& context) : context_{context} {}

    /// ServiceChanged for the records of this service, of all where it is empty.
    Error discover(std::string_view service);
    /// Subscribes to the records of a service for our own use, unless that is done already.
    void consult(std::string_view service);
    /// The client was started, and has no subscriptions.
    void subscribe_again();

    /// A record arrived. False: it was not asked for.
    bool handle_record(std::string_view service, std::string_view instance, const IncomingMessage&);
    void handle_subscribed(std::uint64_t number);
    /// True: more is known about absent services.
    bool handle_timeout();

    /// The service has records, and none is of an instance that is online. Without any record nothing is known: a
    /// responder need not have one.
    [[nodiscard]] bool is_absent(std::string_view service) const;
    /// An instance that is online takes raw bodies.
    [[nodiscard]] bool takes_raw(std::string_view service) const;

private:
    struct Record {
        bool online = false;
        bool raw = false;
        std::string text;
        TimePoint expires = TimePoint::max();  ///< unless the record is renewed
    };
    using Instances = std::map<std::string, Record, std::less<>>;
    struct Watch {
        std::string service;  ///< empty: all
        bool settled = false;
        TimePoint settles = TimePoint::max();
    };
    [[nodiscard]] const Watch* watch_of(std::string_view service) const;
    Error watch(std::string_view service);
    Error subscribe(std::size_t number);
    void report(std::string_view service, std::string_view instance, const Record&);
    /// Removes records that have expired, as if they had been cleared.
    void sweep();

    Context& context_;
    std::map<std::string, Instances, std::less<>> services_;
    std::vector<Watch> watches_;
    std::set<std::string, std::less<>> reported_services_;  ///< the application asked for these
    std::size_t records_ = 0;
};

}  // namespace wsmq::messaging
