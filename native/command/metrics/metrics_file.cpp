#include "metrics/metrics_file.hpp"

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

#include "exit_code.hpp"

namespace wsmq::command {

MetricsFile::MetricsFile(boost::asio::io_context& io, std::string path, double seconds, const Report& report,
                         std::function<std::string()> text)
    : path_{std::move(path)},
      interval_{static_cast<std::int64_t>(seconds * 1000)},
      report_{report},
      text_{std::move(text)},
      timer_{io} {}

void MetricsFile::start() {
    if (path_.empty()) return;
    if (!write())
        throw UsageError{path_ + " of --metrics-file cannot be written: " + std::generic_category().message(errno) +
                         '.'};
    write_later();
}

void MetricsFile::finish() {
    timer_.cancel();
    if (!path_.empty()) (void)write();
}

bool MetricsFile::write() {
    const auto next = path_ + ".new";
    errno = 0;
    std::ofstream file{next, std::ios::trunc};
    file << text_();
    file.close();
    return file && std::rename(next.c_str(), path_.c_str()) == 0;
}

void MetricsFile::write_later() {
    timer_.expires_after(interval_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        const bool failed = !write();
        if (failed && !has_failed_)
            report_.warn(path_ + " could not be written: " + std::generic_category().message(errno) + '.');
        has_failed_ = failed;
        write_later();
    });
}

}  // namespace wsmq::command
