// The discovery records of services: who is there to answer, and what the user wants to be told of it.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "layer/context.hpp"

namespace wsmq::patterns {

class Discovery {
public:
    explicit Discovery(Context& context) : context_{context} {}

    /// Tells the records of this service, of all where it is empty, from now on.
    Error discover(std::string_view service);
    /// Reads the records of services for our own use, unless that is being done of this one.
    void consult(std::string_view service);
    /// The client starts: it knows none of the subscriptions.
    void subscribe_again();

    /// A record arrived. False: nobody asked for it.
    bool handle_record(std::string_view service, std::string_view instance, const IncomingMessage&);
    void handle_subscribed(std::uint64_t number);
    /// True: more is known now of who is absent, or somebody is.
    bool handle_timeout();
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    /// There are records, and none of them is of an instance that is online. Without any record nothing is known: a
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
        std::optional<TimePoint> settles{};
    };
    [[nodiscard]] const Watch* watch_of(std::string_view service) const;
    Error watch(std::string_view service);
    Error subscribe(std::size_t number);
    void report(std::string_view service, std::string_view instance, const Record&);
    /// Those whose record has expired are gone, as if somebody had cleared it.
    void sweep();

    Context& context_;
    std::map<std::string, Instances, std::less<>> services_;
    std::vector<Watch> watches_;
    std::set<std::string, std::less<>> reported_services_;  ///< the user asked for these
    std::size_t records_ = 0;
    TimePoint first_expiry_ = TimePoint::max();  ///< or earlier
};

}  // namespace wsmq::patterns
