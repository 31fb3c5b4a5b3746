// Our requests: what awaits an answer, until when, and what the answers mean.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "layer/context.hpp"
#include "layer/deadline_queue.hpp"
#include "request/discovery.hpp"
#include "request/sip_hash.hpp"
#include "wsmq/messaging/requests.hpp"

namespace wsmq::messaging {

class Requester {
public:
    struct Settings {
        std::string_view uid;
        SipKey id_key;
        std::size_t most;  ///< open requests
        bool consults_discovery;
    };
    Requester(Context&, Discovery&, const Settings&);

    /// `is_absent`: no responder is known to be online.
    Result<RequestId> request(const Target&, std::string_view method, std::string_view params, const RequestOptions&,
                              bool is_absent);
    Error notify(const Target&, std::string_view method, std::string_view params);
    bool cancel(RequestId);
    bool grant(RequestId, std::uint32_t items);
    /// The application has taken an item of the stream.
    void item_taken(RequestId);

    // What arrives; `peer` is the sender of a peer topic, and empty for what came to our response topic.
    void handle_answer(std::string_view peer, const json_rpc::Message&);
    void handle_progress(std::string_view peer, const json_rpc::Control&);
    /// True: it was a raw body that answers a request of ours.
    bool handle_raw(const IncomingMessage&);

    // How the publish of request `key` ended.
    void handle_delivered(std::uint64_t key, ReasonCode);
    void handle_undelivered(std::uint64_t key, Error);

    void handle_timeout();
    [[nodiscard]] std::optional<TimePoint> next_deadline() const { return deadlines_.next(); }
    /// More is known about absent services.
    void handle_discovered();
    void fail_all(Error);
    /// The uid changed.
    void rename(std::string_view uid) { uid_ = uid; }

private:
    struct Pending {
        Target::Kind kind{};
        std::string name{};
        std::string at{};  ///< the instance that sends the stream
        OperationId publish{};
        std::uint64_t received = 0;                        ///< items
        std::uint64_t allowed = convention::first_credit;  ///< items, as granted to the responder
        std::uint64_t wanted = 0;                          ///< granted by the application, not yet to the responder
        std::uint32_t taken = 0;                           ///< since credit was granted
        bool grants_credit = true;
        bool is_raw = false;
    };
    using Requests = std::map<std::uint64_t, Pending>;

    [[nodiscard]] static Error check(const Target&, std::string_view method);
    [[nodiscard]] Error check(const Target&, std::string_view params, const RequestOptions&) const;
    Result<OperationId> send(std::uint64_t key, const Target&, std::string_view method, std::string_view params,
                             const RequestOptions&);
    [[nodiscard]] std::string topic_of(const Target&) const;
    [[nodiscard]] std::string id_text(std::uint64_t key) const;
    [[nodiscard]] Requests::iterator find(std::string_view id, std::string_view peer);
    Error control(const Pending&, std::string_view payload, bool waits);
    void send_credit(Requests::iterator);
    void respond(Requests::iterator, std::string_view result, std::string_view content_type);
    void fail(Requests::iterator, Error, std::int64_t code = 0, std::string_view message = {},
              std::string_view data = {});
    void give_up(Requests::iterator, Error, std::int64_t code = 0);
    void erase(Requests::iterator);

    Context& context_;
    Discovery& discovery_;
    std::string uid_;
    SipKey id_key_;
    std::size_t most_;
    bool consults_;
    Requests requests_;
    DeadlineQueue deadlines_;
    std::uint64_t last_ = 0;
};

}  // namespace wsmq::messaging
