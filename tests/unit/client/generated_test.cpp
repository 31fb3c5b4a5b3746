// Properties that hold for every sequence of publishes, losses and reconnections: generated ones, from
// seeds that a failure prints. A model broker holds the client to the protocol's rules meanwhile.
#include "gtest/gtest.h"
#include "support/story.hpp"

namespace wsmq::test {
namespace {

/// The first time that each came.
std::vector<std::string> first_deliveries(const std::vector<std::string>& arrived) {
    std::vector<std::string> out;
    std::set<std::string> seen;
    for (const std::string& one : arrived) {
        if (seen.insert(one).second) out.push_back(one);
    }
    return out;
}

void expect_rules_kept(Story& story) {
    for (const std::string& what : story.link().violations()) ADD_FAILURE() << "client: " << what;
    for (const std::string& what : story.link().broker().violations()) ADD_FAILURE() << "at the broker: " << what;
}

void expect_each_operation_ends_once(Story& story) {
    const auto& endings = story.link().endings();
    for (const OperationId id : story.operations()) {
        const auto found = endings.find(id);
        if (found == endings.end()) {
            ADD_FAILURE() << "never ended: " << id;
            continue;
        }
        EXPECT_EQ(found->second.times, 1) << id;
        EXPECT_TRUE(found->second.completed) << id << " " << found->second.error;
    }
    EXPECT_EQ(story.link().client().unfinished_messages(), 0u);
    EXPECT_EQ(story.link().client().unfinished_bytes(), 0u);
}

void expect_subscribed(Story& story) {
    std::set<std::string> found;
    for (const auto& [filter, qos] : story.link().broker().subscriptions()) found.insert(filter);
    EXPECT_EQ(found, story.wanted_filters());
}

void expect_exact_delivery(Story& story) {
    EXPECT_EQ(first_deliveries(story.link().broker().arrived(qos1)), story.published(qos1));
    EXPECT_EQ(story.link().broker().arrived(qos2), story.published(qos2));
    EXPECT_EQ(first_deliveries(story.link().received(qos1)), story.broker_published(qos1));
    EXPECT_EQ(story.link().received(qos2), story.broker_published(qos2));
}

void expect_at_least_once(Story& story) {
    for (const Qos qos : {qos1, qos2}) {
        const auto& arrived = story.link().broker().arrived(qos);
        const std::set<std::string> there(arrived.begin(), arrived.end());
        for (const std::string& one : story.published(qos)) EXPECT_TRUE(there.contains(one)) << "lost: " << one;
    }
}

/// Runs one scenario for many seeds, and stops at the first that fails.
template <class Check> void for_seeds(const Scenario& scenario, std::uint32_t runs, Check check) {
    for (std::uint32_t seed = 1; seed <= runs && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Story story{scenario, seed};
        story.play();
        expect_rules_kept(story);
        check(story);
    }
}

class Generated : public testing::TestWithParam<Version> {};

TEST_P(Generated, ASessionThatPersistsDeliversExactly) {
    for_seeds({.version = GetParam()}, 2000, [](Story& story) {
        expect_exact_delivery(story);
        expect_each_operation_ends_once(story);
        expect_subscribed(story);
    });
}

TEST_P(Generated, AReplacedConnectionLosesNothingAndDoublesNothing) {
    for_seeds({.version = GetParam(), .is_replaced = true}, 2000, [](Story& story) {
        for (const Qos qos : {qos1, qos2}) {
            EXPECT_EQ(story.link().broker().arrived(qos), story.published(qos));
            EXPECT_EQ(story.link().received(qos), story.broker_published(qos));
        }
        expect_each_operation_ends_once(story);
        expect_subscribed(story);
    });
}

TEST_P(Generated, ASessionThatIsLostDeliversAtLeastOnce) {
    for_seeds({.version = GetParam(), .broker_forgets = true}, 1500, [](Story& story) {
        expect_at_least_once(story);
        expect_each_operation_ends_once(story);
        expect_subscribed(story);
    });
}

TEST_P(Generated, WithoutASessionTooEverythingArrives) {
    for_seeds({.version = GetParam(), .session_persists = false}, 1500, [](Story& story) {
        expect_at_least_once(story);
        expect_each_operation_ends_once(story);
        expect_subscribed(story);
    });
}

TEST_P(Generated, AClientThatIsRestartedDeliversExactly) {
    for_seeds({.version = GetParam(), .client_restarts = true}, 1500, [](Story& story) {
        EXPECT_EQ(first_deliveries(story.link().broker().arrived(qos1)), story.published(qos1));
        EXPECT_EQ(story.link().broker().arrived(qos2), story.published(qos2));
        EXPECT_EQ(story.link().client().unfinished_messages(), 0u);
    });
}

TEST_P(Generated, WhateverEverybodyDoesEachOperationEndsOnce) {
    const Scenario scenario{.version = GetParam(), .broker_forgets = true, .everybody_meddles = true, .steps = 120};
    for_seeds(scenario, 1500, [](Story& story) {
        story.link().client().stop(story.link().now());
        story.link().settle();
        const auto& endings = story.link().endings();
        for (const OperationId id : story.operations()) {
            EXPECT_TRUE(endings.contains(id) && endings.at(id).times == 1) << id;
        }
        for (const auto& [id, ending] : endings) EXPECT_EQ(ending.times, 1) << id;
    });
}

TEST_P(Generated, LongRunsToo) {
    for_seeds({.version = GetParam(), .steps = 2000}, 20, [](Story& story) {
        expect_exact_delivery(story);
        expect_each_operation_ends_once(story);
        expect_subscribed(story);
    });
}

TEST_P(Generated, NothingSoundIsGivenUpWhereverTheConnectionBreaks) {
    for (const bool persists : {true, false}) {
        const Scenario scenario{
            .version = GetParam(), .session_persists = persists, .cuts_follow_sends = true, .steps = 400};
        for_seeds(scenario, 500, [](Story& story) {
            expect_at_least_once(story);
            expect_each_operation_ends_once(story);
            expect_subscribed(story);
        });
    }
}

TEST_P(Generated, PoisonIsGivenUpAndBlocksNothing) {
    for (const bool persists : {true, false}) {
        const Scenario scenario{.version = GetParam(), .session_persists = persists, .has_poison = true};
        for_seeds(scenario, 300, [](Story& story) {
            expect_at_least_once(story);
            expect_each_operation_ends_once(story);
            expect_subscribed(story);
            for (const OperationId id : story.poisons()) {
                const auto& ending = story.link().endings().at(id);
                EXPECT_EQ(ending.times, 1) << id;
                EXPECT_TRUE(ending.error == Errc::broker_closed || ending.reason == ReasonCode::malformed_packet) << id;
            }
        });
    }
}

INSTANTIATE_TEST_SUITE_P(Versions, Generated, testing::Values(Version::v3_1, Version::v3_1_1, Version::v5));

}  // namespace
}  // namespace wsmq::test
