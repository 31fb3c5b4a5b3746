#include "session.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>

namespace wsmq::command {

ExitCode exit_code_of(const native::ErrorCode& error, ExitCode otherwise) {
    const bool refused = error.category() == reason_category() || error == Errc::connection_refused;
    return refused ? ExitCode::refused : otherwise;
}

std::string explain(const native::ErrorCode& error, std::string_view detail) {
    std::string text = error.message();
    if (!detail.empty() && detail != text) text.append(" (").append(detail).append(")");
    return text + '.';
}

ExitCode run_loop(net::io_context& io, net::awaitable<ExitCode> work, const std::function<void()>& interrupted,
                  const std::function<void()>& killed) {
    net::signal_set signals{io, SIGINT, SIGTERM};
    signals.async_wait([&](const native::ErrorCode& error, int) {
        if (error) return;
        signals.async_wait([&](const native::ErrorCode& second, int number) {
            if (second) return;
            if (killed) killed();
            std::_Exit(128 + number);
        });
        interrupted();
    });
    std::optional<ExitCode> code;
    std::exception_ptr thrown;
    net::co_spawn(io, std::move(work), [&](std::exception_ptr exception, ExitCode result) {
        thrown = std::move(exception);
        code = result;
        signals.cancel();
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
    if (ending_) return;
    const std::string text = explain(event.error, event.reason_string.empty() ? event.detail : event.reason_string);
    report_.debug(event.reconnecting ? text + " Next attempt in " + std::to_string(event.retry_in.count()) + " ms."
                                     : text);
    if (event.reconnecting || !connected_ || !on_lost) return;
    on_lost(CommandError{exit_code_of(event.error, ExitCode::connection_lost), "The connection was lost: " + text});
}

Session::Session(net::io_context& io, const ConnectionArguments::Resolved& resolved, const Report& report)
    : report_{report}, client_{io.get_executor(), resolved.urls, resolved.client} {
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
    throw CommandError{exit_code_of(error, ExitCode::not_connected),
                       "Not connected: " + explain(error, said.empty() ? std::string_view{answer.detail} : said)};
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
