// The metrics of a command while it runs: a file that it keeps, and an address where they can be had.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "arguments/metrics_arguments.hpp"
#include "report.hpp"
#include "wsmq/native/metrics_endpoint.hpp"
#include "wsmq/native/metrics_file.hpp"

namespace wsmq::command {

class MetricsOutput {
public:
    /// `text` makes its content. The report outlives it.
    MetricsOutput(boost::asio::any_io_executor, const MetricsArguments&, const Report&,
                  std::function<std::string()> text);

    /// Listens, and writes the file for the first time. Throws UsageError where that is not possible; later it is a
    /// warning.
    void start();
    /// Writes the file for the last time.
    void finish();

private:
    void listen();

    const Report& report_;
    std::string path_;
    std::string address_;
    std::optional<native::MetricsFile> file_;
    std::optional<native::MetricsEndpoint> endpoint_;
};

}  // namespace wsmq::command
