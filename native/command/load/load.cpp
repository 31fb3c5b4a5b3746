#include "load/load.hpp"

#include <array>

#include "load/load_text.hpp"
#include "load/meter.hpp"
#include "load/requests.hpp"
#include "load/rooms.hpp"
#include "metrics/metrics_output.hpp"
#include "output.hpp"
#include "process/child.hpp"
#include "wsmq/native/prometheus.hpp"

namespace wsmq::command {

namespace {

/// Presence and roll calls are over when each webapp receives less than this in quiet_time: a ping has two bytes.
constexpr std::uint64_t quiet_bytes = 100;
constexpr std::chrono::milliseconds quiet_time{1'500};

net::awaitable<void> discard(Outlet& outlet) {
    std::array<char, 4'096> chunk{};
    while (co_await outlet.read_some(chunk) > 0) {
    }
}

class Load {
public:
    explicit Load(const BenchArguments& arguments)
        : arguments_{arguments.load},
          connection_{arguments.connection},
          timeout_{arguments.timeout},
          window_{arguments.window},
          report_{arguments.connection},
          resolved_{arguments.connection.resolve_without_topic()},
          metrics_{io_.get_executor(), arguments.metrics, report_, [this] { return metrics(); }} {
        arguments_.check();
        constexpr std::uint64_t own_files = 64;
        allow_open_files(arguments_.webapps + std::uint64_t{arguments_.services} * arguments_.tenants + own_files);
        result_ = {{"webapps", arguments_.webapps},
                   {"services", arguments_.services},
                   {"tenants", arguments_.tenants},
                   {"rooms", arguments_.rooms},
                   {"watch", arguments_.watch}};
    }

    ExitCode run() {
        return run_loop(io_, work(), [this] {
            is_interrupted_ = true;
            end();
        });
    }

private:
    net::awaitable<ExitCode> work() {
        metrics_.start();
        watch_progress();
        try {
            co_await measure();
        } catch (const CommandError& error) {
            failure_ = error;
        }
        tick_.cancel();
        metrics_.finish();
        progress_line_.clear();
        Output output;
        const bool has_measured = result_.contains("join");
        if (has_measured && !output.write(connection_.json ? to_text(result_) + '\n' : load_text(result_)) &&
            !output.was_stopped() && !failure_)
            failure_.emplace(ExitCode::failed, output.problem());
        co_await crowd_.leave();
        if (failure_) throw CommandError{*failure_};
        if (is_interrupted_) co_return ExitCode::failed;
        co_return ExitCode::success;
    }

    net::awaitable<void> measure() {
        co_await join();
        if (arguments_.requests > 0 && arguments_.services > 0 && !has_ended()) co_await ask();
        if (arguments_.rooms > 0 && !has_ended()) co_await send_to_rooms();
        if (!arguments_.restart_command.empty() && !has_ended()) co_await restart();
    }

    net::awaitable<void> join() {
        report_.debug("Joining.");
        const auto before = own_usage();
        const auto broker_before = usage_of_broker();
        const Meter meter{crowd_, arguments_.broker};
        co_await crowd_.join();
        auto join = meter.read();
        co_await quiet();
        join["joined"] = crowd_.joined;
        join["knowing"] = crowd_.knowing;
        join["losses"] = crowd_.losses;
        join["milliseconds"] = milliseconds_of(crowd_.to_join);
        join["knowing_milliseconds"] = milliseconds_of(crowd_.to_know_all);
        const auto settled = meter.read();
        for (const auto* key : {"received_bytes_each", "sent_bytes_each", "cpu_seconds", "broker_cpu_seconds"}) {
            if (settled.contains(key)) join[key] = settled[key];
        }
        result_["join"] = std::move(join);
        note_memory(before, broker_before);
        if (crowd_.joined < arguments_.webapps) fail_if_ended(std::to_string(crowd_.joined) + " webapps joined");
        if (arguments_.watches()) fail_if_ended(std::to_string(crowd_.knowing) + " webapps knew all others");
    }

    void note_memory(const Usage& before, const std::optional<Usage>& broker_before) {
        const auto each = [this](const Usage& now, const Usage& then) {
            const auto more = now.resident_bytes - std::min(now.resident_bytes, then.resident_bytes);
            return more / arguments_.webapps;
        };
        Json memory{{"bytes_each", each(own_usage(), before)}};
        const auto of_broker = usage_of_broker();
        if (of_broker && broker_before) memory["broker_bytes_each"] = each(*of_broker, *broker_before);
        result_["memory"] = std::move(memory);
    }

    net::awaitable<void> ask() {
        report_.debug("Sending requests.");
        const Meter meter{crowd_, arguments_.broker};
        co_await requests_.run();
        auto& result = result_["requests"] = meter.read();
        requests_.add_to(result);
        fail_if_ended("the requests ended");
        if (!requests_.is_complete())
            throw CommandError{ExitCode::failed, "Not every request was answered. The first: " + requests_.problem()};
    }

    net::awaitable<void> send_to_rooms() {
        report_.debug("Sending to rooms.");
        RoomPhase rooms{io_, crowd_, arguments_};
        const Meter meter{crowd_, arguments_.broker};
        more_progress_ = [&] { return rooms.delivered(); };
        on_end_ = [&] { rooms.end(); };
        co_await rooms.run();
        on_end_ = more_progress_ = {};
        auto& result = result_["room_messages"] = meter.read();
        rooms.add_to(result);
        fail_if_ended("all messages in rooms arrived");
    }

    net::awaitable<void> restart() {
        report_.debug("Restarting the broker.");
        const auto departures = crowd_.departures;
        const auto losses = crowd_.losses;
        // Another process of the broker comes in its place.
        const Meter meter{crowd_, 0};
        crowd_.expect_losses();
        net::co_spawn(io_, run_restart_command(), [this](const std::exception_ptr&) {});
        co_await crowd_.rejoin();
        auto result = meter.read();
        co_await quiet();
        const auto settled = meter.read();
        for (const auto* key : {"received_bytes_each", "sent_bytes_each"}) result[key] = settled[key];
        result["returned"] = crowd_.returned;
        result["losses"] = crowd_.losses - losses;
        result["departures"] = crowd_.departures - departures;
        result["milliseconds"] = milliseconds_of(crowd_.to_return);
        result_["restart"] = std::move(result);
        fail_if_ended(std::to_string(crowd_.returned) + " webapps joined again");
    }

    /// Whatever it prints is not for our outputs.
    net::awaitable<void> run_restart_command() {
        const auto child = children_.start({"/bin/sh", "-c", arguments_.restart_command}, {});
        net::co_spawn(io_, child->feed(""), [child](const std::exception_ptr&) {});
        net::co_spawn(io_, discard(child->errors), [child](const std::exception_ptr&) {});
        co_await discard(child->output);
        if (const int status = co_await child->wait(); status != 0) {
            failure_.emplace(ExitCode::failed, "--restart-command failed.");
            end();
        }
    }

    /// Until nobody tells the others anything any more.
    net::awaitable<void> quiet() {
        const auto limit = LoadClock::now() + std::chrono::duration<double>(timeout_);
        auto before = crowd_.traffic().received;
        while (!has_ended() && LoadClock::now() < limit) {
            net::steady_timer pause{io_, quiet_time};
            native::ErrorCode cancelled;
            co_await pause.async_wait(net::redirect_error(net::use_awaitable, cancelled));
            const auto now = crowd_.traffic().received;
            if (now - before < quiet_bytes * arguments_.webapps) co_return;
            before = now;
        }
    }

    [[nodiscard]] std::string metrics() const {
        const auto traffic = crowd_.traffic();
        native::PrometheusText text;
        text.gauge("wsmq_load_webapps", "Webapps that are to join.").sample(arguments_.webapps);
        text.gauge("wsmq_load_joined", "Webapps that have joined, and are connected.").sample(crowd_.joined);
        text.gauge("wsmq_load_knowing", "Webapps that know all others.").sample(crowd_.knowing);
        text.counter("wsmq_load_losses_total", "Connections that were lost, and attempts that failed.")
            .sample(crowd_.losses);
        text.counter("wsmq_load_received_bytes_total", "Bytes of MQTT that webapps have received.")
            .sample(traffic.received);
        text.counter("wsmq_load_sent_bytes_total", "Bytes of MQTT that webapps have sent.").sample(traffic.sent);
        text.counter("wsmq_load_failed_requests_total", "Requests without the right answer.")
            .sample(requests_.failed());
        text.histogram("wsmq_load_request_seconds", "From a request until its answer.")
            .sample(requests_.latencies().durations());
        text.histogram("wsmq_load_join_seconds", "From the attempt to connect until others can reach the webapp.")
            .sample(crowd_.to_join.durations());
        text.histogram("wsmq_load_return_seconds", "From the restart of the broker until a webapp has joined again.")
            .sample(crowd_.to_return.durations());
        return text.text();
    }

    void fail_if_ended(const std::string& so_far) {
        if (failure_) throw CommandError{*failure_};
        if (is_timed_out_) throw CommandError{ExitCode::timed_out, "Timed out: only " + so_far + '.'};
    }

    [[nodiscard]] bool has_ended() const noexcept { return crowd_.has_ended(); }
    [[nodiscard]] std::optional<Usage> usage_of_broker() const {
        return arguments_.broker == 0 ? std::nullopt : usage_of(arguments_.broker);
    }

    void end() {
        crowd_.end();
        if (on_end_) on_end_();
    }

    /// Gives up where nothing more comes.
    void watch_progress() {
        tick_.expires_after(std::chrono::milliseconds{100});
        tick_.async_wait([this](const native::ErrorCode& error) {
            if (error) return;
            const auto done = crowd_.to_join.count() + crowd_.appearances + crowd_.departures +
                              crowd_.to_return.count() + requests_.ended() + (more_progress_ ? more_progress_() : 0);
            const auto now = LoadClock::now();
            if (std::exchange(last_done_, done) != done) last_progress_ = now;
            progress_line_.update(crowd_.joined, arguments_.webapps);
            if (now - last_progress_ > std::chrono::duration<double>(timeout_)) {
                is_timed_out_ = true;
                return end();
            }
            watch_progress();
        });
    }

    const LoadArguments& arguments_;
    const ConnectionArguments& connection_;
    double timeout_;
    unsigned window_;
    Report report_;
    ConnectionArguments::Resolved resolved_;
    net::io_context io_{1};
    Children children_{io_};
    Crowd crowd_{io_, arguments_, resolved_};
    RequestPhase requests_{io_, crowd_, arguments_, window_};
    net::steady_timer tick_{io_};
    ProgressLine progress_line_{"webapps"};
    std::function<std::uint64_t()> more_progress_;  ///< of the phase
    std::function<void()> on_end_;
    std::uint64_t last_done_ = 0;
    LoadClock::time_point last_progress_ = LoadClock::now();
    bool is_timed_out_ = false;
    bool is_interrupted_ = false;
    std::optional<CommandError> failure_;
    Json result_;
    MetricsOutput metrics_;
};

}  // namespace

ExitCode run_load(const BenchArguments& arguments) { return Load{arguments}.run(); }

}  // namespace wsmq::command
