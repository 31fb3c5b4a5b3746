#include "doctor/probes.hpp"

#include "wsmq/property.hpp"

namespace wsmq::command {

namespace {

using Answer = net::awaitable<bool>;

Answer exactly_once(Lab& lab) {
    const Qos most = lab.main().client().negotiated().maximum_qos;
    const auto message = co_await lab.echo({}, most);
    co_return message && message->qos == Qos::exactly_once;
}

Answer retained_to(Lab& lab, std::string_view filter_end) {
    const std::string topic = lab.new_topic();
    Kept kept{lab, topic + "/kept"};
    co_await kept.publish();
    const std::string filter = topic + std::string{filter_end};
    const auto arrival = co_await lab.subscribe(filter);
    const auto message = co_await arrival.within(Lab::patience);
    co_return message.has_value();
}

Answer retained(Lab& lab) { return retained_to(lab, "/kept"); }
Answer retained_wildcard(Lab& lab) { return retained_to(lab, "/+"); }

Answer shared_subscriptions(Lab& lab) {
    const auto message = co_await lab.echo("$share/doctor/");
    co_return message.has_value();
}

Answer subscription_identifiers(Lab& lab) {
    const auto message = co_await lab.echo();
    co_return message && message->properties().integer(PropertyId::subscription_identifier).has_value();
}

/// Of a retained message: there at first, and gone after its time.
Answer message_expiry(Lab& lab) {
    constexpr std::uint32_t expiry = 1;  // seconds
    constexpr Duration past_it{2'500};   // brokers count in whole seconds
    constexpr Duration at_once{500};
    const std::string topic = lab.new_topic();
    Kept kept{lab, topic + "/kept"};
    co_await kept.publish(expiry);
    const auto subscription = co_await lab.subscribe(kept.topic());
    const auto at_first = co_await subscription.within(at_once);
    if (!at_first) throw Unanswered{"Retained messages do not arrive, with which it would be tried."};
    co_await lab.checkup().sleep(past_it);
    const std::string filter = topic + "/+";
    const auto other_subscription = co_await lab.subscribe(filter);
    const auto later = co_await other_subscription.within(at_once);
    co_return !later.has_value();
}

/// `delay`: seconds.
Will will_to(const std::string& topic, std::uint32_t delay = 0) {
    PropertyWriter properties;
    if (delay != 0) properties.integer(PropertyId::will_delay_interval, delay);
    const Bytes block = properties.bytes();
    return {.topic = topic,
            .payload = {'x'},
            .qos = Qos::at_least_once,
            .encoded_properties = {block.begin(), block.end()}};
}

Answer will(Lab& lab) {
    const std::string topic = lab.new_topic();
    const auto arrival = co_await lab.subscribe(topic);
    Will will = will_to(topic);
    const auto other = co_await lab.another(std::move(will), 0);
    other->drop();
    const auto message = co_await arrival.within(Lab::patience);
    co_return message.has_value();
}

Answer will_delay(Lab& lab) {
    constexpr std::uint32_t delay = 1;            // seconds
    constexpr std::uint32_t session_expiry = 30;  // seconds; where the session ends, the will is published at once
    constexpr std::chrono::milliseconds nearly{750};
    const std::string topic = lab.new_topic();
    const auto arrival = co_await lab.subscribe(topic);
    Will will = will_to(topic, delay);
    const auto other = co_await lab.another(std::move(will), session_expiry);
    const auto before = std::chrono::steady_clock::now();
    other->drop();
    const auto message = co_await arrival.within(Lab::patience);
    co_return message&& std::chrono::steady_clock::now() - before > nearly;
}

/// A question, with what "no" means for the user.
struct Probe {
    std::string_view check;
    Version since;
    std::string_view yes;
    std::string_view no;
    Answer (*ask)(Lab&);
};

constexpr Probe probes[] = {
    {"exactly-once", Version::v3_1, "Messages are delivered at QoS 2.",
     "Messages published at QoS 2 arrive with a lower QoS: count on at least once.", exactly_once},
    {"retained", Version::v3_1, "Retained messages are kept.",
     "Retained messages are not delivered: presence and devices cannot be seen by newcomers. Enable them on the "
     "broker.",
     retained},
    {"retained-wildcard", Version::v3_1, "Wildcard filters get retained messages.",
     "Wildcard filters get no retained messages: webapps find one another by roll calls, which costs traffic (see "
     "docs/brokers.md).",
     retained_wildcard},
    {"message-expiry", Version::v5, "Messages expire.",
     "The Message Expiry Interval is not kept: records of who is gone stay.", message_expiry},
    {"shared-subscriptions", Version::v3_1, "Shared subscriptions work: instances of a service share its requests.",
     "Shared subscriptions do not work: start services with shares off, so that their instances agree who answers.",
     shared_subscriptions},
    {"subscription-identifiers", Version::v5, "Subscription identifiers work.",
     "The broker has no subscription identifiers: where filters overlap, handlers may hear copies.",
     subscription_identifiers},
    {"will", Version::v3_1, "Last wills are published.",
     "Last wills are not published: who vanishes stays online for the others.", will},
    {"will-delay", Version::v5, "The will delay is kept: a reload passes unseen.",
     "The will delay is not kept: a page that reloads is gone for a moment.", will_delay},
};

}  // namespace

net::awaitable<void> probe_all(Lab& lab, Diagnosis& diagnosis) {
    using Status = Finding::Status;
    for (const Probe& probe : probes) {
        if (lab.version() < probe.since) continue;
        try {
            lab.check_not_displaced();
            if (!lab.main().is_alive()) {
                diagnosis.add("connection", Status::error,
                              "The broker ended the connection while it was measured: look into its log.");
                co_return;
            }
            const bool answer = co_await probe.ask(lab);
            diagnosis.add(probe.check, answer ? Status::ok : Status::warning,
                          std::string{answer ? probe.yes : probe.no});
        } catch (const NotOffered&) {
            diagnosis.add(probe.check, Status::warning, std::string{probe.no});
        } catch (const Unanswered& why) {
            diagnosis.add(probe.check, Status::skipped, why.what());
        }
    }
}

}  // namespace wsmq::command
