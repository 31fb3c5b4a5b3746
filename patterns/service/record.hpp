// Our own discovery record: published on every connection, renewed, and with statistics that are brought up to date.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "layer/context.hpp"
#include "wsmq/patterns/call_counts.hpp"
#include "wsmq/patterns/service.hpp"

namespace wsmq::patterns {

class Record {
public:
    Record(Context& context, const Service::Options& options, const CallCounts& counts)
        : context_{context}, options_{options}, counts_{counts} {}

    /// The payload of the last will, and of leaving.
    [[nodiscard]] static std::string offline(std::string_view service, std::string_view instance);

    /// Publishes that we are online.
    Error announce(Purpose);
    /// Publishes that we are not.
    Error say_farewell();
    /// Announces after a random delay, so that not all speak at once: an instance has come that may not know us.
    void answer_newcomer();
    /// Nothing is due without a connection.
    void handle_disconnected();

    void handle_timeout();
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

private:
    [[nodiscard]] std::string online() const;
    void append_counts(std::string&) const;

    Context& context_;
    const Service::Options& options_;
    const CallCounts& counts_;
    CallCounts told_;
    std::optional<TimePoint> renewal_;
    std::optional<TimePoint> update_;
    std::optional<TimePoint> answer_;
};

}  // namespace wsmq::patterns
