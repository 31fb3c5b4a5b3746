#include "metrics/metrics_output.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "exit_code.hpp"

namespace wsmq::command {

namespace {

using boost::asio::ip::tcp;

/// Nothing where it is no [ADDRESS:]PORT.
std::optional<tcp::endpoint> endpoint_of(std::string_view text) {
    const auto colon = text.rfind(':');
    const auto digits = colon == std::string_view::npos ? text : text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) return std::nullopt;
    if (colon == std::string_view::npos) return tcp::endpoint{boost::asio::ip::address_v4::loopback(), port};
    auto address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    boost::system::error_code unknown;
    const auto parsed = boost::asio::ip::make_address(std::string{address}, unknown);
    return unknown ? std::nullopt : std::optional{tcp::endpoint{parsed, port}};
}

}  // namespace

MetricsOutput::MetricsOutput(boost::asio::any_io_executor executor, const MetricsArguments& arguments,
                             const Report& report, std::function<std::string()> text)
    : report_{report}, path_{arguments.file}, address_{arguments.listen} {
    if (!address_.empty()) endpoint_.emplace(executor, text);
    if (path_.empty()) return;
    const std::chrono::milliseconds interval{static_cast<std::int64_t>(arguments.interval * 1000)};
    file_.emplace(std::move(executor), path_, interval, std::move(text));
    file_->on_error([this](const boost::system::error_code& error) {
        report_.warn(path_ + " could not be written: " + error.message() + '.');
    });
}

void MetricsOutput::start() {
    if (endpoint_) listen();
    if (!file_) return;
    if (const auto error = file_->start())
        throw UsageError{path_ + " of --metrics-file cannot be written: " + error.message() + '.'};
}

void MetricsOutput::listen() {
    const auto endpoint = endpoint_of(address_);
    if (!endpoint) throw UsageError{"--metrics-listen takes PORT or ADDRESS:PORT, and not " + address_ + '.'};
    if (const auto error = endpoint_->listen(*endpoint))
        throw UsageError{address_ + " of --metrics-listen cannot be listened at: " + error.message() + '.'};
}

void MetricsOutput::finish() {
    if (endpoint_) endpoint_->close();
    if (file_) (void)file_->stop();
}

}  // namespace wsmq::command
