#include "records/watch_loop.hpp"

#include <boost/asio/post.hpp>

namespace wsmq::command {

WatchLoop::WatchLoop(const WatchArguments& arguments, const std::string& filter)
    : arguments_{arguments},
      report_{arguments.connection},
      session_{io_, arguments.connection.resolve(), report_},
      watch_{io_, session_, arguments.root + filter} {
    check_root(arguments.root);
    watch_.parse = [this](auto topic, auto payload) { return parse(topic, payload); };
    watch_.on_change = [this](auto change, const auto& topic, const auto& value) { changed(change, topic, value); };
    session_.on_lost = [this](const CommandError& error) {
        lost_ = error;
        end(error.code());
    };
}

ExitCode WatchLoop::run() {
    return run_loop(io_, work(), [this] { end(ExitCode::success); });
}

net::awaitable<ExitCode> WatchLoop::work() {
    if (arguments_.timeout) {
        limit_.expires_after(std::chrono::microseconds{static_cast<std::int64_t>(*arguments_.timeout * 1e6)});
        limit_.async_wait([this](const native::ErrorCode& error) {
            if (!error) end(ExitCode::timed_out);
        });
    }
    if (co_await session_.connect()) co_await watch_.subscribe();
    if (!code_) {
        report_.debug("Subscribed to the records.");
        subscribed();
        if (ends_when_settled()) {
            co_await watch_.settle(std::chrono::duration<double>{arguments_.settle});
            if (!code_) end(settled());
        }
    }
    while (!code_) {
        native::ErrorCode cancelled;
        co_await ended_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
    flush();
    if (lost_) throw CommandError{*lost_};
    co_await session_.disconnect();
    co_return unwritten_ ? ExitCode::failed : *code_;
}

void WatchLoop::print(const std::string& line) {
    text_ += output_.shown(line, "");
    text_ += '\n';
    if (std::exchange(flush_waits_, true)) return;
    net::post(io_, [this] { flush(); });
}

void WatchLoop::flush() {
    flush_waits_ = false;
    const bool written = output_.write(text_);
    text_.clear();
    if (written || std::exchange(unwritten_, true)) return;
    report_.warn("Standard output could not be written.");
    end(ExitCode::failed);
}

void WatchLoop::end(ExitCode code) {
    if (code_) return;
    code_ = code;
    limit_.cancel();
    ended_.cancel();
    watch_.stop();
    if (!session_.client().is_connected()) session_.give_up();
}

}  // namespace wsmq::command
