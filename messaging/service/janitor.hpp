// Clears the offline records of webapps, which a broker without MQTT 5's message expiry would keep.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "layer/context.hpp"
#include "layer/deadline_queue.hpp"

namespace wsmq::messaging {

class Janitor {
public:
    /// A grace of 0 switches it off.
    Janitor(Context& context, std::chrono::seconds grace) : context_{context}, grace_{grace} {}

    [[nodiscard]] bool is_on() const noexcept { return grace_.count() > 0; }
    void subscribe();
    void handle_record(std::string_view uid, const IncomingMessage&);
    /// The broker sends the records again on each connection.
    void clear();

    void handle_timeout();
    [[nodiscard]] std::optional<TimePoint> next_deadline() const { return deadlines_.next(); }

private:
    void forget(std::string_view uid);

    Context& context_;
    std::chrono::seconds grace_;
    std::map<std::string, std::uint64_t, std::less<>> numbers_;  ///< of those that are offline
    std::map<std::uint64_t, std::string> uids_;
    DeadlineQueue deadlines_;
    std::uint64_t last_ = 0;
};

}  // namespace wsmq::messaging
