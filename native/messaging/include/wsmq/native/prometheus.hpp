// Metrics in the text format of Prometheus (text exposition format 0.0.4).
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "wsmq/export.hpp"
#include "wsmq/native/metrics.hpp"

namespace wsmq::native {

/// Names and values. The names are [a-zA-Z_][a-zA-Z0-9_]*, or what takes them throws std::invalid_argument; the values
/// are any UTF-8, and are escaped.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class WSMQ_EXPORT PrometheusText {
public:
    /// `labels`: of every sample.
    explicit PrometheusText(const MetricLabels& labels = {});

    /// Begins a metric, whose samples follow.
    PrometheusText& counter(std::string_view name, std::string_view help) { return begin(name, help, "counter"); }
    PrometheusText& gauge(std::string_view name, std::string_view help) { return begin(name, help, "gauge"); }
    PrometheusText& histogram(std::string_view name, std::string_view help) { return begin(name, help, "histogram"); }

    /// Of any arithmetic type; whole numbers above 2^53 lose digits.
    template <class Number>
    requires std::is_arithmetic_v<Number> PrometheusText& sample(Number value, const MetricLabels& labels = {}) {
        return add(static_cast<double>(value), labels);
    }
    /// Of a histogram.
    PrometheusText& sample(const Durations&, const MetricLabels& labels = {});

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    PrometheusText& add(double value, const MetricLabels& labels);
    PrometheusText& begin(std::string_view name, std::string_view help, std::string_view type);
    void line(std::string_view suffix, const MetricLabels& labels, std::string_view bound, double value);

    std::string labels_;
    std::string name_;
    std::string text_;
};

/// All of a service. `labels`: further ones, of every sample, beside `service` and `instance`; not `method`, `reason`
/// and `le`, which some samples have.
[[nodiscard]] WSMQ_EXPORT std::string prometheus_text(const ServiceMetrics&, MetricLabels labels = {});

}  // namespace wsmq::native
