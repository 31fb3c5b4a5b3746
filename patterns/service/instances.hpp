// The instances of our service that are online, ourselves included, as the broker tells of them; needed where it has no
// shared subscriptions. All of them hear of requests and of each other in the broker's order, and so come to the same
// winner.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "layer/context.hpp"

namespace wsmq::patterns {

class Instances {
public:
    explicit Instances(std::string_view own) : own_{own} {}

    /// The broker tells of them anew on each connection.
    void clear() { online_.clear(); }
    /// True: it has just come, and may not know us.
    bool handle_record(std::string_view instance, const IncomingMessage&, TimePoint now);
    /// Whether the request is ours to answer.
    [[nodiscard]] bool is_ours(std::string_view uid, std::string_view id_text, TimePoint now) const;

private:
    std::string own_;
    std::map<std::string, TimePoint, std::less<>> online_;  ///< and when its record expires
};

}  // namespace wsmq::patterns
