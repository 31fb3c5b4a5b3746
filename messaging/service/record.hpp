// Our own discovery record: published on every connection, renewed, with statistics that are updated.
#pragma once
#include <string>
#include <string_view>

#include "layer/context.hpp"
#include "layer/owed_record.hpp"
#include "layer/paced_reply.hpp"
#include "wsmq/messaging/call_counts.hpp"
#include "wsmq/messaging/service.hpp"

namespace wsmq::messaging {

class Record {
public:
    Record(Context& context, const Service::Options& options, const CallCounts& counts)
        : context_{context},
          options_{options},
          counts_{counts},
          answer_{context.timers, Timer::record_reply},
          owed_{context} {}

    /// The payload of the last will and of leave().
    [[nodiscard]] static std::string offline(std::string_view service, std::string_view instance);
    [[nodiscard]] static std::string online(const Service::Options&, const CallCounts&);
    /// The largest size that it can have.
    [[nodiscard]] static std::size_t longest(const Service::Options&);

    /// Publishes that we are online; later, where the queue is full.
    Error announce(Purpose);
    /// Publishes that we are offline.
    Error publish_offline();
    /// Announces after a delay: an instance has joined that may not have our record.
    void handle_newcomer();
    /// Stops the timers.
    void handle_disconnected();

    void handle_timeout();

private:
    Error publish_online(Purpose);
    void stop_timers();

    Context& context_;
    const Service::Options& options_;
    const CallCounts& counts_;
    CallCounts published_counts_;
    PacedReply answer_;
    OwedRecord owed_;
};

}  // namespace wsmq::messaging
