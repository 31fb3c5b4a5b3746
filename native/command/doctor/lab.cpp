#include "doctor/lab.hpp"

#include <algorithm>
#include <utility>

#include "doctor/explanation.hpp"

namespace wsmq::command {

namespace {

bool is_not_offered(const native::ErrorCode& error) {
    return error == Errc::not_supported || error == ReasonCode::retain_not_supported ||
           error == ReasonCode::qos_not_supported || error == ReasonCode::shared_subscriptions_not_supported ||
           error == ReasonCode::subscription_identifiers_not_supported ||
           error == ReasonCode::wildcard_subscriptions_not_supported;
}

}  // namespace

Arrival::Arrival(Checkup& checkup) : checkup_{checkup}, state_{std::make_shared<State>(checkup.io())} {}

void Arrival::receive(const Message& message) const {
    if (state_->message) return;
    state_->message.emplace(message);
    state_->timer.cancel();
}

net::awaitable<std::optional<native::Message>> Arrival::within(Duration limit) const {
    const auto state = state_;
    if (!state->message) {
        state->timer.expires_after(limit);
        co_await checkup_.wait(state->timer);
    }
    co_return state->message;
}

void Lab::give_up(const std::string& what, const Ended<native::Answer>& ended) const {
    if (is_not_offered(ended.error)) throw NotOffered{"The broker does not offer it."};
    if (ended.error.category() != reason_category())
        throw Unanswered{"No answer to " + what + ": " + ended.error.message() + '.'};
    throw Unanswered{"The broker refused " + what + ": " +
                     explanation(static_cast<ReasonCode>(ended.error.value()), ended.result.reason_string()) +
                     " This account cannot use " + prefix_ + "#: give a topic that it can use (--topic)."};
}

net::awaitable<std::unique_ptr<Connection>> Lab::another(Will will, std::uint32_t session_expiry) {
    auto options = checkup_.unnamed_options(version_);
    options.connect.will = std::move(will);
    options.connect.session_expiry_interval = session_expiry;
    auto result = co_await attempt(checkup_, url_, options);
    if (!result.connection)
        throw Unanswered{"A second connection was not possible. " + explanation(result, url_, options)};
    const std::string topic = new_topic();
    const auto echo = co_await main_.publish(topic, "", {.qos = Qos::at_least_once});
    is_displaced_ = echo.error && !main_.is_alive();
    check_not_displaced();
    co_return std::move(result.connection);
}

void Lab::check_not_displaced() const {
    if (is_displaced_)
        throw Unanswered{
            "It needs two connections, and the broker gives this account one: the second ended the first."};
}

net::awaitable<void> Lab::publish(std::string_view topic, std::string_view payload, PublishOptions options) {
    options.qos = std::min(options.qos, main_.client().negotiated().maximum_qos);
    const auto ended = co_await main_.publish(topic, payload, options);
    if (ended.error) give_up("the message to " + std::string{topic}, ended);
}

net::awaitable<Arrival> Lab::subscribe(std::string_view filter) {
    const Arrival arrival{checkup_};
    const Subscription subscription{.topic_filter = filter, .qos = Qos::exactly_once};
    // Named, because GCC 12 destroys what stands within co_await once too often.
    native::Client::MessageHandler receive = [arrival](const Message& message) { arrival.receive(message); };
    const auto ended = co_await main_.subscribe(subscription, std::move(receive));
    if (ended.error) give_up("the subscription to " + std::string{filter}, ended);
    co_return arrival;
}

net::awaitable<std::optional<native::Message>> Lab::echo(std::string_view filter_prefix, Qos qos) {
    const std::string topic = new_topic();
    const std::string filter = std::string{filter_prefix} + topic;
    const auto arrival = co_await subscribe(filter);
    co_await publish(topic, "x", {.qos = qos});
    co_return co_await arrival.within(patience);
}

Kept::~Kept() {
    if (lab_.main().is_alive())
        (void)lab_.main().client().publish(topic_, "", {.qos = Qos::at_least_once, .retain = true});
}

net::awaitable<void> Kept::publish(std::uint32_t expiry) {
    PropertyWriter properties;
    if (expiry != 0) properties.integer(PropertyId::message_expiry_interval, expiry);
    const PublishOptions options{.qos = Qos::at_least_once, .retain = true, .encoded_properties = properties.bytes()};
    co_await lab_.publish(topic_, "kept", options);
}

}  // namespace wsmq::command
