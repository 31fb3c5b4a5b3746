#include "service/sharing_probe.hpp"

#include "service/record.hpp"

namespace wsmq::patterns {

namespace {

/// Within this time a broker has sent on what it was sent.
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
    ends_ = context_.now + probe_time;
    (void)context_.broker.publish(context_.topics.record(options_.service, options_.instance),
                                  Record::offline(options_.service, options_.instance), {.content_type = json_type}, {},
                                  context_.now);
}

void SharingProbe::end() {
    wanted_ = false;
    ends_.reset();
    (void)context_.broker.unsubscribe(filter(), context_.now);
}

void SharingProbe::handle_disconnected() noexcept {
    if (ends_) wanted_ = true;
    ends_.reset();
}

}  // namespace wsmq::patterns
