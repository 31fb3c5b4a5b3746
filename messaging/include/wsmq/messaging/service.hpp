// One instance of a service of the wire convention (docs/protocol.md): it answers requests of webapps, beside any
// number of other instances. A layer over the engine with the interface of Webapp: see its header for how it is driven,
// for lifetimes, threads and the errors that every call that sends can return.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/client.hpp"
#include "wsmq/export.hpp"
#include "wsmq/messaging/call_counts.hpp"
#include "wsmq/messaging/call_limits.hpp"
#include "wsmq/messaging/event.hpp"
#include "wsmq/messaging/names.hpp"

namespace wsmq::messaging {

class WSMQ_EXPORT Service {
public:
    using Event = messaging::Event;

    struct Options {
        std::string root{default_root};
        /// Empty: the one unnamed backend, which has no discovery record and no instances beside it.
        std::string service{};
        /// Identifies the instance: unique, for example of host name, process and a random number. The unnamed backend
        /// needs none.
        std::string instance{};
        /// Of the program, for the discovery record.
        std::string version = "0";
        /// The methods for the discovery record: a request for another is answered with "method not found". Empty:
        /// every request is delivered.
        std::vector<std::string> methods{};
        /// Whether raw bodies are taken (MQTT 5).
        bool raw = false;
        /// Milliseconds since 1970, for the discovery record. 0: left out.
        std::int64_t since = 0;
        /// For random delays: before the record is published for a new instance, and before the janitor clears one.
        std::uint64_t random_seed = 0;
        /// MQTT 5: when the retained record expires unless it is renewed, which is done at half the time. 0: never.
        std::chrono::seconds record_expiry{600};
        /// How often the statistics in the record are updated if they have changed. 0: the record has none.
        std::chrono::seconds statistics_interval{60};
        CallLimits calls{};
        /// Not 0: this instance clears the offline record of a webapp after so long.
        std::chrono::seconds janitor_grace{0};
        /// On: requests are distributed by a shared subscription where the broker has them; below MQTT 5 a probe of 2 s
        /// finds that out. Off, or where it has none: the instances elect who answers by rendezvous hashing
        /// (docs/protocol.md).
        bool shares = true;
        /// All JSON text that is passed in is valid: it is not parsed to check that.
        bool trusts_json = false;
    };

    /// The MQTT options that this layer needs, from the user's: client identifier where the user gave none, last will,
    /// and a session that ends with the connection. Error::invalid_root, invalid_name (service, instance, a method),
    /// payload_too_large (methods and version may make a discovery record of more than maximum_record_size) or
    /// invalid_argument.
    static Result<ConnectOptions> connect_options(ConnectOptions base, const Options&);

    /// Keeps a reference to the client.
    Service(Client&, Options);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // --- The layer ---------------------------------------------------------------------------------
    bool handle(const wsmq::Event&, TimePoint now);
    void handle_timeout(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    /// Joined, JoinFailed, Request, RequestEnded, CreditGranted, Left; NeedInput where there is none.
    [[nodiscard]] Event next_event(TimePoint now);

    // --- Calls of webapps --------------------------------------------------------------------------
    /// Answers a Request; JSON text. Errors: unknown_call, invalid_json, payload_too_large, queue_full.
    Error respond(CallId, std::string_view result, TimePoint now);
    /// Answers a request of a raw body with another: any bytes, and their type, which is not JSON's. Also
    /// Error::not_supported where the request had no raw body, or has progressed.
    Error respond_raw(CallId, std::string_view body, std::string_view content_type, TimePoint now);
    /// `data`: JSON text, or empty for none.
    Error fail(CallId, std::int64_t code, std::string_view message, std::string_view data, TimePoint now);
    /// Sends the next item of a stream. Error::no_credit: wait for CreditGranted; unwanted: it is a notification.
    Error progress(CallId, std::string_view value, TimePoint now);
    /// A message to a webapp, without an answer. Errors: invalid_name, invalid_json, invalid_argument (params).
    Error notify(std::string_view uid, std::string_view method, std::string_view params, TimePoint now);

    // --- The end -----------------------------------------------------------------------------------
    /// Publishes that this instance is offline and unsubscribes; requests that arrive until the broker has confirmed
    /// both are still delivered. The client is stopped when everything is answered and the broker has the answers, or
    /// after `patience`, when open calls are failed; at once without a connection. Left follows.
    void leave(TimePoint now, Duration patience = Duration{2'000});

    [[nodiscard]] const CallCounts& counts() const noexcept;
    /// Calls, notifications included, that are delivered and not yet answered, and those that wait for their turn.
    [[nodiscard]] std::size_t open_calls() const noexcept;
    [[nodiscard]] std::size_t waiting_calls() const noexcept;
    [[nodiscard]] bool is_joined() const noexcept;
    /// Whether the broker distributes the requests; otherwise the instances elect who answers.
    [[nodiscard]] bool is_shared() const noexcept;

private:
    struct WSMQ_HIDDEN Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wsmq::messaging
