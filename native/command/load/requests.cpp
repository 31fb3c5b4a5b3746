#include "load/requests.hpp"

#include "load/meter.hpp"

namespace wsmq::command {

net::awaitable<void> RequestPhase::run() {
    const auto workers = std::min<std::uint64_t>(window_, wanted());
    std::uint64_t working = workers;
    net::steady_timer done{io_, net::steady_timer::time_point::max()};
    for (std::uint64_t i = 0; i < workers; ++i) {
        net::co_spawn(io_, ask_in_turn(), [&](const std::exception_ptr&) {
            if (--working == 0) done.cancel();
        });
    }
    while (working > 0) {
        native::ErrorCode cancelled;
        co_await done.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
}

net::awaitable<void> RequestPhase::ask_in_turn() {
    auto& members = crowd_.members();
    while (next_ < wanted() && !crowd_.has_ended()) {
        const auto number = next_++;
        auto& app = *members[number % members.size()].app;
        const auto service = crowd_.service_name(number % arguments_.services);
        const auto params = '[' + std::to_string(number) + ']';
        const auto start = LoadClock::now();
        native::ErrorCode error;
        const auto reply = co_await app.async_request_text(native::Target::service(service), "echo", params, {}, {},
                                                           net::redirect_error(net::use_awaitable, error));
        if (!error && reply.result == params) {
            latencies_.add(static_cast<std::uint64_t>((LoadClock::now() - start).count()));
            continue;
        }
        if (++failed_ == 1) problem_ = error ? explain(error, reply.message) : "The answer is another request's.";
    }
}

void RequestPhase::add_to(Json& result) const {
    result["answered"] = latencies_.count();
    result["failed"] = failed_;
    result["per_second"] = static_cast<double>(latencies_.count()) / result["seconds"].get<double>();
    result["milliseconds"] = milliseconds_of(latencies_);
}

}  // namespace wsmq::command
