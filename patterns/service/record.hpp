// Our own discovery record: published on every connection, renewed, and with statistics that are brought up to date.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "layer/context.hpp"
#include "layer/paced_reply.hpp"
#include "wsmq/patterns/call_counts.hpp"
#include "wsmq/patterns/service.hpp"

namespace wsmq::patterns {

class Record {
public:
    Record(Context& context, const Service::Options& options, const CallCounts& counts)
        : context_{context}, options_{options}, counts_{counts} {}

    /// The payload of the last will, and of leaving.
    [[nodiscard]] static std::string offline(std::string_view service, std::string_view instance);
    [[nodiscard]] static std::string online(const Service::Options&, const CallCounts&);
    /// The size that it may come to.
    [[nodiscard]] static std::size_t longest(const Service::Options&);

    /// Publishes that we are online.
    Error announce(Purpose);
    /// Publishes that we are not.
    Error publish_offline();
    /// Announces in a while: an instance has come that may not know us.
    void handle_newcomer();
    /// Nothing is due without a connection.
    void handle_disconnected();

    void handle_timeout();
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

private:
    Context& context_;
    const Service::Options& options_;
    const CallCounts& counts_;
    CallCounts published_counts_;
    std::optional<TimePoint> renewal_;
    std::optional<TimePoint> update_;
    PacedReply answer_;
};

}  // namespace wsmq::patterns
