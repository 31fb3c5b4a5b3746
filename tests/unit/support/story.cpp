#include "support/story.hpp"

#include "gtest/gtest.h"

namespace wsmq::test {

Story::Story(const Scenario& scenario, std::uint32_t seed)
    : scenario_{scenario}, dice_{seed}, options_{make_options()}, link_{options_, make_limits()} {
    start();
    subscribe("in/#");
    EXPECT_TRUE(link_.run());
}

ConnectOptions Story::make_options() {
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
    if (scenario_.everybody_meddles) {
        options.queue_maximum_messages = dice_.below(6);
        options.output_high_water = 100;
    }
    return options;
}

BrokerLimits Story::make_limits() {
    if (scenario_.version != Version::v5) return {};
    return {.receive_maximum = static_cast<std::uint16_t>(1 + dice_.below(5)),
            .maximum_packet_size = dice_.once_in(3) ? 60 : limits::largest_packet,
            .topic_alias_maximum = static_cast<std::uint16_t>(dice_.below(4)),
            .refuses = scenario_.everybody_meddles,
            .says_why = dice_.once_in(2)};
}

void Story::start() {
    EXPECT_EQ(link_.client().start(link_.now()), Errc::none);
    link_.settle();
}

void Story::play() {
    if (scenario_.cuts_follow_sends) {
        storm();
    } else {
        for (int i = 0; i < scenario_.steps; ++i) step();
    }
    link_.client().transport_backlog(0, link_.now());
    start();
    EXPECT_TRUE(link_.run()) << "it never comes to rest";
}

void Story::storm() {
    const std::uint32_t odds = 1 + dice_.below(19);  // in twenty, that a send is followed by a cut
    for (int i = 0; i < scenario_.steps; ++i) {
        if (dice_.once_in(30)) publish();
        const std::size_t before = link_.sends();
        if (!link_.advance()) publish();
        if (link_.sends() == before || dice_.below(20) >= odds) continue;
        if (dice_.once_in(2)) link_.to_broker(SIZE_MAX);  // which the answer does not survive
        cut();
    }
    // Behind whatever is still sent one by one, renewals too.
    const auto last = link_.client().publish("out/0", bytes_of("last"), {.qos = qos1}, link_.now());
    operations_.push_back(*last);
    published_[index(qos1)].push_back("last");
}

void Story::step() {
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
        case 12: return scenario_.is_replaced ? replace_connection() : cut();
        case 13: return scenario_.is_replaced ? link_.to_broker(1) : link_.tick();
        case 14: return scenario_.everybody_meddles ? meddle() : change_subscriptions();
        default: return open_or_restart();
    }
}

void Story::open_or_restart() {
    if (!link_.is_connected() && dice_.below(3) != 0) (void)link_.open();
    if (scenario_.client_restarts && dice_.once_in(8)) restart();
}

void Story::publish() {
    PublishOptions options{.qos = static_cast<Qos>(dice_.below(3))};
    if (scenario_.everybody_meddles) options.when_blocked = static_cast<WhenBlocked>(dice_.below(4));
    const bool is_poison = scenario_.has_poison && options.qos != Qos::at_most_once && dice_.once_in(6);
    const std::string payload = (is_poison ? "poison " : "") + std::to_string(++last_payload_);
    const std::string topic = "out/" + std::to_string(dice_.below(4));
    const auto result = link_.client().publish(topic, bytes_of(payload), options, link_.now());
    if (result) {
        if (is_poison) {
            poisons_.insert(*result);
        } else {
            if (options.qos != Qos::at_most_once) operations_.push_back(*result);
            published_[index(options.qos)].push_back(payload);
        }
    } else if (!scenario_.everybody_meddles) {
        ADD_FAILURE() << "refused: " << describe(result.error());
    }
    // Often several leave in one write.
    if (dice_.below(3) != 0) link_.settle();
}

void Story::broker_publish() {
    const auto qos = static_cast<Qos>(dice_.below(3));
    const std::string payload = std::to_string(++last_payload_);
    link_.broker().publish("in/" + std::to_string(dice_.below(3)), payload, qos);
    broker_published_[index(qos)].push_back(payload);
}

void Story::cut() {
    link_.cut();
    if (scenario_.broker_forgets && dice_.once_in(2)) link_.broker().lose_session();
}

void Story::restart() {
    link_.cut();
    link_.replace_client(options_);
    // What was asked of the old client ends with it.
    operations_.clear();
    start();
}

void Story::change_subscriptions() {
    const std::string filter = "extra/" + std::to_string(dice_.below(3));
    dice_.once_in(2) ? subscribe(filter) : unsubscribe(filter);
}

void Story::subscribe(const std::string& filter) {
    const Subscription one{.topic_filter = filter, .qos = Qos::exactly_once};
    const auto result = link_.client().subscribe({&one, 1}, {}, link_.now());
    if (result) operations_.push_back(*result);
    EXPECT_TRUE(result || scenario_.everybody_meddles);
    wanted_filters_.insert(filter);
    link_.settle();
}

void Story::unsubscribe(const std::string& filter) {
    const std::string_view one = filter;
    const auto result = link_.client().unsubscribe({&one, 1}, {}, link_.now());
    if (result) operations_.push_back(*result);
    EXPECT_TRUE(result || scenario_.everybody_meddles);
    wanted_filters_.erase(filter);
    link_.settle();
}

void Story::meddle() {
    Client& client = link_.client();
    switch (dice_.below(7)) {
        case 0:
            if (!operations_.empty()) {
                client.cancel(operations_[dice_.below(static_cast<std::uint32_t>(operations_.size()))]);
            }
            return link_.settle();
        case 1: client.stop(link_.now()); return link_.settle();
        case 2: return start();
        case 3: client.handle_wake_up(link_.now()); return link_.settle();
        case 4: client.transport_backlog(dice_.below(200), link_.now()); return link_.settle();
        case 5: return replace_connection();
        default: return change_subscriptions();
    }
}

void Story::replace_connection() {
    link_.client().reconnect(link_.now());
    link_.settle();
}

}  // namespace wsmq::test
