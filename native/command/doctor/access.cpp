#include "doctor/access.hpp"

#include "doctor/lab.hpp"

namespace wsmq::command {

namespace {

using Action = Trial::Action;
using Status = Finding::Status;

/// Some brokers answer what they forbid by closing the connection, so that each trial has one of its own. Throws
/// Unanswered where there is none.
net::awaitable<bool> may(Checkup& checkup, const native::Url& url, Version version, const Trial& trial) {
    const auto options = checkup.options(version);
    auto result = co_await attempt(checkup, url, options);
    // Once more: a broker may not be done with the connection before, which had the same client identifier.
    if (!result.connection) result = co_await attempt(checkup, url, options);
    if (!result.connection) throw Unanswered{explanation(result, url, options)};
    Ended<native::Answer> ended;
    if (trial.action == Action::publish) {
        ended = co_await result.connection->publish(trial.topic, "", {.qos = Qos::at_least_once});
    } else {
        const Subscription subscription{
            .topic_filter = trial.topic, .qos = Qos::at_least_once, .retain_handling = RetainHandling::do_not_send};
        native::Client::MessageHandler ignore = [](const Message&) {};
        ended = co_await result.connection->subscribe(subscription, std::move(ignore));
    }
    result.connection.reset();
    co_await checkup.all_gone();  // the next one has the same client identifier
    co_return !ended.error;
}

std::string sentence_of(const Trial& trial, const Holder& holder) {
    const std::string what = (trial.action == Action::publish ? "publish " : "subscribe ") + trial.topic;
    if (!trial.is_allowed) return "This account can " + what + ", which it must not: the access rules are too wide.";
    return "This account cannot " + what + ", which every " + name_of(holder.role) +
           " needs: add it to the access rules.";
}

/// The findings of each trial, and how many could not be judged.
net::awaitable<std::size_t> try_all(Checkup& checkup, const native::Url& url, Version version, const Holder& holder,
                                    const std::vector<Trial>& trials, Diagnosis& diagnosis) {
    std::size_t untold = 0;
    for (const Trial& trial : trials) {
        bool answer = co_await may(checkup, url, version, trial);
        // Once more: a connection may also end because the one before had the same identifier.
        if (!answer && trial.is_allowed) answer = co_await may(checkup, url, version, trial);
        if (answer == trial.is_allowed) continue;
        if (answer && trial.action == Action::publish && version != Version::v5) {
            ++untold;
        } else {
            diagnosis.add("access", Status::error, sentence_of(trial, holder));
        }
    }
    co_return untold;
}

}  // namespace

net::awaitable<void> try_rules(Checkup& checkup, const native::Url& url, Version version, const Holder& holder,
                               Diagnosis& diagnosis) {
    const auto trials = trials_of(holder);
    Diagnosis own;
    std::size_t untold = 0;
    try {
        untold = co_await try_all(checkup, url, version, holder, trials, own);
    } catch (const Unanswered& why) {
        own.add("access", Status::error, why.what());
    }
    if (untold > 0)
        own.add("access", Status::skipped,
                "Below MQTT 5 a broker does not say whether it refused a publication: " + std::to_string(untold) +
                    " were not judged.");
    if (!own.has(Status::error))
        own.add("access", Status::ok,
                "The access rules are those of the convention, as far as " + holder.name + " can tell (" +
                    std::to_string(trials.size() - untold) + " trials).");
    for (auto& each : own.findings) diagnosis.findings.push_back(std::move(each));
}

}  // namespace wsmq::command
