// The command: its subcommands, and how they end.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "arguments/command_arguments.hpp"
#include "arguments/command_line.hpp"
#include "arguments/configuration.hpp"
#include "arguments/doctor_arguments.hpp"
#include "arguments/messaging_arguments.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "process/descriptors.hpp"
#include "report.hpp"

namespace {

using namespace wsmq::command;

constexpr const char* footer =
    "\nExit codes: 0 success, 1 a request or an operation was refused or failed, or the doctor found an error, 2 wrong "
    "arguments, 3 no broker was "
    "reached, 4 the broker refused the connection, 5 the connection was lost, 6 no responder, 7 cancelled, 27 -W ran "
    "out.";

/// For the shell's completion, which asks the command itself.
void print_options(const CLI::App& app) {
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group().empty()) continue;  // the help does not show it either
        for (const auto& name : option->get_lnames()) std::cout << "--" << name << '\n';
        for (const auto& name : option->get_snames()) std::cout << '-' << name << '\n';
    }
}

template <class Arguments> class Subcommand {
public:
    Subcommand(CLI::App& app, const std::string& name, const std::string& description,
               ExitCode (*body)(const Arguments&))
        : app_{app.add_subcommand(name, description)}, run_{body} {
        app_->set_help_flag("--help", "Print this help and exit");
        app_->add_flag("--list-options", list_options_)->group("");
        app_->footer(footer);
        arguments_.add_to(*app_);
    }

    [[nodiscard]] bool is_chosen() const { return app_->parsed(); }
    /// Throws UsageError.
    void configure() const {
        if (!list_options_) wsmq::command::configure(*app_, arguments_.connection.configuration);
    }
    [[nodiscard]] ExitCode run() const {
        if (!list_options_) return run_(arguments_);
        print_options(*app_);
        return ExitCode::success;
    }
    [[nodiscard]] const ConnectionArguments& connection() const { return arguments_.connection; }
    [[nodiscard]] Arguments& arguments() { return arguments_; }

private:
    CLI::App* app_;
    ExitCode (*run_)(const Arguments&);
    Arguments arguments_;
    bool list_options_ = false;
};

template <class Arguments> ExitCode run(const Subcommand<Arguments>& subcommand) {
    // Made on demand, because the configuration may change how errors are reported.
    const auto report = [&subcommand] { return Report{subcommand.connection()}; };
    try {
        subcommand.configure();
        return subcommand.run();
    } catch (const UsageError& error) {
        return report().fail(ExitCode::usage, error.what());
    } catch (const CommandError& error) {
        return report().fail(error);
    } catch (const std::exception& error) {
        return report().fail(ExitCode::failed, error.what());
    }
}

/// How to report errors, after the parser has failed.
Report report_of(const std::vector<std::string>& words) {
    ConnectionArguments arguments;
    arguments.json = std::ranges::find(words, "--json") != words.end();
    arguments.quiet = std::ranges::find(words, "--quiet") != words.end();
    return Report{arguments};
}

ExitCode choose(std::vector<std::string> words) {
    CLI::App app{"MQTT from the command line, over TCP, TLS and WebSocket, with requests, services and presence.",
                 "wsmq"};
    app.set_help_flag("--help", "Print this help and exit");
    app.set_version_flag("--version", WSMQ_VERSION);
    bool list_commands = false;
    app.add_flag("--list-commands", list_commands)->group("");
    app.footer("\n`wsmq COMMAND --help`, or `wsmq help COMMAND`, lists the options of a command.");
    const Subcommand<PubArguments> pub{app, "pub", "Publish messages", &run_pub};
    const Subcommand<SubArguments> sub{app, "sub", "Subscribe, and print what arrives", &run_sub};
    const Subcommand<BenchArguments> bench{app, "bench", "Measure the message rate through a broker", &run_bench};
    const Subcommand<DoctorArguments> doctor{
        app, "doctor", "Say why a connection cannot be made, and what the broker can do", &run_doctor};
    const Subcommand<RequestArguments> request{app, "request", "Send a request to a service or a webapp", &run_request};
    Subcommand<ServeArguments> serve{app, "serve", "Run a service that answers requests with a program", &run_serve};
    const Subcommand<PresenceArguments> presence{app, "presence", "List the webapps that are online", &run_presence};
    const Subcommand<ServicesArguments> services{app, "services", "List the services", &run_services};
    serve.arguments().program = take_program(words);
    take_help(words);
    if (const auto problem = unknown_command(app, words)) return report_of(words).fail(ExitCode::usage, *problem);
    join_properties(app, words);
    app.require_subcommand(0, 1);
    try {
        app.parse(std::vector<std::string>{words.rbegin(), words.rend()});
    } catch (const CLI::Success& asked) {
        app.exit(asked);
        return ExitCode::success;
    } catch (const CLI::ParseError& error) {
        return report_of(words).fail(ExitCode::usage, sentence_of(app, error));
    }
    if (list_commands) {
        for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
            std::cout << each->get_name() << '\n';
        return ExitCode::success;
    }
    if (pub.is_chosen()) return run(pub);
    if (sub.is_chosen()) return run(sub);
    if (bench.is_chosen()) return run(bench);
    if (doctor.is_chosen()) return run(doctor);
    if (request.is_chosen()) return run(request);
    if (serve.is_chosen()) return run(serve);
    if (presence.is_chosen()) return run(presence);
    if (services.is_chosen()) return run(services);
    std::cerr << app.help();
    return ExitCode::usage;
}

}  // namespace

int main(int argc, char** argv) {
    open_standard_descriptors();
    std::ios::sync_with_stdio(false);
    const std::vector<std::string> words(argv + 1, argv + std::max(argc, 1));
    const ExitCode code = choose(words);
    if (std::cout.flush()) return static_cast<int>(code);
    return static_cast<int>(report_of(words).fail(ExitCode::failed, "Standard output could not be written."));
}
