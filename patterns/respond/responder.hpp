// Requests of others: what is told, what waits for its turn, what was answered and is remembered for duplicates, and
// streams with their credit. A webapp uses it for its peers, a service for its callers. What arrives is in
// receiving.cpp.
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
#include "wsmq/patterns/call_counts.hpp"
#include "wsmq/patterns/call_limits.hpp"

namespace wsmq::patterns {

class Responder {
public:
    /// `at` names us in a stream: an instance, or a uid.
    Responder(Context& context, const CallLimits& limits, std::string_view at)
        : context_{context}, limits_{limits}, at_{at}, queue_{limits_} {}

    /// The only methods there are; any other is answered with "method not found". Without a list, all are told.
    void limit_methods(std::span<const std::string> methods) { methods_ = {methods.begin(), methods.end()}; }

    // --- What arrives ------------------------------------------------------------------------------
    /// Who sent it, from the topic, and the topic on which the answer goes.
    struct Sender {
        std::string_view from;
        std::string_view reply_topic;
    };
    /// A request, which becomes an event, unless it is a duplicate or too much.
    void handle_request(const Sender&, const json_rpc::Message&, const IncomingMessage&);
    /// The same of a notification, which is dropped where it is too much, or its method is not known.
    void handle_notification(const Sender&, const json_rpc::Message&, const IncomingMessage&);
    /// Whether it is a request of a raw body: the id is in the Correlation Data, the method in a user property.
    [[nodiscard]] static bool is_raw(const IncomingMessage&);
    void handle_raw(const Sender&, const IncomingMessage&);
    /// An answer with an error that nobody has to remember. `id`: JSON text, or empty for null.
    void refuse(const Sender&, std::string_view id, std::int64_t code, std::string_view message,
                const IncomingMessage&);
    /// Answers what is no message, unless that tries to be an answer itself.
    void refuse(const Sender&, const json_rpc::Invalid&, const IncomingMessage&);
    /// "$/cancelRequest" and "$/more". Of an id that is not this sender's, nothing happens. False: another method.
    bool handle_control(std::string_view from, const json_rpc::Message&);

    // --- The user's calls --------------------------------------------------------------------------
    Error respond(CallId, std::string_view result);
    Error respond_raw(CallId, std::string_view body, std::string_view content_type);
    Error fail(CallId, std::int64_t code, std::string_view message, std::string_view data);
    Error progress(CallId, std::string_view value);

    void handle_timeout();
    [[nodiscard]] std::optional<TimePoint> next_deadline() const { return deadlines_.next(); }
    /// Every call that is not answered is answered with -32003, and told to have ended.
    void fail_all(std::string_view message);
    /// As fail_all(), where nothing can be sent any more.
    void end_all();
    /// We are another from now on.
    void rename(std::string_view at) { at_ = at; }

    [[nodiscard]] bool has(CallId id) const { return calls_.contains(static_cast<std::uint64_t>(id)); }
    [[nodiscard]] std::size_t unanswered() const noexcept { return queue_.size(); }
    [[nodiscard]] const CallCounts& counts() const noexcept { return counts_; }

private:
    enum class State : std::uint8_t {
        waiting,   ///< for its turn. Next: open when one of those ends, answered when it is cancelled
        open,      ///< the user has it. Next: answered
        answered,  ///< remembered until it expires or makes room
    };
    struct Call {
        [[nodiscard]] bool is_notification() const noexcept { return id.empty(); }

        State state = State::waiting;
        std::string key;  ///< sender and id
        std::string reply_topic;
        std::string id;           ///< JSON text; empty: a notification
        std::string correlation;  ///< as it came
        TimePoint due;
        std::uint64_t seq = 0;
        std::uint64_t credit = 0;
        bool is_raw = false;
        bool is_stalled = false;                                      ///< it has an item to send, and no credit
        std::string from, method, params, content_type, traceparent;  ///< while it is waiting
        std::string answer, answer_type;                              ///< once it is answered
    };
    using Calls = std::map<std::uint64_t, Call>;

    [[nodiscard]] static std::string key_of(std::string_view from, std::string_view id);
    [[nodiscard]] Calls::iterator find(std::string_view from, std::string_view id);
    [[nodiscard]] Calls::iterator find_open(CallId);
    /// "{org}:{user}" of the sender with whose name it begins; empty for a service.
    [[nodiscard]] static std::string_view account_of(std::string_view key);
    /// False: it was refused, or passed over.
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
    /// A notification has been worked on.
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

}  // namespace wsmq::patterns
