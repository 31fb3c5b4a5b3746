#include "doctor/checkup.hpp"

#include <unistd.h>

#include "session.hpp"

namespace wsmq::command {

namespace {

/// Beyond the limit of each step, so that it is known which one took too long.
constexpr Duration grace{500};
constexpr std::chrono::seconds farewell{3};

class Registered {
public:
    Registered(std::set<net::steady_timer*>& all, net::steady_timer& timer) : all_{all}, timer_{timer} {
        all_.insert(&timer_);
    }
    ~Registered() { all_.erase(&timer_); }
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;

private:
    std::set<net::steady_timer*>& all_;
    net::steady_timer& timer_;
};

}  // namespace

Checkup::Checkup(net::io_context& io, const native::ClientOptions& options, const Report& report, Duration limit)
    : io_{io}, options_{with_packets(options, report)}, limit_{limit}, gone_{io, net::steady_timer::time_point::max()} {
    options_.connect.connect_timeout = limit + grace;
    options_.connect.reconnect.enabled = false;
    auto& limits = options_.transport.limits;
    limits.resolve = limits.connect = limits.proxy = limits.tls = limits.upgrade = limit;
}

native::ClientOptions Checkup::options(Version version) const {
    auto options = options_;
    options.connect.version = version;
    return options;
}

native::ClientOptions Checkup::unnamed_options(Version version) const {
    auto options = this->options(version);
    options.connect.client_id.clear();
    return options;
}

std::string Checkup::new_client_id() { return "wsmq-" + std::to_string(getpid()) + '-' + std::to_string(++names_); }

net::awaitable<void> Checkup::wait(net::steady_timer& timer) {
    if (is_stopped_) throw Stopped{};
    {
        const Registered registered{waiting_, timer};
        native::ErrorCode cancelled;
        co_await timer.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
    if (is_stopped_) throw Stopped{};
}

net::awaitable<void> Checkup::sleep(Duration duration) {
    net::steady_timer timer{io_, duration};
    co_await wait(timer);
}

net::awaitable<std::vector<bool>> Checkup::all(std::vector<net::awaitable<bool>> works) {
    std::vector<bool> results(works.size());
    std::exception_ptr thrown;
    std::size_t running = works.size();
    net::steady_timer ended{io_, net::steady_timer::time_point::max()};
    for (std::size_t i = 0; i < works.size(); ++i) {
        net::co_spawn(io_, std::move(works[i]), [&, i](std::exception_ptr exception, bool result) {
            if (exception) thrown = exception;
            results[i] = result;
            if (--running == 0) ended.cancel();
        });
    }
    while (running > 0) {
        native::ErrorCode cancelled;
        co_await ended.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
    if (thrown) std::rethrow_exception(thrown);
    co_return results;
}

void Checkup::stop() {
    is_stopped_ = true;
    for (auto* const timer : waiting_) timer->cancel();
}

void Checkup::disconnect(std::shared_ptr<native::Client> client) {
    ++leaving_;
    auto& leaver = *client;
    leaver.async_disconnect([this, client = std::move(client)](native::ErrorCode) {
        --leaving_;
        gone_.cancel();
    });
}

net::awaitable<void> Checkup::all_gone() {
    const auto end = net::steady_timer::clock_type::now() + farewell;
    while (leaving_ > 0 && net::steady_timer::clock_type::now() < end) {
        gone_.expires_at(end);
        native::ErrorCode cancelled;
        co_await gone_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
}

}  // namespace wsmq::command
