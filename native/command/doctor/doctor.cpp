// wsmq doctor: why a connection cannot be made, and what a broker can do.
#include "commands.hpp"
#include "doctor/access.hpp"
#include "doctor/measure.hpp"
#include "output.hpp"
#include "session.hpp"
#include "text/printable.hpp"

namespace wsmq::command {

namespace {

using Status = Finding::Status;

class DoctorCommand {
public:
    explicit DoctorCommand(const DoctorArguments& arguments)
        : arguments_{arguments},
          report_{arguments.connection},
          holder_{arguments.holder()},
          resolved_{resolve()},
          url_{std::get<native::Url>(native::parse_url(resolved_.urls.front()))},
          limit_{io_, arguments.timeout} {
        arguments.check();
    }

    ExitCode run() {
        return run_loop(io_, work(), [this] { stop(ExitCode::cancelled); });
    }

private:
    [[nodiscard]] ConnectionArguments::Resolved resolve() const {
        auto resolved = arguments_.connection.resolve_without_topic();
        // As `npm run access` binds it.
        auto& id = resolved.client.connect.client_id;
        if (holder_ && arguments_.connection.client_id.empty()) id = holder_->account();
        return resolved;
    }

    net::awaitable<ExitCode> work() {
        limit_.start([this] { stop(ExitCode::timed_out); });
        ExitCode code = ExitCode::success;
        try {
            code = co_await examine();
        } catch (const Stopped&) {
            code = why_stopped_;
        }
        co_await checkup_.all_gone();
        limit_.cancel();
        if (code == ExitCode::timed_out) throw timed_out();
        if (code == ExitCode::cancelled) throw CommandError{code, "Interrupted."};
        print();
        co_return code;
    }

    net::awaitable<ExitCode> examine() {
        auto outcome = co_await reach(checkup_, url_, diagnosis_);
        if (const auto* failed = std::get_if<ExitCode>(&outcome)) co_return *failed;
        auto& reached = std::get<Reached>(outcome);
        const Version version = reached.version;
        diagnosis_.url = to_string(url_);
        diagnosis_.broker = announced(*reached.connection, version);
        if (!arguments_.no_measure)
            co_await measure(checkup_, url_, *reached.connection, version, arguments_.topic, diagnosis_);
        // What follows has the same client identifier.
        reached.connection.reset();
        co_await checkup_.all_gone();
        if (!arguments_.no_measure) diagnosis_.broker->versions = co_await versions_of(checkup_, url_, version);
        if (holder_) co_await try_rules(checkup_, url_, version, *holder_, diagnosis_);
        if (arguments_.idle) co_await leave_idle(checkup_, url_, version, *arguments_.idle, diagnosis_);
        diagnosis_.verdict = verdict(version);
        const bool is_bad = diagnosis_.has(Status::error) || (arguments_.strict && diagnosis_.has(Status::warning));
        co_return is_bad ? ExitCode::failed : ExitCode::success;
    }

    [[nodiscard]] std::string verdict(Version version) const {
        const auto first = [this](Status status) {
            return std::ranges::find(diagnosis_.findings, status, &Finding::status);
        };
        if (const auto error = first(Status::error); error != diagnosis_.findings.end()) return error->text;
        std::string text = "The broker can be used with " + std::string{named(version)};
        if (const auto& trip = diagnosis_.broker->round_trip) text += ", with a round trip of " + rounded(trip->median);
        text += '.';
        const auto warning = first(Status::warning);
        return warning == diagnosis_.findings.end() ? text : text + ' ' + warning->text;
    }

    void print() {
        Output output;
        const std::string text =
            arguments_.connection.json ? to_json(diagnosis_) : output.shown(to_text(diagnosis_), kept_in_texts);
        if (!output.write(text) && !output.was_stopped()) throw CommandError{ExitCode::failed, output.problem()};
    }

    void stop(ExitCode why) {
        if (!checkup_.is_stopped()) why_stopped_ = why;
        checkup_.stop();
    }

    const DoctorArguments& arguments_;
    Report report_;
    std::optional<Holder> holder_;
    ConnectionArguments::Resolved resolved_;
    native::Url url_;
    net::io_context io_{1};
    TimeLimit limit_;
    Checkup checkup_{io_, resolved_.client, report_, resolved_.client.connect.connect_timeout};
    Diagnosis diagnosis_;
    ExitCode why_stopped_ = ExitCode::cancelled;
};

}  // namespace

ExitCode run_doctor(const DoctorArguments& arguments) { return DoctorCommand{arguments}.run(); }

}  // namespace wsmq::command
