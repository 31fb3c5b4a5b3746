#include "service/trial.hpp"

#include "service/record.hpp"

namespace wsmq::patterns {

namespace {

/// Within this time a broker has sent on what it was sent.
constexpr Duration trial_time{2'000};

}  // namespace

std::string Trial::filter() const {
    return "$share/" + options_.service + '/' + context_.topics.record(options_.service, options_.instance);
}

bool Trial::subscribe(Operation operation) {
    const auto text = filter();
    wanted_ = context_.port.subscribe({&text, 1}, operation, context_.now) == Error::none;
    return wanted_;
}

void Trial::begin() {
    wanted_ = false;
    ends_ = context_.now + trial_time;
    (void)context_.port.publish(context_.topics.record(options_.service, options_.instance),
                                Record::offline(options_.service, options_.instance), {.content_type = json_type}, {},
                                context_.now);
}

void Trial::end() {
    wanted_ = false;
    ends_.reset();
    (void)context_.port.unsubscribe(filter(), context_.now);
}

void Trial::handle_disconnected() noexcept {
    if (ends_) wanted_ = true;
    ends_.reset();
}

}  // namespace wsmq::patterns
