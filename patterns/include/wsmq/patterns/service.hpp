// One instance of a service of the wire convention (docs/protocol.md): it answers webapps, beside as many other
// instances as there are. A layer over the engine, of the same shape as Webapp: see its header for how it is driven,
// and for lifetimes and threads.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/client.hpp"
#include "wsmq/export.hpp"
#include "wsmq/patterns/call_counts.hpp"
#include "wsmq/patterns/call_limits.hpp"
#include "wsmq/patterns/event.hpp"
#include "wsmq/patterns/names.hpp"

namespace wsmq::patterns {

class WSMQ_EXPORT Service {
public:
    using Event = patterns::Event;

    struct Options {
        std::string root{default_root};
        /// Empty: the one unnamed backend, which has no discovery record and no instances beside it.
        std::string service{};
        /// Tells the instances of a service apart: unique, for example of host name, process and chance. The unnamed
        /// backend needs none.
        std::string instance{};
        /// Of the program, for the discovery record.
        std::string version = "0";
        /// The methods that there are, for the discovery record: a request for another is answered with "method not
        /// found". Where the list is empty, every request is told.
        std::vector<std::string> methods{};
        /// Whether raw bodies are taken (MQTT 5).
        bool raw = false;
        /// Milliseconds since 1970, for the discovery record. 0: it does not say.
        std::int64_t since = 0;
        /// For the delay with which an instance tells a new one of itself, and the janitor's.
        std::uint64_t random_seed = 0;
        /// MQTT 5: when the retained record expires unless it is renewed, which is done at half the time. 0: never.
        std::chrono::seconds record_expiry{600};
        /// How often the statistics in the record are brought up to date where they changed. 0: it has none.
        std::chrono::seconds statistics_interval{60};
        CallLimits calls{};
        /// Not 0: this instance clears the offline record of a webapp after so long.
        std::chrono::seconds janitor_grace{0};
        /// Off: no shared subscription is tried; which instance answers is reckoned from the names (docs/protocol.md).
        /// On: a broker that has none is found out, below MQTT 5 by a probe of two seconds where it does not say so.
        bool shares = true;
        /// The caller vouches that all JSON text it passes in is sound: it is not parsed to check that.
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
    /// A message to a webapp that wants no answer.
    Error notify(std::string_view uid, std::string_view method, std::string_view params, TimePoint now);

    // --- The end -----------------------------------------------------------------------------------
    /// Publishes that this instance is offline and gives its subscription back; what arrives until the broker has done
    /// both is still told. When everything is answered, and the answers are with the broker, the client is stopped; at
    /// the latest after `patience`, when open calls are failed. Left follows. Without a connection at once.
    void leave(TimePoint now, Duration patience = Duration{2'000});

    [[nodiscard]] const CallCounts& counts() const noexcept;
    [[nodiscard]] bool is_joined() const noexcept;
    /// Whether the broker shares the requests out; otherwise it is reckoned who answers.
    [[nodiscard]] bool is_shared() const noexcept;

private:
    struct WSMQ_HIDDEN Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wsmq::patterns
