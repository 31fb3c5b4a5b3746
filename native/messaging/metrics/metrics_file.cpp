#include "wsmq/native/metrics_file.hpp"

#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <utility>

#include "wsmq/native/prometheus.hpp"
#include "wsmq/native/service.hpp"

namespace wsmq::native {

struct MetricsFile::Impl : std::enable_shared_from_this<Impl> {
    Impl(const boost::asio::any_io_executor& executor, std::string file, std::chrono::milliseconds time,
         std::function<std::string()> make)
        : path{std::move(file)}, interval{time}, text{std::move(make)}, timer{executor} {}

    [[nodiscard]] ErrorCode write() const;
    void write_later();

    std::string path;
    std::chrono::milliseconds interval;
    std::function<std::string()> text;
    std::function<void(ErrorCode)> on_error;
    boost::asio::steady_timer timer;
    bool is_started = false;
    bool has_failed = false;  ///< the last time
};

MetricsFile::ErrorCode MetricsFile::Impl::write() const {
    const auto next = path + ".new";
    errno = 0;
    std::ofstream file{next, std::ios::trunc};
    file << text();
    file.close();
    if (file && std::rename(next.c_str(), path.c_str()) == 0) return {};
    return {errno != 0 ? errno : EIO, boost::system::system_category()};
}

void MetricsFile::Impl::write_later() {
    timer.expires_after(interval);
    timer.async_wait([weak = weak_from_this()](const ErrorCode& cancelled) {
        const auto self = weak.lock();
        if (cancelled || !self || !self->is_started) return;
        const auto error = self->write();
        self->write_later();
        const bool is_news = error && !self->has_failed;
        self->has_failed = error.failed();
        const auto handler = self->on_error;  // it may destroy the file
        if (is_news && handler) handler(error);
    });
}

MetricsFile::MetricsFile(const Service& service, std::string path, std::chrono::milliseconds interval)
    : MetricsFile{service.get_executor(), std::move(path), interval,
                  [&service] { return prometheus_text(service.metrics()); }} {}

MetricsFile::MetricsFile(boost::asio::any_io_executor executor, std::string path, std::chrono::milliseconds interval,
                         std::function<std::string()> text)
    : impl_{std::make_shared<Impl>(std::move(executor), std::move(path), interval, std::move(text))} {}

MetricsFile::~MetricsFile() { (void)stop(); }

void MetricsFile::on_error(std::function<void(ErrorCode)> handler) { impl_->on_error = std::move(handler); }

MetricsFile::ErrorCode MetricsFile::start() {
    impl_->is_started = true;
    const auto error = impl_->write();
    impl_->has_failed = error.failed();
    impl_->write_later();
    return error;
}

MetricsFile::ErrorCode MetricsFile::stop() {
    if (!std::exchange(impl_->is_started, false)) return {};
    impl_->timer.cancel();
    return impl_->write();
}

}  // namespace wsmq::native
