// Metrics in the text format of Prometheus.
#pragma once
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>

#include "metrics/durations.hpp"

namespace wsmq::command {

class MetricsText {
public:
    /// `labels`: of each metric, as name="value",...; the values need no escaping.
    explicit MetricsText(std::string labels) : labels_{std::move(labels)} {}

    void counter(std::string_view name, std::string_view help, std::uint64_t value);
    void gauge(std::string_view name, std::string_view help, std::uint64_t value);
    void histogram(std::string_view name, std::string_view help, const Durations&);
    [[nodiscard]] std::string take() const { return text_.str(); }

private:
    void head(std::string_view name, std::string_view help, std::string_view type);

    std::string labels_;
    std::ostringstream text_;
};

}  // namespace wsmq::command
