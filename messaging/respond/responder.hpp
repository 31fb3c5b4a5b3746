// Requests of others: open, waiting for their turn, or answered and remembered for duplicates; and their streams with
// credit. A webapp uses it for its peers, a service for its requesters. Received messages are handled in receiving.cpp.
#pragma once
#include <list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "layer/context.hpp"
#include "layer/deadline_queue.hpp"
#include "respond/fair_queue.hpp"
#include "wsmq/messaging/call_counts.hpp"
#include "wsmq/messaging/call_limits.hpp"

namespace wsmq::messaging {

class Responder {
public:
    /// `at` names us in a stream: an instance, or a uid.
    Responder(Context& context, const CallLimits& limits, std::string_view at)
        : context_{context}, limits_{limits}, at_{at}, queue_{limits_} {}

    /// The methods that exist; any other is answered with "method not found". Empty: all are delivered.
    void limit_methods(std::span<const std::string> methods) { methods_ = {methods.begin(), methods.end()}; }

    // --- What arrives ------------------------------------------------------------------------------
    /// Who sent it, from the topic, and the topic on which the answer goes.
    struct Sender {
        std::string_view from;
        std::string_view reply_topic;
    };
    /// Becomes a Request event, now or at its turn, unless it is a duplicate or over the limits.
    void handle_request(const Sender&, const json_rpc::Message&, const IncomingMessage&);
    /// The same for a notification, which is dropped over the limits or with an unknown method.
    void handle_notification(const Sender&, const json_rpc::Message&, const IncomingMessage&);
    /// Whether it is a request of a raw body: the id is in the Correlation Data, the method in a user property.
    [[nodiscard]] static bool is_raw(const IncomingMessage&);
    void handle_raw(const Sender&, const IncomingMessage&);
    /// Answers with an error that is not remembered. `id`: JSON text, or empty for null.
    void refuse(const Sender&, std::string_view id, std::int64_t code, std::string_view message,
                const IncomingMessage&);
    /// Answers a payload that is no valid message, unless it looks like an answer itself.
    void refuse(const Sender&, const json_rpc::Invalid&, const IncomingMessage&);
    /// "$/cancelRequest" and "$/more". An id of another sender is ignored. False: another method.
    bool handle_control(std::string_view from, const json_rpc::Message&);

    // --- The user's calls --------------------------------------------------------------------------
    Error respond(CallId, std::string_view result);
    Error respond_raw(CallId, std::string_view body, std::string_view content_type);
    Error fail(CallId, std::int64_t code, std::string_view message, std::string_view data);
    Error progress(CallId, std::string_view value);

    void handle_timeout();
    [[nodiscard]] std::optional<TimePoint> next_deadline() const { return deadlines_.next(); }
    /// Answers every open or waiting call with -32003, and reports its end.
    void fail_all(std::string_view message);
    /// As fail_all(), without a connection.
    void end_all();
    /// Our instance or uid changed.
    void rename(std::string_view at) { at_ = at; }

    [[nodiscard]] bool has(CallId id) const { return calls_.contains(static_cast<std::uint64_t>(id)); }
    [[nodiscard]] const FairQueue& queue() const noexcept { return queue_; }
    [[nodiscard]] std::size_t unanswered() const noexcept { return queue_.size(); }
    [[nodiscard]] const CallCounts& counts() const noexcept { return counts_; }

private:
    enum class State : std::uint8_t {
        waiting,   ///< for its turn. Next: open when one of those ends, answered when it is cancelled
        open,      ///< the application has it. Next: answered
        answered,  ///< remembered until it expires or makes room
    };
    struct Call {
        [[nodiscard]] bool is_notification() const noexcept { return id.empty(); }

        State state = State::waiting;
        std::string key;  ///< sender and id
        std::string reply_topic;
        std::string id;           ///< JSON text; empty: a notification
        std::string correlation;  ///< as it came
        TimePoint arrived;
        TimePoint due;
        std::uint64_t seq = 0;
        std::uint64_t credit = 0;
        bool is_raw = false;
        bool is_stalled = false;  ///< it has an item to send, and no credit
        /// While it waits: the event that it becomes, of whose views only the sizes hold, and their texts.
        Request request{};
        std::string text;
        std::string answer, answer_type;  ///< once it is answered
    };
    using Calls = std::map<std::uint64_t, Call>;

    [[nodiscard]] static std::string key_of(std::string_view from, std::string_view id);
    [[nodiscard]] Calls::iterator find(std::string_view from, std::string_view id);
    [[nodiscard]] Calls::iterator find_open(CallId);
    /// "{org}:{user}" of the sender at its beginning; empty for a service.
    [[nodiscard]] static std::string_view account_of(std::string_view key);
    /// False: it was refused or dropped.
    [[nodiscard]] bool admits(const Sender&, std::string_view id, std::string_view method, std::size_t bytes,
                              const IncomingMessage&);
    void accept(const Sender&, std::string_view id, std::string_view method, std::string_view params,
                std::string_view content_type, const IncomingMessage&);
    [[nodiscard]] bool is_duplicate(const Sender&, std::string_view id);
    [[nodiscard]] std::optional<Duration> lifetime(const IncomingMessage&) const;
    void dispatch(Calls::iterator);
    void pump();
    Error send(const Call&, std::string_view payload, std::string_view content_type);
    Error answer(Calls::iterator, std::string payload, std::string_view content_type);
    /// A notification was processed.
    Error finish(Calls::iterator);
    void cancel(Calls::iterator, std::string_view message);
    void leave_queue(Calls::iterator);
    void erase(Calls::iterator);
    void forget_oldest();

    Context& context_;
    CallLimits limits_;
    std::string at_;
    FairQueue queue_;
    Calls calls_;
    std::map<std::string, std::uint64_t, std::less<>> by_key_;
    std::list<std::uint64_t> answered_;  ///< in their order; some may be gone
    DeadlineQueue deadlines_;
    std::size_t remembered_ = 0;
    std::size_t remembered_bytes_ = 0;
    CallCounts counts_;
    std::set<std::string, std::less<>> methods_;
};

}  // namespace wsmq::messaging
