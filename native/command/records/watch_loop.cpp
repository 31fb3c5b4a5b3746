#include "records/watch_loop.hpp"

namespace wsmq::command {

WatchLoop::WatchLoop(const WatchArguments& arguments, const std::string& filter)
    : arguments_{arguments},
      report_{arguments.connection},
      session_{io_, arguments.connection.resolve_without_topic(), report_, arguments.connection.maximum_losses},
      watch_{io_, session_, arguments.root + filter},
      limit_{io_, arguments.timeout} {
    check_root(arguments.root);
    watch_.parse = [this](auto topic, auto payload) { return parse(topic, payload); };
    watch_.on_change = [this](auto change, const auto& topic, const auto& value) { changed(change, topic, value); };
    session_.on_lost = printer_.on_failed = [this](const CommandError& error) {
        failure_ = error;
        end(error.code());
    };
}

ExitCode WatchLoop::run() {
    return run_loop(io_, work(), [this] {
        printer_.output().hurry();
        end(ExitCode::success);
    });
}

net::awaitable<ExitCode> WatchLoop::work() {
    limit_.start([this] { end(ExitCode::timed_out); });
    if (limit_.end()) printer_.output().limit(*limit_.end());
    if (co_await session_.connect()) co_await watch_.subscribe();
    is_set_up_ = true;
    session_.settled();
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
    printer_.finish();
    co_await session_.disconnect();
    if (failure_) throw CommandError{*failure_};
    if (code_ == ExitCode::timed_out) throw timed_out();
    co_return *code_;
}

void WatchLoop::print(const std::string& line) {
    printer_.text() += printer_.output().shown(line, "");
    printer_.text() += '\n';
    printer_.flush_soon();
}

void WatchLoop::end(ExitCode code) {
    if (code_) return;
    code_ = code;
    limit_.cancel();
    ended_.cancel();
    watch_.stop();
    if (!is_set_up_) session_.give_up();
}

}  // namespace wsmq::command
