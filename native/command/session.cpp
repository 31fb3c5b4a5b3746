#include "session.hpp"

#include <cstdlib>
#include <exception>

#include "process/interrupts.hpp"
#include "wsmq/native/transport_error.hpp"

namespace wsmq::command {

namespace {

ExitCode exit_code_of(const native::ErrorCode& error) {
    if (error.category() == reason_category()) return ExitCode::refused;
    if (error == native::TransportError::invalid_options) return ExitCode::usage;
    if (error.category() != error_category()) return ExitCode::not_connected;
    switch (static_cast<Errc>(error.value())) {
        case Errc::connection_refused:
        case Errc::authentication_failed: return ExitCode::refused;
        case Errc::invalid_topic:
        case Errc::invalid_utf8:
        case Errc::invalid_character:
        case Errc::invalid_property:
        case Errc::invalid_argument:
        case Errc::not_supported: return ExitCode::usage;
        case Errc::taken_over:
        case Errc::disconnected_by_broker: return ExitCode::connection_lost;
        default: return ExitCode::not_connected;
    }
}

}  // namespace

CommandError not_connected(const native::ErrorCode& error, std::string_view detail) {
    const ExitCode code = exit_code_of(error);
    const std::string who = code == ExitCode::refused ? "The broker refused: " : "";
    return {code, "Not connected: " + who + explain(error, detail)};
}

std::string explain(const native::ErrorCode& error, std::string_view detail) {
    std::string text = error.message();
    if (!detail.empty() && detail != text) text.append(" (").append(detail).append(")");
    return text + '.';
}

native::ClientOptions with_packets(native::ClientOptions options, const Report& report) {
    if (!report.is_debugging()) return options;
    options.log_level = native::LogLevel::debug;
    options.log = [&report](native::LogLevel level, std::string_view line) {
        // The rest is reported in the command's own words.
        if (level == native::LogLevel::debug) report.debug(std::string{line} + '.');
    };
    return options;
}

ExitCode run_loop(net::io_context& io, net::awaitable<ExitCode> work, const std::function<void()>& interrupted,
                  const std::function<void()>& killed) {
    const Interrupts interrupts{io, [&, is_first = true](int number) mutable {
                                    if (std::exchange(is_first, false)) return interrupted();
                                    if (killed) killed();
                                    std::_Exit(128 + number);
                                }};
    std::optional<ExitCode> code;
    std::exception_ptr thrown;
    net::co_spawn(io, std::move(work), [&](std::exception_ptr exception, ExitCode result) {
        thrown = std::move(exception);
        code = result;
        io.stop();
    });
    io.run();
    if (thrown) std::rethrow_exception(thrown);
    return code.value_or(ExitCode::failed);
}

void ConnectionLog::connected(const std::string& text) {
    connected_ = true;
    report_.debug(text);
}

void ConnectionLog::disconnected(const native::Disconnection& event) {
    was_accepted_ = event.was_connected;
    was_lost_ = event.was_connected && event.why != Errc::none;
    if (ending_) return;
    std::string text = explain(event.error, event.reason_string.empty() ? event.detail : event.reason_string);
    const auto end = [&](const std::string& why) {
        ending_ = true;
        if (on_lost) on_lost(CommandError{ExitCode::connection_lost, why + ": " + text});
    };
    if (!event.reconnecting) {
        report_.debug(text);
        return connected_ ? end("The connection was lost") : void();
    }
    if (event.was_connected && on_loss) on_loss();
    if (event.was_connected && maximum_losses_ > 0 && ++losses_ >= maximum_losses_)
        return end("The connection was lost " + std::to_string(losses_) + " times in a row without progress");
    const std::string next = " Next attempt in " + std::to_string(event.retry_in.count()) + " ms.";
    if (!event.was_connected) return report_.debug(text + next);
    report_.warn("The connection was lost: " + text + next);
}

TimeLimit::TimeLimit(net::io_context& io, const std::optional<double>& seconds) : timer_{io} {
    if (seconds) end_ = Clock::now() + std::chrono::microseconds{static_cast<std::int64_t>(*seconds * 1e6)};
}

void TimeLimit::start(std::function<void()> over) {
    if (!end_) return;
    timer_.expires_at(*end_);
    timer_.async_wait([over = std::move(over)](const native::ErrorCode& error) {
        if (!error) over();
    });
}

CommandError timed_out() { return {ExitCode::timed_out, "Timed out."}; }

Session::Session(net::io_context& io, const ConnectionArguments::Resolved& resolved, const Report& report,
                 std::uint32_t maximum_losses)
    : report_{report},
      log_{report, maximum_losses},
      client_{io.get_executor(), resolved.urls, with_packets(resolved.client, report_)} {
    watch();
}

void Session::watch() {
    client_.on_connected([this](const Connected& event) {
        log_.connected(std::string{event.reconnected ? "Connected again" : "Connected"} + " as \"" +
                       std::string{client_.client_id()} + (event.session_present ? "\", with its session." : "\"."));
        if (event.reconnected && on_connected_again) on_connected_again();
    });
    log_.on_lost = [this](const CommandError& error) {
        if (on_lost) on_lost(error);
    };
    log_.on_loss = [this] {
        if (on_loss) on_loss();
    };
    client_.on_disconnected([this](const native::Disconnection& event) { log_.disconnected(event); });
    client_.on_subscription_lost([this](const SubscriptionLost& event) {
        report_.warn("The broker refused to renew the subscription to " + std::string{event.topic_filter} + ": " +
                     std::string{describe(event.reason)} + '.');
    });
}

net::awaitable<bool> Session::connect() {
    native::ErrorCode error;
    const auto answer = co_await client_.async_connect(net::redirect_error(net::use_awaitable, error));
    if (!error) co_return true;
    if (log_.is_ending()) co_return false;
    const std::string_view said = answer.reason_string();
    throw not_connected(error, said.empty() ? std::string_view{answer.detail} : said);
}

net::awaitable<void> Session::disconnect() {
    log_.end();
    native::ErrorCode error;  // it ends all the same
    co_await client_.async_disconnect(net::redirect_error(net::use_awaitable, error));
}

void Session::give_up() {
    log_.end();
    client_.async_disconnect([](const native::ErrorCode&) {});  // its end is that of the operations
}

net::awaitable<void> Window::acquire() {
    while (room_ == 0) co_await change();
    --room_;
}

void Window::release() {
    ++room_;
    changed_.cancel();
}

net::awaitable<void> Window::empty() {
    while (room_ < size_) co_await change();
}

net::awaitable<void> Window::change() {
    native::ErrorCode cancelled;
    co_await changed_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
}

}  // namespace wsmq::command
