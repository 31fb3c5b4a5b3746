#include "client/poison_detector.hpp"

#include <algorithm>

namespace wsmq::client {

namespace {

enum class Meaning : std::uint8_t {
    nothing,  ///< it may be about a packet
    packet,   ///< it is about one
    other,    ///< it is not
};

/// Of a DISCONNECT (MQTT 5.0, 3.14.2.1).
Meaning meaning_of(ReasonCode reason) noexcept {
    using enum ReasonCode;
    switch (reason) {
        case success:
        case unspecified_error:
        case implementation_specific_error: return Meaning::nothing;
        case malformed_packet:
        case protocol_error:
        case not_authorized:
        case topic_filter_invalid:
        case topic_name_invalid:
        case packet_too_large:
        case payload_format_invalid:
        case retain_not_supported:
        case qos_not_supported:
        case shared_subscriptions_not_supported:
        case subscription_identifiers_not_supported:
        case wildcard_subscriptions_not_supported: return Meaning::packet;
        default: return Meaning::other;
    }
}

}  // namespace

void PoisonDetector::connected() noexcept { trying_ = pinging_ = tried_ = false; }

PoisonDetector::Step PoisonDetector::next(const Suspect& oldest, TimePoint now) noexcept {
    if (tried_) suspect({});  // it was answered
    tried_ = false;
    if (oldest != suspect_) return Step::send;
    if (!trying_) {
        trying_ = true;
        window_ = std::clamp(2 * took_, shortest_window, longest_window);
        controls_ = fewest_controls + static_cast<unsigned>(random_.up_to(std::uint64_t{2} * fewest_controls));
    } else if (pinging_ || now < sent_at_ + window_) {
        return Step::wait;
    }
    tried_ = controls_ == 0;
    if (tried_) return Step::send;
    --controls_;
    pinging_ = true;
    sent_at_ = now;
    return Step::ping;
}

void PoisonDetector::sent(TimePoint now) noexcept {
    trying_ = false;
    sent_at_ = now;
}

std::optional<TimePoint> PoisonDetector::deadline() const noexcept {
    if (!isolating_ || !trying_ || pinging_) return std::nullopt;
    return sent_at_ + window_;
}

void PoisonDetector::clear() noexcept {
    isolating_ = trying_ = tried_ = false;
    suspect({});
}

bool PoisonDetector::ended(const End& end, TimePoint now) noexcept {
    return isolating_ ? ended_in_isolation(end, now) : (ended_in_crowd(end), false);
}

void PoisonDetector::ended_in_crowd(const End& end) noexcept {
    const auto meaning = meaning_of(end.reason);
    const bool counts = end.by_peer && end.oldest && meaning != Meaning::other;
    if (!counts || end.oldest != suspect_) suspect(counts ? end.oldest : Suspect{});
    if (counts) isolating_ = ++losses_ >= losses_until_isolation || meaning == Meaning::packet;
}

bool PoisonDetector::ended_in_isolation(const End& end, TimePoint now) noexcept {
    const auto took = std::chrono::duration_cast<Duration>(now - sent_at_);
    const bool is_same = end.oldest == suspect_;
    const bool is_evidence =
        end.oldest && is_same && end.by_peer && tried_ && took <= window_ && meaning_of(end.reason) != Meaning::other;
    if (end.oldest && !is_same) suspect(end.oldest);
    if (end.oldest && end.by_peer) took_ = took;
    if (!is_evidence) {
        strikes_ = blames_ = 0;
        return false;
    }
    ++strikes_;
    if (meaning_of(end.reason) == Meaning::packet) ++blames_;
    if (strikes_ < strikes_until_given_up && blames_ < blames_until_given_up) return false;
    suspect({});
    return true;
}

void PoisonDetector::suspect(const Suspect& operation) noexcept {
    suspect_ = operation;
    losses_ = strikes_ = blames_ = 0;
    took_ = {};
}

}  // namespace wsmq::client
