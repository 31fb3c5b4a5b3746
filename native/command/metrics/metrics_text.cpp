#include "metrics/metrics_text.hpp"

namespace wsmq::command {

void MetricsText::head(std::string_view name, std::string_view help, std::string_view type) {
    text_ << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
}

void MetricsText::counter(std::string_view name, std::string_view help, std::uint64_t value) {
    head(name, help, "counter");
    text_ << name << '{' << labels_ << "} " << value << '\n';
}

void MetricsText::gauge(std::string_view name, std::string_view help, std::uint64_t value) {
    head(name, help, "gauge");
    text_ << name << '{' << labels_ << "} " << value << '\n';
}

void MetricsText::histogram(std::string_view name, std::string_view help, const Durations& durations) {
    head(name, help, "histogram");
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < Durations::bounds.size(); ++i) {
        count += durations.in_bucket(i);
        text_ << name << "_bucket{" << labels_ << ",le=\"" << Durations::bounds[i] << "\"} " << count << '\n';
    }
    count += durations.in_bucket(Durations::bounds.size());
    text_ << name << "_bucket{" << labels_ << ",le=\"+Inf\"} " << count << '\n';
    text_ << name << "_sum{" << labels_ << "} " << durations.sum() << '\n';
    text_ << name << "_count{" << labels_ << "} " << count << '\n';
}

}  // namespace wsmq::command
