// One instance of a service of the wire convention (docs/protocol.md). A layer over the engine, of the same shape as
// Webapp: see its header for how it is driven, and for lifetimes and threads.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/client.hpp"
#include "wsmq/export.hpp"
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
        std::string service;
        /// Tells the instances apart: unique, for example of host name, process and chance. Also the end of the MQTT
        /// client identifier where the user gave none.
        std::string instance;
        /// Of the program, for the discovery record.
        std::string version = "0";
        /// Names for the discovery record. A request for another is answered with -32601, unless the list is empty.
        std::vector<std::string> methods;
        /// Whether raw bodies are taken (MQTT 5).
        bool raw = false;
        /// Milliseconds since 1970, for the discovery record.
        std::int64_t since = 0;
        std::uint64_t random_seed = 0;
        /// MQTT 5: when the retained record expires unless it is renewed, which is done at half the time. 0: never.
        std::chrono::seconds record_expiry{600};
        /// How often the statistics in the record are brought up to date. 0: never.
        std::chrono::seconds statistics_interval{60};
        CallLimits calls;
        /// Not 0: this instance clears a webapp's offline record after so long.
        std::chrono::seconds janitor_grace{0};
        /// Off: no shared subscription is tried; the winner for a request is chosen by rendezvous hashing.
        bool shares = true;
        bool trusts_json = false;
    };

    struct Statistics {
        std::uint64_t requests = 0;    ///< told
        std::uint64_t errors = 0;      ///< answered with an error, refused ones included
        std::uint64_t duplicates = 0;  ///< answered from memory
        std::uint64_t cancelled = 0;
        std::uint64_t expired = 0;
    };

    /// Client identifier, last will, a session that ends with the connection. Errors as of the names.
    static Result<ConnectOptions> connect_options(ConnectOptions base, const Options&);

    Service(Client&, Options);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    bool handle(const wsmq::Event&, TimePoint now);
    void handle_timeout(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    /// Joined, JoinFailed, Request, RequestEnded, CreditGranted, Notification, Left.
    [[nodiscard]] Event next_event(TimePoint now);

    /// As of Webapp.
    Error respond(CallId, std::string_view result, TimePoint now);
    /// Answers a request of a raw body with another.
    Error respond_raw(CallId, std::string_view body, std::string_view content_type, TimePoint now);
    Error fail(CallId, std::int64_t code, std::string_view message, std::string_view data, TimePoint now);
    Error progress(CallId, std::string_view value, TimePoint now);
    /// A message to a webapp that wants no answer.
    Error notify(std::string_view uid, std::string_view method, std::string_view params, TimePoint now);

    /// Publishes that this instance is offline, takes no further request, lets open calls end (at the latest after
    /// `patience`, when they are failed), then stops the client. Left follows.
    void leave(TimePoint now, Duration patience = Duration{2'000});

    [[nodiscard]] const Statistics& statistics() const noexcept;
    [[nodiscard]] bool is_joined() const noexcept;

private:
    struct WSMQ_HIDDEN Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wsmq::patterns
