// When the detector gives an operation up, and when not.
#include "client/poison_detector.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <set>
#include <vector>

namespace wsmq::test {
namespace {

using namespace std::chrono_literals;
using client::PoisonDetector;
using client::Suspect;

constexpr Suspect first{Suspect::Kind::publish, 1};
constexpr Suspect second{Suspect::Kind::publish, 2};
const TimePoint start{std::chrono::hours{1}};

/// One connection in which the suspect is tried, and answered or ended after `took`.
struct Trial {
    PoisonDetector& poison_detector;
    TimePoint now = start;

    /// The controls that pass before it is sent.
    int controls(Suspect suspect) {
        poison_detector.connected();
        int passed = 0;
        for (;;) {
            switch (poison_detector.next(suspect, now)) {
                case PoisonDetector::Step::send: poison_detector.sent(now); return passed;
                case PoisonDetector::Step::ping:
                    poison_detector.answered();
                    ++passed;
                    break;
                case PoisonDetector::Step::wait: now = *poison_detector.deadline(); break;
            }
        }
    }
    bool ends(Suspect suspect, Duration took, ReasonCode reason = ReasonCode::success) {
        controls(suspect);
        return poison_detector.ended({.by_peer = true, .reason = reason, .oldest = suspect}, now + took);
    }
};

PoisonDetector isolating(Suspect suspect) {
    PoisonDetector poison_detector{7};
    for (unsigned i = 0; i < PoisonDetector::losses_until_isolation; ++i) {
        EXPECT_FALSE(poison_detector.is_isolating());
        EXPECT_FALSE(poison_detector.ended({.by_peer = true, .oldest = suspect}, start));
    }
    EXPECT_TRUE(poison_detector.is_isolating());
    return poison_detector;
}

TEST(PoisonDetectorRule, IsolatesWhenTheSameOneIsTheOldestThreeTimes) {
    const std::vector<PoisonDetector::End> ends_in_between{
        {.by_peer = true, .oldest = second},
        {.by_peer = true},
        {.by_peer = false, .oldest = first},
        {.by_peer = true, .reason = ReasonCode::server_busy, .oldest = first}};
    for (const auto& other : ends_in_between) {
        PoisonDetector poison_detector{7};
        for (int i = 0; i < 12; ++i) {
            EXPECT_FALSE(poison_detector.ended(
                i % 3 == 2 ? other : PoisonDetector::End{.by_peer = true, .oldest = first}, start));
            EXPECT_FALSE(poison_detector.is_isolating());
        }
    }
    (void)isolating(first);
}

TEST(PoisonDetectorRule, GivesUpAfterFiveStrikes) {
    PoisonDetector poison_detector = isolating(first);
    Trial trial{poison_detector};
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(trial.ends(first, 5ms)) << i;
    EXPECT_TRUE(trial.ends(first, 5ms));
    EXPECT_TRUE(poison_detector.is_isolating()) << "there may be others";
}

TEST(PoisonDetectorRule, TriesItAgainstEightControlsOrMoreAChangingNumberOfThem) {
    PoisonDetector poison_detector = isolating(first);
    Trial trial{poison_detector};
    std::set<int> numbers;
    for (int i = 0; i < 400; ++i) {
        numbers.insert(trial.controls(first));
        (void)poison_detector.ended({.by_peer = false, .oldest = first}, trial.now);
    }
    EXPECT_EQ(*numbers.begin(), 8);
    EXPECT_EQ(*numbers.rbegin(), 24);
    EXPECT_EQ(numbers.size(), 17u);
}

TEST(PoisonDetectorRule, AnythingElseInBetweenBeginsTheCountAnew) {
    const std::vector<std::function<void(Trial&)>> others{
        [](Trial& t) { EXPECT_FALSE(t.ends(first, 1001ms)) << "late"; },
        [](Trial& t) {
            t.controls(first);
            EXPECT_FALSE(t.poison_detector.ended({.by_peer = false, .oldest = first}, t.now))
                << "not by the other side";
        },
        [](Trial& t) {
            t.poison_detector.connected();
            EXPECT_EQ(t.poison_detector.next(first, t.now), PoisonDetector::Step::ping);
            EXPECT_FALSE(t.poison_detector.ended({.by_peer = true}, t.now)) << "over a control";
        },
        [](Trial& t) { EXPECT_FALSE(t.ends(first, 1ms, ReasonCode::server_busy)) << "for another reason"; },
        [](Trial& t) { EXPECT_FALSE(t.ends(second, 1ms)) << "over another operation"; },
        [](Trial& t) {
            t.controls(first);  // answered
            EXPECT_EQ(t.poison_detector.next(second, t.now), PoisonDetector::Step::send);
            EXPECT_FALSE(t.poison_detector.ended({.by_peer = true}, t.now));
        },
    };
    for (const auto& other : others) {
        PoisonDetector poison_detector = isolating(first);
        Trial trial{poison_detector};
        for (int round = 0; round < 5; ++round) {
            for (int i = 0; i < 4; ++i) ASSERT_FALSE(trial.ends(first, 5ms));
            other(trial);
        }
    }
}

TEST(PoisonDetectorRule, AnotherOneIsSentWithoutControls) {
    PoisonDetector poison_detector = isolating(first);
    poison_detector.connected();
    EXPECT_EQ(poison_detector.next(second, start), PoisonDetector::Step::send);
}

TEST(PoisonDetectorRule, GivesASlowBrokerItsTimeAndTheControlsTheSame) {
    PoisonDetector poison_detector = isolating(first);
    Trial trial{poison_detector};
    EXPECT_FALSE(trial.ends(first, 400ms)) << "more than was expected";
    for (int i = 0; i < 5; ++i) {
        const TimePoint before = trial.now;
        EXPECT_EQ(trial.ends(first, 400ms), i == 4) << i;
        EXPECT_GE(trial.now - before, 8 * 800ms);
    }
}

TEST(PoisonDetectorRule, AReasonAboutAPacketIsolatesAtOnceAndTwoAreEnough) {
    PoisonDetector poison_detector{7};
    EXPECT_FALSE(
        poison_detector.ended({.by_peer = true, .reason = ReasonCode::packet_too_large, .oldest = first}, start));
    EXPECT_TRUE(poison_detector.is_isolating());
    Trial trial{poison_detector};
    EXPECT_FALSE(trial.ends(first, 5ms, ReasonCode::packet_too_large));
    EXPECT_TRUE(trial.ends(first, 5ms, ReasonCode::packet_too_large));
}

/// Ends that come at any rate, or each after the same time, whatever is sent: the suspect is as good as never blamed.
TEST(PoisonDetectorRule, ChanceBlamesNobody) {
    std::mt19937 random{1};  // NOLINT(cert-msc51-cpp): the same every time
    int blamed = 0;
    for (const int mean : {5, 20, 50, 100, 250, 500, 1000, 3000}) {
        for (const bool is_fixed : {false, true}) {
            PoisonDetector poison_detector = isolating(first);
            Trial trial{poison_detector};
            for (int connection = 0; connection < 20'000; ++connection) {
                const double chance = -std::log((static_cast<double>(random()) + 1) / 4294967297.0);
                const Duration life{static_cast<int>(is_fixed ? mean : mean * chance)};
                const TimePoint begin = trial.now;
                const TimePoint end = begin + life;
                poison_detector.connected();
                bool is_sent = false;
                while (!is_sent && trial.now < end) {
                    const auto step = poison_detector.next(first, trial.now);
                    if (step == PoisonDetector::Step::ping) poison_detector.answered();
                    if (step == PoisonDetector::Step::send) poison_detector.sent(trial.now);
                    is_sent = step == PoisonDetector::Step::send;
                    if (step == PoisonDetector::Step::wait) trial.now = std::min(*poison_detector.deadline(), end);
                }
                // It is never answered, which is worse than any network.
                if (poison_detector.ended({.by_peer = true, .oldest = is_sent ? first : Suspect{}}, end)) ++blamed;
                trial.now = end;
            }
        }
    }
    EXPECT_EQ(blamed, 0);
}

/// Connections that each end right after the same number of packets.
TEST(PoisonDetectorRule, ACountOfPacketsBlamesNobody) {
    for (int packets = 1; packets < 40; ++packets) {
        PoisonDetector poison_detector = isolating(first);
        Trial trial{poison_detector};
        for (int connection = 0; connection < 2'000; ++connection) {
            const int controls = trial.controls(first);
            const bool over_it = controls == packets;
            if (controls < packets) (void)poison_detector.next(second, trial.now);  // it was answered
            EXPECT_FALSE(poison_detector.ended({.by_peer = true, .oldest = over_it ? first : Suspect{}}, trial.now));
        }
    }
}

}  // namespace
}  // namespace wsmq::test
