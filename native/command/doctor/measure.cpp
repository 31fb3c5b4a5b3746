#include "doctor/measure.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include "doctor/probes.hpp"
#include "wsmq/limits.hpp"
#include "wsmq/native/webapp.hpp"

namespace wsmq::command {

namespace {

using Clock = std::chrono::steady_clock;
using Status = Finding::Status;

constexpr std::array all_versions{Version::v3_1, Version::v3_1_1, Version::v5};
constexpr std::size_t round_trips = 9;

net::awaitable<std::optional<BrokerFacts::RoundTrip>> round_trip(Connection& connection, const std::string& topic) {
    if (connection.client().negotiated().maximum_qos == Qos::at_most_once) co_return std::nullopt;
    std::vector<double> times;
    for (std::size_t i = 0; i < round_trips; ++i) {
        const auto before = Clock::now();
        const auto ended = co_await connection.publish(topic, "", {.qos = Qos::at_least_once});
        // A refusal is an answer, too.
        if (ended.error && ended.error.category() != reason_category()) co_return std::nullopt;
        times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - before).count());
    }
    std::ranges::sort(times);
    co_return BrokerFacts::RoundTrip{times[round_trips / 2], times.back()};
}

std::string seconds_text(double seconds) {
    std::string text = std::to_string(std::round(seconds * 1000) / 1000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text + " s";
}

}  // namespace

BrokerFacts announced(Connection& connection, Version version) {
    const Negotiated& granted = connection.client().negotiated();
    const bool is_limited = granted.maximum_packet_size < limits::largest_packet;
    return {.versions = {version},
            .maximum_qos = granted.maximum_qos,
            .maximum_packet_size = is_limited ? granted.maximum_packet_size : 0,
            .receive_maximum = granted.receive_maximum,
            .topic_alias_maximum = granted.topic_alias_maximum,
            .round_trip = std::nullopt};
}

net::awaitable<void> measure(Checkup& checkup, const native::Url& url, Connection& connection, Version version,
                             const std::string& topic, Diagnosis& diagnosis) {
    const auto random = native::make_uid("wsmq", "doctor");
    const std::string prefix = topic + '/' + random.substr(random.rfind(':') + 1) + '/';
    const std::string first_topic = prefix + '0';
    diagnosis.broker->round_trip = co_await round_trip(connection, first_topic);
    Lab lab{checkup, url, version, connection, prefix};
    co_await probe_all(lab, diagnosis);
}

net::awaitable<std::vector<Version>> versions_of(Checkup& checkup, const native::Url& url, Version known) {
    std::vector<Version> accepted;
    // One after the other: where an account is bound to one client identifier, a connection displaces the one before.
    for (const Version each : all_versions) {
        bool is_accepted = each == known;
        if (!is_accepted) {
            auto options = checkup.options(each);
            is_accepted = co_await answers(checkup, url, options);
            co_await checkup.all_gone();
        }
        if (is_accepted) accepted.push_back(each);
    }
    co_return accepted;
}

net::awaitable<void> leave_idle(Checkup& checkup, const native::Url& url, Version version, double seconds,
                                Diagnosis& diagnosis) {
    auto options = checkup.options(version);
    options.connect.keep_alive = std::chrono::seconds{0};
    const auto begun = co_await attempt(checkup, url, options);
    if (!begun.connection) {
        diagnosis.add("idle", Status::skipped, explanation(begun, url, options));
        co_return;
    }
    const auto keep_alive = begun.connection->client().negotiated().keep_alive;
    if (keep_alive.count() != 0 && static_cast<double>(keep_alive.count()) <= seconds) {
        diagnosis.add("idle", Status::skipped,
                      "The broker sets a keep alive of " + std::to_string(keep_alive.count()) +
                          " s: no connection is without traffic for longer.");
        co_return;
    }
    const auto before = Clock::now();
    const auto limit = std::chrono::duration_cast<Duration>(std::chrono::duration<double>{seconds});
    if (co_await begun.connection->lasts(limit)) {
        diagnosis.add("idle", Status::ok, "A connection without traffic stays for " + seconds_text(seconds) + '.');
        co_return;
    }
    const auto after = std::lround(std::chrono::duration<double>(Clock::now() - before).count());
    diagnosis.add("idle", Status::error,
                  "A connection without traffic is cut after " + std::to_string(after) +
                      " s, by a proxy or the broker: set the keep alive below that, or raise the proxy's time limit.");
}

}  // namespace wsmq::command
