// The instances of our service that are online, this one included, by their records; for brokers without shared
// subscriptions. All instances receive requests and records in the broker's order, and so elect the same winner.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "layer/context.hpp"

namespace wsmq::messaging {

class Instances {
public:
    explicit Instances(std::string_view own) : own_{own} {}

    /// The broker sends the records again on each connection.
    void clear() { online_.clear(); }
    /// True: it has just joined, and may not have our record.
    bool handle_record(std::string_view instance, const IncomingMessage&, TimePoint now);
    /// Whether this instance answers the request.
    [[nodiscard]] bool is_ours(std::string_view uid, std::string_view id_text, TimePoint now) const;

private:
    std::string own_;
    std::map<std::string, TimePoint, std::less<>> online_;  ///< and when its record expires
};

}  // namespace wsmq::messaging
