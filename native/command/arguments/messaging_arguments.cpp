#include "messaging_arguments.hpp"

#include <CLI/CLI.hpp>
#include <map>

#include "arguments/option_kinds.hpp"
#include "exit_code.hpp"

namespace wsmq::command {

namespace {

using Offer = ConnectionArguments::Offer;

void add_root(CLI::App& app, std::string& root) {
    app.add_option("--root", root, "Topic root of the application: empty, or ending in /")->capture_default_str();
}

/// How the command is written, behind its options.
void add_forms(CLI::App& app, const std::string& forms) { app.footer('\n' + forms + '\n' + app.get_footer()); }

}  // namespace

void check_root(const std::string& root) {
    if (!messaging::is_valid_root(root))
        throw UsageError{"A topic root is empty, or ends in / and is fit for a topic."};
}

void RequestArguments::add_to(CLI::App& app) {
    connection.add_to(app, Offer::no_client_id);
    add_forms(app,
              "wsmq request [OPTIONS] SERVICE METHOD [PARAMS]\n"
              "wsmq request [OPTIONS] --backend METHOD [PARAMS]\n"
              "wsmq request [OPTIONS] --peer UID METHOD [PARAMS]");
    app.add_option("SERVICE", words[0], "Name of the service");
    app.add_option("METHOD", words[1], "Method of the request");
    app.add_option("PARAMS", words[2], "JSON of an array or an object; - is standard input");
    app.add_flag("--backend", backend, "Send the request to the unnamed backend");
    app.add_option("--peer", peer, "Send the request to the webapp with this uid");
    app.add_option("-f,--file", file, "File with the params; - is standard input");
    app.add_option("-W,--timeout", timeout, "Timeout in seconds; exits with code 27")
        ->check(seconds())
        ->capture_default_str();
    app.add_flag("--notify", notify, "Send a notification, which has no answer");
    const std::map<std::string, Progress> places{
        {"err", Progress::error_output}, {"out", Progress::output}, {"none", Progress::none}};
    const auto choose = [this, places](const std::string& place) { progress = places.at(place); };
    app.add_option_function<std::string>("--progress", choose, "Where to print the items of a stream: err, out or none")
        ->check(one_of({"err", "out", "none"}))
        ->type_name("PLACE")
        ->default_str("err");
    app.add_flag("--pretty", pretty, "Print the result indented");
    app.add_option("--content-type", content_type, "Send the params as a raw body of this content type (MQTT 5)");
    app.add_option("--traceparent", traceparent, "W3C Trace Context of the request (MQTT 5)");
    app.add_option("--org", org, "Organisation of the caller")->capture_default_str();
    app.add_option("--user", user, "User of the caller; default: the login name");
    app.add_option("--uid", uid, "The whole uid of the caller, ORG:USER:RAND, which is also the client identifier");
    add_root(app, root);
}

void ServeArguments::add_to(CLI::App& app) {
    connection.add_to(app, Offer::no_session);
    add_forms(app,
              "wsmq serve [OPTIONS] SERVICE --echo\n"
              "wsmq serve [OPTIONS] SERVICE --exec PROGRAM\n"
              "wsmq serve [OPTIONS] SERVICE -- PROGRAM [ARGUMENTS]");
    app.add_option("SERVICE", service, "Name of the service");
    app.add_flag("--backend", backend, "Run the unnamed backend instead");
    app.add_flag("--echo", echo, "Answer with the params");
    app.add_option("--exec", executable, "Program that answers each request, without arguments");
    app.add_flag("--text", text, "The output of the program is text, and is sent as a JSON string");
    app.add_flag("--lines", lines, "Send each line of output as an item of a stream");
    app.add_flag("--raw", raw, "Accept raw bodies as well (MQTT 5)");
    app.add_option("--content-type", content_type, "Content type of raw answers; default: that of the request");
    add_repeated(app, "--method", methods, "Method that the service has; default: it accepts every method");
    app.add_option("--instance", instance, "Name of this instance; default: generated");
    app.add_option("--service-version", version, "Version in the discovery record")->capture_default_str();
    app.add_flag("--no-share", no_share, "Use no shared subscription; the instances agree on who answers");
    app.add_option("--janitor", janitor, "Clear the record of an offline webapp after this many seconds")
        ->check(whole_number(0, UINT32_MAX));
    app.add_option("--jobs", jobs, "Programs that run at the same time; default: the number of processors")
        ->check(whole_number(1, 10'000));
    app.add_option("--queue", queue, "Maximum number of queued requests; more are answered with -32004")
        ->check(whole_number(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--queue-bytes", queue_bytes, "Maximum size of queued requests, in bytes")
        ->check(whole_number(0, 1 << 30))
        ->capture_default_str();
    app.add_option("--stall", stall, "End a stream after this many seconds without credit from the caller")
        ->check(number(0.1, 86'400))
        ->capture_default_str();
    app.add_option("--max-output", maximum_output, "Maximum output of a program in bytes; with --lines, of each line")
        ->check(whole_number(1, 256 << 20))
        ->capture_default_str();
    app.add_option("-W,--timeout", timeout, "Exit with code 27 if it has not joined after this many seconds")
        ->check(seconds());
    metrics.add_to(app);
    app.add_option("--patience", patience, "Time limit for open requests at the end, in seconds")
        ->check(number(0, 86'400))
        ->capture_default_str();
    add_root(app, root);
}

void WatchArguments::add_common(CLI::App& app) {
    connection.add_to(app, Offer::no_session);
    app.add_option("-W,--timeout", timeout, "Exit after this many seconds, with code 27")->check(seconds());
    app.add_option("--settle", settle,
                   "Seconds after the last retained record until the list is complete; 1 with --roll-call")
        ->check(number(0, 60))
        ->capture_default_str();
    add_root(app, root);
}

void PresenceArguments::add_to(CLI::App& app) {
    add_common(app);
    app.add_option("--org", org, "Only webapps of this organisation");
    app.add_option("--user", user, "Only webapps of this user");
    app.add_flag("--once", once, "Print the webapps that are online, and exit");
    app.add_flag("--roll-call", roll_call,
                 "Ask all webapps to announce themselves, for brokers without retained messages for wildcards");
}

void ServicesArguments::add_to(CLI::App& app) {
    add_common(app);
    app.add_option("SERVICE", service, "Only this service; exits with code 6 if no instance is online");
    app.add_flag("--watch", watch, "Keep running, and print changes");
    app.add_flag("--online", online, "Only instances that are online");
}

}  // namespace wsmq::command
