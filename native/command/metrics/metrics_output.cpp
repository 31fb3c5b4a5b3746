#include "metrics/metrics_output.hpp"

#include "exit_code.hpp"

namespace wsmq::command {

MetricsOutput::MetricsOutput(boost::asio::any_io_executor executor, const MetricsArguments& arguments,
                             const Report& report, std::function<std::string()> text)
    : report_{report}, path_{arguments.file} {
    if (path_.empty()) return;
    const std::chrono::milliseconds interval{static_cast<std::int64_t>(arguments.interval * 1000)};
    file_.emplace(std::move(executor), path_, interval, std::move(text));
    file_->on_error([this](const boost::system::error_code& error) {
        report_.warn(path_ + " could not be written: " + error.message() + '.');
    });
}

void MetricsOutput::start() {
    if (!file_) return;
    if (const auto error = file_->start())
        throw UsageError{path_ + " of --metrics-file cannot be written: " + error.message() + '.'};
}

void MetricsOutput::finish() {
    if (file_) (void)file_->stop();
}

}  // namespace wsmq::command
