// Properties that hold for every sequence of publishes, losses and reconnections: generated ones, from
// seeds that a failure prints. A model broker holds the client to the protocol's rules meanwhile.
#include <algorithm>
#include <random>

#include "gtest/gtest.h"
#include "support/link.hpp"

namespace wsmq::test {
namespace {

/// std::mt19937 is the same everywhere; the standard's distributions are not.
class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_{seed} {}
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }
    bool once_in(std::uint32_t times) { return below(times) == 0; }
    Qos qos() { return static_cast<Qos>(below(3)); }

private:
    std::mt19937 engine_;
};

struct Scenario {
    Version version = Version::v5;
    bool session_persists = true;
    bool broker_forgets = false;   ///< now and then, between connections
    bool client_restarts = false;  ///< now and then, with its store
    int steps = 60;
};

/// Everything that one run published, subscribed and expects.
class Story {
public:
    Story(const Scenario& scenario, std::uint32_t seed)
        : scenario_{scenario}, dice_{seed}, options_{options()}, link_{options_, limits()} {
        start();
    }

    void play() {
        for (int i = 0; i < scenario_.steps; ++i) step();
        EXPECT_TRUE(link_.run()) << "it never comes to rest";
    }

    Link& link() { return link_; }
    /// Payloads that the client published, and the broker, in their order by QoS.
    const std::vector<std::string>& published(Qos qos) const { return published_[static_cast<std::size_t>(qos)]; }
    const std::vector<std::string>& broker_published(Qos qos) const {
        return broker_published_[static_cast<std::size_t>(qos)];
    }
    const std::vector<OperationId>& operations() const { return operations_; }
    const std::set<std::string>& wanted_filters() const { return wanted_filters_; }

private:
    ConnectOptions options() {
        ConnectOptions options;
        options.client_id = "me";
        options.version = scenario_.version;
        options.clean_start = !scenario_.session_persists;
        options.session_expiry_interval = scenario_.session_persists ? 3600 : 0;
        options.receive_maximum = static_cast<std::uint16_t>(1 + dice_.below(5));
        options.topic_alias_maximum = static_cast<std::uint16_t>(dice_.below(3));
        options.outgoing_topic_alias_maximum = static_cast<std::uint16_t>(dice_.below(4));
        options.reconnect.retry_first_connection = true;
        options.random_seed = dice_.below(1000);
        options.store = scenario_.client_restarts ? &store_ : nullptr;
        return options;
    }
    BrokerLimits limits() {
        if (scenario_.version != Version::v5) return {};
        return {.receive_maximum = static_cast<std::uint16_t>(1 + dice_.below(5)),
                .maximum_packet_size = dice_.once_in(3) ? 60 : codec::maximum_packet_size_possible,
                .topic_alias_maximum = static_cast<std::uint16_t>(dice_.below(4))};
    }

    void start() {
        EXPECT_EQ(link_.client().start(link_.now()), Errc::none);
        link_.settle();
        subscribe("in/#");
        EXPECT_TRUE(link_.run());
    }

    void step() {
        switch (dice_.below(16)) {
            case 0:
            case 1:
            case 2:
            case 3: return publish();
            case 4:
            case 5: return broker_publish();
            case 6:
            case 7:
            case 8: return link_.to_broker(1 + dice_.below(3));
            case 9:
            case 10:
            case 11: return link_.to_client(1 + dice_.below(40));
            case 12: return cut();
            case 13: return link_.tick();
            case 14: return change_subscriptions();
            default: return open_if_wanted();
        }
    }

    void open_if_wanted() {
        if (!link_.is_connected() && dice_.below(3) != 0) (void)link_.open();
        if (scenario_.client_restarts && dice_.once_in(8)) restart();
    }

    void publish() {
        const Qos qos = dice_.qos();
        const std::string payload = std::to_string(++last_payload_);
        const std::string topic = "out/" + std::to_string(dice_.below(4));
        const auto result = link_.client().publish(topic, bytes_of(payload), {.qos = qos}, link_.now());
        ASSERT_TRUE(result) << describe(result.error());
        if (qos != Qos::at_most_once) operations_.push_back(*result);
        published_[static_cast<std::size_t>(qos)].push_back(payload);
        // Often several leave in one write.
        if (dice_.below(3) != 0) link_.settle();
    }

    void broker_publish() {
        const Qos qos = dice_.qos();
        const std::string payload = std::to_string(++last_payload_);
        link_.broker().publish("in/" + std::to_string(dice_.below(3)), payload, qos);
        broker_published_[static_cast<std::size_t>(qos)].push_back(payload);
    }

    void cut() {
        link_.cut();
        if (scenario_.broker_forgets && dice_.once_in(2)) link_.broker().lose_session();
    }

    void restart() {
        link_.cut();
        link_.replace_client(options_);
        // What was asked of the old client ends with it.
        operations_.clear();
        EXPECT_EQ(link_.client().start(link_.now()), Errc::none);
        link_.settle();
    }

    void change_subscriptions() {
        const std::string filter = "extra/" + std::to_string(dice_.below(3));
        dice_.once_in(2) ? subscribe(filter) : unsubscribe(filter);
    }

    void subscribe(const std::string& filter) {
        const Subscription one{.topic_filter = filter, .qos = Qos::exactly_once};
        const auto result = link_.client().subscribe({&one, 1}, {}, link_.now());
        ASSERT_TRUE(result);
        operations_.push_back(*result);
        wanted_filters_.insert(filter);
        link_.settle();
    }

    void unsubscribe(const std::string& filter) {
        const std::string_view one = filter;
        const auto result = link_.client().unsubscribe({&one, 1}, {}, link_.now());
        ASSERT_TRUE(result);
        operations_.push_back(*result);
        wanted_filters_.erase(filter);
        link_.settle();
    }

    Scenario scenario_;
    Dice dice_;
    MemoryStore store_;
    ConnectOptions options_;
    Link link_;
    int last_payload_ = 0;
    std::array<std::vector<std::string>, 3> published_;
    std::array<std::vector<std::string>, 3> broker_published_;
    std::vector<OperationId> operations_;
    std::set<std::string> wanted_filters_;
};

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

TEST_P(Generated, LongRunsToo) {
    for_seeds({.version = GetParam(), .steps = 2000}, 20, [](Story& story) {
        expect_exact_delivery(story);
        expect_each_operation_ends_once(story);
        expect_subscribed(story);
    });
}

INSTANTIATE_TEST_SUITE_P(Versions, Generated, testing::Values(Version::v3_1, Version::v3_1_1, Version::v5));

}  // namespace
}  // namespace wsmq::test
