#include "service/sharing_probe.hpp"

#include "service/record.hpp"

namespace wsmq::messaging {

namespace {

/// A broker delivers a message within this time.
constexpr Duration probe_time{2'000};

}  // namespace

std::string SharingProbe::filter() const {
    return "$share/" + options_.service + '/' + context_.topics.record(options_.service, options_.instance);
}

bool SharingProbe::subscribe(Operation operation) {
    const auto text = filter();
    wanted_ = context_.broker.subscribe({&text, 1}, operation, context_.now) == Error::none;
    return wanted_;
}

void SharingProbe::begin() {
    wanted_ = false;
    context_.timers.set(Timer::sharing_probe, context_.now + probe_time);
    (void)context_.broker.publish(context_.topics.record(options_.service, options_.instance),
                                  Record::offline(options_.service, options_.instance), {.content_type = json_type}, {},
                                  context_.now);
}

void SharingProbe::end() {
    wanted_ = false;
    context_.timers.stop(Timer::sharing_probe);
    (void)context_.broker.unsubscribe(filter(), context_.now);
}

void SharingProbe::handle_disconnected() noexcept {
    wanted_ |= is_running();
    context_.timers.stop(Timer::sharing_probe);
}

}  // namespace wsmq::messaging
