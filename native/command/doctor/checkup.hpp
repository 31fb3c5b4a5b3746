// What all checks of the doctor share: the loop, how to connect, the time limit, and the end by Ctrl-C.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "arguments/connection_arguments.hpp"
#include "coroutine.hpp"
#include "report.hpp"
#include "wsmq/native/client.hpp"

namespace wsmq::command {

namespace net = boost::asio;

/// Thrown by every wait once the checkup was stopped.
class Stopped : public std::exception {};

/// How an operation ended; with net::error::timed_out where no answer came within the limit.
template <class Result> struct Ended {
    native::ErrorCode error;
    Result result{};
};

class Checkup {
public:
    /// `limit`: for each attempt to connect, and for each answer.
    Checkup(net::io_context&, const native::ClientOptions&, const Report&, Duration limit);

    [[nodiscard]] net::io_context& io() noexcept { return io_; }
    [[nodiscard]] Duration limit() const noexcept { return limit_; }
    /// From the beginning of an attempt until CONNACK.
    [[nodiscard]] Duration connect_limit() const noexcept { return options_.connect.connect_timeout; }
    /// Of a client that never comes back by itself.
    [[nodiscard]] native::ClientOptions options(Version) const;
    /// The same for a further client beside one that has the account's client identifier.
    [[nodiscard]] native::ClientOptions unnamed_options(Version) const;
    [[nodiscard]] Version version() const noexcept { return options_.connect.version; }
    [[nodiscard]] const std::string& client_id() const noexcept { return options_.connect.client_id; }
    /// The broker assigns none: clients without one get one that nobody else has.
    void require_client_ids() noexcept { needs_client_ids_ = true; }
    [[nodiscard]] bool needs_client_ids() const noexcept { return needs_client_ids_; }
    [[nodiscard]] bool has_username() const noexcept { return options_.connect.credentials.username.has_value(); }
    /// One that nobody else has.
    [[nodiscard]] std::string new_client_id();

    /// Until the timer expires or is cancelled. Throws Stopped.
    net::awaitable<void> wait(net::steady_timer&);
    /// Throws Stopped.
    net::awaitable<void> sleep(Duration);
    /// The answer of an operation that `start` begins with a handler. Throws Stopped.
    template <class Result, class Start> net::awaitable<Ended<Result>> answer_of(Start start, Duration limit);
    /// Runs them side by side; what they returned, in their order. Throws Stopped.
    net::awaitable<std::vector<bool>> all(std::vector<net::awaitable<bool>>);

    /// Ends every wait. May be called again.
    void stop();
    [[nodiscard]] bool is_stopped() const noexcept { return is_stopped_; }

    /// Disconnects in order, in the background.
    void disconnect(std::shared_ptr<native::Client>);
    /// Until all of these are gone, for a few seconds at most. Never throws.
    net::awaitable<void> all_gone();

private:
    net::io_context& io_;
    native::ClientOptions options_;
    Duration limit_;
    std::set<net::steady_timer*> waiting_;
    bool is_stopped_ = false;
    std::size_t leaving_ = 0;
    net::steady_timer gone_;
    unsigned names_ = 0;
    bool needs_client_ids_ = false;
};

template <class Result, class Start> net::awaitable<Ended<Result>> Checkup::answer_of(Start start, Duration limit) {
    struct State {
        explicit State(net::io_context& io) : timer{io} {}
        net::steady_timer timer;
        Ended<Result> ended{net::error::timed_out};
    };
    const auto state = std::make_shared<State>(io_);
    state->timer.expires_after(limit);
    start([state](native::ErrorCode error, Result result) {
        state->ended = {error, std::move(result)};
        state->timer.expires_at(net::steady_timer::time_point::min());  // one that begins to wait later ends as well
    });
    co_await wait(state->timer);
    co_return state->ended;
}

}  // namespace wsmq::command
