// wsmq serve: one instance of a service, which answers by running a program, or with what it was asked.
#include <algorithm>
#include <memory>
#include <thread>

#include "commands.hpp"
#include "membership.hpp"
#include "metrics/metrics_output.hpp"
#include "process/jobs.hpp"
#include "session.hpp"
#include "wsmq/native/prometheus.hpp"
#include "wsmq/native/service.hpp"

namespace wsmq::command {

namespace {

using native::Request;
using native::Response;

/// `arguments` with one way to name the program, and the default that this machine gives.
ServeArguments completed(ServeArguments arguments) {
    if (arguments.executable && !arguments.program.empty())
        throw UsageError{"--exec cannot be combined with a program after --."};
    if (arguments.executable) arguments.program = {*arguments.executable};
    if (arguments.jobs == 0) arguments.jobs = std::max(1U, std::thread::hardware_concurrency());
    return arguments;
}

void check_names(const ServeArguments& arguments) {
    check_root(arguments.root);
    if (arguments.backend && arguments.service) throw UsageError{"The unnamed backend has no name."};
    if (!arguments.backend && !messaging::is_valid_name(arguments.service.value_or("")))
        throw UsageError{std::string{"A service has a name of "} + name_rule + "; or there is --backend."};
    for (const auto& method : arguments.methods) {
        if (!messaging::is_valid_name(method)) throw UsageError{std::string{"A method has a name of "} + name_rule};
    }
    if (!arguments.instance.empty() && !messaging::is_valid_instance(arguments.instance))
        throw UsageError{"An instance has a name as a service has, and does not begin with an underscore."};
}

void check_answer(const ServeArguments& arguments) {
    if (arguments.echo == !arguments.program.empty())
        throw UsageError{"Name what answers: --echo, --exec, or a program after --."};
    if (arguments.echo && (arguments.text || arguments.lines)) throw UsageError{"--text and --lines are for programs."};
    if (!arguments.echo && !is_program(arguments.program.front()))
        throw UsageError{"There is no program " + arguments.program.front() +
                         " that can be run. Put its arguments after --."};
    if (!arguments.content_type.empty() && (!arguments.raw || arguments.content_type == "application/json"))
        throw UsageError{"--content-type is that of the answers to raw bodies, and not JSON's: --raw."};
}

Duration milliseconds(double seconds) { return Duration{static_cast<std::int64_t>(seconds * 1000)}; }

class Serve {
public:
    explicit Serve(const ServeArguments& arguments)
        : arguments_{completed(arguments)},
          report_{arguments.connection},
          resolved_{arguments.connection.resolve_without_topic()},
          patience_{milliseconds(arguments.patience)} {
        check_names(arguments_);
        check_answer(arguments_);
        check_record();
        if (!arguments_.echo) {
            jobs_.emplace(io_, settings(), arguments_.jobs, report_);
        }
        const auto handler = [this](const Request& request) { take(request); };
        for (const auto& method : arguments_.methods) service_.on(method, handler);
        if (arguments_.methods.empty()) service_.on_any(handler);
    }

    ExitCode run() {
        return run_loop(
            io_, work(), [this] { interrupt(); },
            [this] {
                if (jobs_) jobs_->kill_all();
            });
    }

private:
    JobSettings settings() const {
        return {.program = arguments_.program,
                .text = arguments_.text,
                .lines = arguments_.lines,
                .content_type = arguments_.content_type,
                .maximum_output = arguments_.maximum_output};
    }

    native::Service::Options options() const {
        native::Service::Options options{.root = arguments_.root,
                                         .service = arguments_.service.value_or(""),
                                         .instance = arguments_.instance,
                                         .version = arguments_.version,
                                         .raw = arguments_.raw,
                                         .janitor_grace = std::chrono::seconds{arguments_.janitor},
                                         .shares = !arguments_.no_share};
        if (!arguments_.echo) options.calls.concurrency = arguments_.jobs;
        options.calls.queue = arguments_.queue;
        options.calls.queue_bytes = arguments_.queue_bytes;
        options.calls.stall_timeout = milliseconds(arguments_.stall);
        return options;
    }

    void check_record() const {
        constexpr std::size_t longest_instance = 64;
        auto recorded = options();
        recorded.methods = arguments_.methods;
        if (recorded.instance.empty()) recorded.instance.assign(longest_instance, 'i');
        const auto error = messaging::Service::connect_options({}, recorded).error();
        if (error == messaging::Error::payload_too_large)
            throw UsageError{"The discovery record has at most 4,096 bytes: name fewer methods, or a shorter version."};
    }

    net::awaitable<ExitCode> work() {
        membership_.on_lost = [this](const CommandError& error) {
            lost_ = error;
            give_up();
        };
        metrics_.start();
        limit_.start([this] {
            timed_out_ = true;
            interrupt();
        });
        const bool joined = co_await membership_.join();
        limit_.cancel();
        while (joined && !interrupted_ && !lost_) {
            native::ErrorCode cancelled;
            co_await ended_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
        }
        if (interrupted_ && !lost_) co_await leave();
        if (jobs_) {
            jobs_->end_all();
            co_await jobs_->empty();
        }
        metrics_.finish();
        if (lost_) throw CommandError{*lost_};
        if (timed_out_) throw timed_out();
        co_return ExitCode::success;
    }

    /// Open requests are still answered, and notifications worked on, until the patience is over.
    net::awaitable<void> leave() {
        net::steady_timer limit{io_, patience_};
        limit.async_wait([this](const native::ErrorCode& error) {
            if (!error && jobs_) jobs_->end_all();
        });
        native::ErrorCode error;  // it ends all the same
        co_await service_.async_leave(patience_, net::redirect_error(net::use_awaitable, error));
        if (jobs_) co_await jobs_->empty();
        limit.cancel();
    }

    void interrupt() {
        interrupted_ = true;
        membership_.end();
        give_up();
    }

    void give_up() {
        ended_.cancel();
        if (!service_.is_joined()) service_.async_leave(Duration{0}, [](const native::ErrorCode&) {});
    }

    void take(const Request& request) {
        if (jobs_) return jobs_->add(request);
        const std::string params{request.params_text()};
        if (!request.content_type().empty()) {
            const std::string_view type =
                arguments_.content_type.empty() ? request.content_type() : std::string_view{arguments_.content_type};
            return request.respond(Response::raw(params, std::string{type}));
        }
        request.respond(Response::json_text(params.empty() ? "null" : params));
    }

    ServeArguments arguments_;
    Report report_;
    ConnectionArguments::Resolved resolved_;
    Duration patience_;
    net::io_context io_{1};
    std::optional<Jobs> jobs_;
    native::Service service_{io_.get_executor(), resolved_.urls, options(), with_packets(resolved_.client, report_)};
    Membership<native::Service> membership_{
        service_, report_, arguments_.connection.maximum_losses,
        "instance " + std::string{service_.instance()} + " of " + arguments_.service.value_or("the backend")};
    net::steady_timer ended_{io_, net::steady_timer::time_point::max()};
    TimeLimit limit_{io_, arguments_.timeout};
    MetricsOutput metrics_{io_.get_executor(), arguments_.metrics, report_,
                           [this] { return native::prometheus_text(service_.metrics()); }};
    std::optional<CommandError> lost_;
    bool interrupted_ = false;
    bool timed_out_ = false;
};

}  // namespace

ExitCode run_serve(const ServeArguments& arguments) { return Serve{arguments}.run(); }

}  // namespace wsmq::command
