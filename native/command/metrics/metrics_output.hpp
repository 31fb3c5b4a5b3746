// The file of metrics that a command keeps while it runs.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "arguments/metrics_arguments.hpp"
#include "report.hpp"
#include "wsmq/native/metrics_file.hpp"

namespace wsmq::command {

class MetricsOutput {
public:
    /// `text` makes its content. The report outlives it.
    MetricsOutput(boost::asio::any_io_executor, const MetricsArguments&, const Report&,
                  std::function<std::string()> text);

    /// Writes it for the first time. Throws UsageError where that is not possible; later it is a warning.
    void start();
    /// For the last time.
    void finish();

private:
    const Report& report_;
    std::string path_;
    std::optional<native::MetricsFile> file_;
};

}  // namespace wsmq::command
