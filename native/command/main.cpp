// The command: its subcommands, and how they end.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "arguments/command_arguments.hpp"
#include "arguments/configuration.hpp"
#include "arguments/messaging_arguments.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "report.hpp"
#include "text/printable.hpp"

namespace {

using namespace wsmq::command;

constexpr const char* footer =
    "\nExit codes: 0 success, 1 something was refused or answered with an error, 2 wrong arguments, 3 no broker was "
    "reached, 4 the broker refused the connection, 5 the connection was lost, 6 nobody answers, 7 cancelled, 27 -W ran "
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
    try {
        subcommand.configure();
    } catch (const UsageError& error) {
        return Report{subcommand.connection()}.fail(ExitCode::usage, error.what());
    }
    const Report report{subcommand.connection()};
    try {
        return subcommand.run();
    } catch (const UsageError& error) {
        return report.fail(ExitCode::usage, error.what());
    } catch (const CommandError& error) {
        return report.fail(error);
    } catch (const std::exception& error) {
        return report.fail(ExitCode::failed, error.what());
    }
}

/// The words behind `--`, which are taken off: a program's own, of which the parser must see none.
std::vector<std::string> take_program(int& argc, char** argv) {
    char** const end = argv + argc;
    char** const mark = std::find_if(argv, end, [](const char* word) { return std::string_view{word} == "--"; });
    const bool is_for_it = mark != end && argc > 1 && std::string_view{argv[1]} == "serve";
    if (!is_for_it) return {};
    argc = static_cast<int>(mark - argv);
    return {mark + 1, end};
}

/// The parser repeats words of the command line. From an address on they may hold a password, with spaces in it too.
std::string parse_failure(const CLI::App* app, const CLI::Error& error) {
    std::istringstream lines{CLI::FailureMessage::simple(app, error)};
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        const auto mark = std::min(line.find("://"), line.find('@'));
        if (mark != std::string::npos) line.replace(line.find_last_of(" =", mark) + 1, std::string::npos, "***");
        text += printable(line) + '\n';
    }
    return text;
}

ExitCode choose(int argc, char** argv) {
    CLI::App app{"MQTT from the command line, over TCP, TLS and WebSocket, and requests over it."};
    app.set_help_flag("--help", "Print this help and exit");
    app.failure_message(parse_failure);
    app.set_version_flag("--version", WSMQ_VERSION);
    bool list_commands = false;
    app.add_flag("--list-commands", list_commands)->group("");
    app.footer("\n`wsmq COMMAND --help` tells the options of a command.");
    const Subcommand<PubArguments> pub{app, "pub", "Publish messages", &run_pub};
    const Subcommand<SubArguments> sub{app, "sub", "Subscribe, and print what arrives", &run_sub};
    const Subcommand<BenchArguments> bench{app, "bench", "Measure how fast messages go through a broker", &run_bench};
    const Subcommand<RequestArguments> request{app, "request", "Ask a service or a webapp", &run_request};
    Subcommand<ServeArguments> serve{app, "serve", "Answer requests by a program", &run_serve};
    const Subcommand<PresenceArguments> presence{app, "presence", "Tell which webapps are there", &run_presence};
    const Subcommand<ServicesArguments> services{app, "services", "Tell which services are there", &run_services};
    serve.arguments().program = take_program(argc, argv);
    app.require_subcommand(0, 1);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? ExitCode::success : ExitCode::usage;
    }
    if (list_commands) {
        for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
            std::cout << each->get_name() << '\n';
        return ExitCode::success;
    }
    if (pub.is_chosen()) return run(pub);
    if (sub.is_chosen()) return run(sub);
    if (bench.is_chosen()) return run(bench);
    if (request.is_chosen()) return run(request);
    if (serve.is_chosen()) return run(serve);
    if (presence.is_chosen()) return run(presence);
    if (services.is_chosen()) return run(services);
    std::cerr << app.help();
    return ExitCode::usage;
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    return static_cast<int>(choose(argc, argv));
}
