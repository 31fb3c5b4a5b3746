// A file that is written anew every few seconds, for the textfile collector of Prometheus' node exporter.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "report.hpp"

namespace wsmq::command {

class MetricsFile {
public:
    /// `text` makes its content. Nothing is written where `path` is empty. The report outlives it.
    MetricsFile(boost::asio::io_context&, std::string path, double seconds, const Report&,
                std::function<std::string()> text);

    /// Writes it for the first time. Throws UsageError where that is not possible.
    void start();
    /// For the last time.
    void finish();

private:
    /// Readers see the former content or the new one, never a part. False: errno says why.
    [[nodiscard]] bool write();
    void write_later();

    std::string path_;
    std::chrono::milliseconds interval_;
    const Report& report_;
    std::function<std::string()> text_;
    boost::asio::steady_timer timer_;
    bool has_failed_ = false;  ///< the last time
};

}  // namespace wsmq::command
