#include "wsmq/native/prometheus.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace wsmq::native {

namespace {

/// In HELP lines quotes stand for themselves.
void append_escaped(std::string& out, std::string_view text, bool is_quoted) {
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || (c == '"' && is_quoted)) out += '\\';
        out += c;
    }
}

bool is_label_name(std::string_view name) {
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return !name.empty() && is_letter(name[0]) &&
           std::ranges::all_of(name, [&](char c) { return is_letter(c) || is_digit(c); });
}

void append_labels(std::string& out, const MetricLabels& labels) {
    for (const auto& [name, value] : labels) {
        if (!is_label_name(name)) throw std::invalid_argument{'"' + name + "\" is no name of a label"};
        if (!out.empty() && out.back() != '{') out += ',';
        out += name;
        out += "=\"";
        append_escaped(out, value, true);
        out += '"';
    }
}

/// The shortest text that reads back as the same number.
std::string text_of(double number) {
    constexpr double most_exact = 1e15;
    if (number >= 0 && number < most_exact && number == std::floor(number))
        return std::to_string(static_cast<std::uint64_t>(number));
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return {digits, end};
}

double number_of(std::uint64_t count) { return static_cast<double>(count); }

/// What no method is named.
constexpr auto any_method = "*";

MetricLabels of_method(const ServiceMetrics::Method& method) {
    return {{"method", method.name.empty() ? any_method : method.name}};
}

void write_methods(PrometheusText& text, const ServiceMetrics& service) {
    using Count = std::uint64_t MethodMetrics::*;
    const auto write_counts = [&](Count count) {
        for (const auto& method : service.methods) text.sample(method.metrics.*count, of_method(method));
    };
    text.counter("wsmq_requests_total", "Requests that were delivered, by method; * is any other.");
    write_counts(&MethodMetrics::requests);
    text.counter("wsmq_notifications_total", "Notifications that were delivered.");
    write_counts(&MethodMetrics::notifications);
    text.counter("wsmq_errors_total", "Requests that were answered with an error.");
    write_counts(&MethodMetrics::errors);
    text.histogram("wsmq_duration_seconds", "From the arrival of a request until it was answered or ended.");
    for (const auto& method : service.methods) text.sample(method.metrics.durations, of_method(method));
}

void write_calls(PrometheusText& text, const messaging::CallCounts& calls) {
    text.counter("wsmq_refused_total", "Requests that were refused before they were delivered.")
        .sample(calls.overloaded, {{"reason", "overloaded"}})
        .sample(calls.unknown_methods, {{"reason", "unknown_method"}})
        .sample(calls.invalid, {{"reason", "invalid"}});
    text.counter("wsmq_duplicates_total", "Requests that came again and were answered from memory.")
        .sample(calls.duplicates);
    text.counter("wsmq_cancelled_total", "Requests that their callers cancelled, and streams that nobody took.")
        .sample(calls.cancelled);
    text.counter("wsmq_expired_total", "Requests that expired unanswered.").sample(calls.expired);
    text.counter("wsmq_dropped_total", "Notifications for which there was no room.").sample(calls.dropped);
}

void write_state(PrometheusText& text, const ServiceMetrics& service) {
    text.gauge("wsmq_open_requests", "Requests and notifications that are worked on.").sample(service.open);
    text.gauge("wsmq_waiting_requests", "Requests and notifications that wait for their turn.").sample(service.waiting);
    text.gauge("wsmq_open_streams", "Open requests that have sent items.").sample(service.streams);
    text.gauge("wsmq_outgoing_messages", "Messages that are unsent or unacknowledged.").sample(service.outgoing);
    text.gauge("wsmq_outgoing_bytes", "Their bytes in memory.").sample(service.outgoing_bytes);
    text.gauge("wsmq_connected", "1 while it is connected and can be reached.").sample(service.is_joined ? 1 : 0);
    text.counter("wsmq_reconnections_total", "Times that it joined again.").sample(service.reconnections);
    text.counter("wsmq_received_bytes_total", "Bytes of MQTT from the broker.").sample(service.traffic.received);
    text.counter("wsmq_sent_bytes_total", "Bytes of MQTT to the broker.").sample(service.traffic.sent);
}

}  // namespace

PrometheusText::PrometheusText(const MetricLabels& labels) { append_labels(labels_, labels); }

PrometheusText& PrometheusText::begin(std::string_view name, std::string_view help, std::string_view type) {
    name_ = name;
    text_ += "# HELP " + name_ + ' ';
    append_escaped(text_, help, false);
    text_ += "\n# TYPE " + name_ + ' ';
    text_ += type;
    text_ += '\n';
    return *this;
}

void PrometheusText::line(std::string_view suffix, const MetricLabels& labels, std::string_view bound, double value) {
    std::string all{labels_};
    append_labels(all, labels);
    if (!bound.empty()) append_labels(all, {{"le", std::string{bound}}});
    text_ += name_;
    text_ += suffix;
    if (!all.empty()) text_ += '{' + all + '}';
    text_ += ' ' + text_of(value) + '\n';
}

PrometheusText& PrometheusText::add(double value, const MetricLabels& labels) {
    line({}, labels, {}, value);
    return *this;
}

PrometheusText& PrometheusText::sample(const Durations& durations, const MetricLabels& labels) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < Durations::bounds.size(); ++i) {
        count += durations.in_bucket(i);
        line("_bucket", labels, text_of(Durations::bounds[i]), number_of(count));
    }
    count += durations.in_bucket(Durations::bounds.size());
    line("_bucket", labels, "+Inf", number_of(count));
    line("_sum", labels, {}, durations.sum());
    line("_count", labels, {}, number_of(count));
    return *this;
}

std::string prometheus_text(const ServiceMetrics& service, MetricLabels labels) {
    for (const auto& [name, value] : labels) {
        for (const auto* own : {"service", "instance", "method", "reason", "le"}) {
            if (name == own) throw std::invalid_argument{"The label \"" + name + "\" is the service's own"};
        }
    }
    labels.emplace(labels.begin(), "instance", service.instance);
    labels.emplace(labels.begin(), "service", service.service);
    PrometheusText text{labels};
    write_methods(text, service);
    write_calls(text, service.calls);
    write_state(text, service);
    return text.text();
}

}  // namespace wsmq::native
