// A file of metrics that is written anew every few seconds, for the textfile collector of Prometheus' node_exporter.
//
//     wsmq::native::MetricsFile metrics{orders, "/var/lib/node_exporter/orders.prom"};
//     if (const auto error = metrics.start()) std::cerr << error.message() << '\n';    // and tries again
//
// Not thread-safe: use it on the executor. It is written on the executor, too: a few kilobytes that are not synced.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "wsmq/export.hpp"

namespace wsmq::native {

class Service;

class WSMQ_EXPORT MetricsFile {
public:
    using ErrorCode = boost::system::error_code;
    static constexpr std::chrono::milliseconds usual_interval{15'000};

    /// With prometheus_text() of a service, which outlives it.
    MetricsFile(const Service&, std::string path, std::chrono::milliseconds interval = usual_interval);
    /// `text` makes the content.
    MetricsFile(boost::asio::any_io_executor, std::string path, std::chrono::milliseconds interval,
                std::function<std::string()> text);
    /// As stop().
    ~MetricsFile();
    MetricsFile(const MetricsFile&) = delete;
    MetricsFile& operator=(const MetricsFile&) = delete;

    /// Called where the file cannot be written any more, once until it can be written again.
    void on_error(std::function<void(ErrorCode)>);

    /// Writes it now, and from now on at each interval, also after an error. Returns why it could not be written.
    /// Readers see the former content or the new one, never a part: it is written beside, as `path`.new, and renamed.
    ErrorCode start();
    /// Writes it for the last time, where it was started. Returns why it could not be written.
    ErrorCode stop();

private:
    struct WSMQ_HIDDEN Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace wsmq::native
