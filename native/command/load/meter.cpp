#include "load/meter.hpp"

namespace wsmq::command {

Meter::Meter(const Crowd& crowd, pid_t broker)
    : crowd_{crowd},
      broker_{broker},
      start_{LoadClock::now()},
      own_{own_usage()},
      of_broker_{broker == 0 ? std::nullopt : usage_of(broker)},
      traffic_{crowd.traffic()} {}

Json Meter::read() const {
    const auto traffic = crowd_.traffic();
    const auto count = crowd_.members().size();
    Json read{{"seconds", std::chrono::duration<double>(LoadClock::now() - start_).count()},
              {"received_bytes_each", (traffic.received - traffic_.received) / count},
              {"sent_bytes_each", (traffic.sent - traffic_.sent) / count},
              {"cpu_seconds", own_usage().processor_seconds - own_.processor_seconds}};
    const auto of_broker = of_broker_ ? usage_of(broker_) : std::nullopt;
    if (of_broker) read["broker_cpu_seconds"] = of_broker->processor_seconds - of_broker_->processor_seconds;
    return read;
}

Json milliseconds_of(const Latencies& latencies) {
    if (latencies.count() == 0) return nullptr;
    const auto at = [&](double share) { return static_cast<double>(latencies.percentile(share)) / 1e6; };
    return {{"p50", at(0.5)},
            {"p95", at(0.95)},
            {"p99", at(0.99)},
            {"maximum", static_cast<double>(latencies.maximum()) / 1e6}};
}

}  // namespace wsmq::command
