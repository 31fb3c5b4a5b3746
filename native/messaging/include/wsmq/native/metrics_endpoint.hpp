// Metrics over HTTP, for Prometheus to scrape: GET /metrics, and nothing else.
//
//     wsmq::native::MetricsEndpoint metrics{orders};
//     if (const auto error = metrics.listen({boost::asio::ip::address_v4::loopback(), 9464})) std::cerr <<
//     error.message();
//
// There is neither TLS nor a password: listen on loopback, or where only Prometheus reaches it. A client that is slow,
// or sends more than a request, is disconnected; 8 are served at a time, and others wait. Not thread-safe: use it on
// the executor.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "wsmq/export.hpp"

namespace wsmq::native {

class Service;

class WSMQ_EXPORT MetricsEndpoint {
public:
    using ErrorCode = boost::system::error_code;
    /// For a request and its answer.
    static constexpr std::chrono::milliseconds usual_patience{10'000};

    /// With prometheus_text() of a service, which outlives it.
    explicit MetricsEndpoint(const Service&);
    /// `text` makes the content, at each request.
    MetricsEndpoint(boost::asio::any_io_executor, std::function<std::string()> text,
                    std::chrono::milliseconds patience = usual_patience);
    /// As close().
    ~MetricsEndpoint();
    MetricsEndpoint(const MetricsEndpoint&) = delete;
    MetricsEndpoint& operator=(const MetricsEndpoint&) = delete;

    /// Once. Port 0: a free one. Returns why it cannot.
    ErrorCode listen(const boost::asio::ip::tcp::endpoint&);
    /// 0 unless it listens.
    [[nodiscard]] std::uint16_t port() const;
    /// Ends all connections; `text` is not called any more.
    void close();

private:
    struct WSMQ_HIDDEN Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace wsmq::native
