// What the doctor finds, as data, as text and as JSON: the same as of `websocket-mq/doctor`.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wsmq/types.hpp"

namespace wsmq::command {

struct Finding {
    enum class Status : std::uint8_t {
        ok,
        warning,  ///< it works, and something is to be known or done
        error,
        skipped  ///< it could not be tried
    };
    std::string_view check;  ///< what was looked at, for programs; static storage
    Status status;
    std::string text;  ///< a sentence or two: what was found, and what to do
};

/// What a broker announced and did.
struct BrokerFacts {
    struct RoundTrip {
        double median;  ///< milliseconds from a publication at QoS 1 to its acknowledgement
        double longest;
    };
    std::vector<Version> versions;  ///< that it accepts, in order
    Qos maximum_qos = Qos::exactly_once;
    std::uint32_t maximum_packet_size = 0;  ///< bytes; 0 is no limit that it announced
    std::uint16_t receive_maximum = 0;
    std::uint16_t topic_alias_maximum = 0;
    std::optional<RoundTrip> round_trip;
};

struct Diagnosis {
    std::string verdict;             ///< one sentence that says it all
    std::optional<std::string> url;  ///< where a connection could be made, without secrets
    std::optional<BrokerFacts> broker;
    std::vector<Finding> findings;

    [[nodiscard]] bool has(Finding::Status) const;
    /// A connection can be made, and nothing was found that is wrong.
    [[nodiscard]] bool is_ok() const { return url.has_value() && !has(Finding::Status::error); }
    void add(std::string_view check, Finding::Status, std::string text);
};

/// "MQTT 3.1.1"
[[nodiscard]] std::string_view named(Version);

/// "0.3 ms"
[[nodiscard]] std::string rounded(double milliseconds);

/// The verdict, a line for each finding, and what was measured.
[[nodiscard]] std::string to_text(const Diagnosis&);
/// On one line, with its end.
[[nodiscard]] std::string to_json(const Diagnosis&);

}  // namespace wsmq::command
