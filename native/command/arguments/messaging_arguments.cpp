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
    if (!patterns::is_valid_root(root)) throw UsageError{"A topic root is empty, or ends in / and is fit for a topic."};
}

void RequestArguments::add_to(CLI::App& app) {
    connection.add_to(app, Offer::no_client_id);
    add_forms(app,
              "wsmq request [OPTIONS] SERVICE METHOD [PARAMS]\n"
              "wsmq request [OPTIONS] --backend METHOD [PARAMS]\n"
              "wsmq request [OPTIONS] --peer UID METHOD [PARAMS]");
    app.add_option("SERVICE", words[0], "Who is asked");
    app.add_option("METHOD", words[1], "What is asked of it");
    app.add_option("PARAMS", words[2], "JSON of an array or an object; - is standard input");
    app.add_flag("--backend", backend, "Ask the unnamed backend");
    app.add_option("--peer", peer, "Ask another webapp, by its uid");
    app.add_option("-f,--file", file, "A file that holds the params; - is standard input");
    app.add_option("-W,--timeout", timeout, "Seconds until it is given up, with code 27")
        ->check(seconds())
        ->capture_default_str();
    app.add_flag("--notify", notify, "Want no answer");
    const std::map<std::string, Progress> places{
        {"err", Progress::error_output}, {"out", Progress::output}, {"none", Progress::none}};
    const auto choose = [this, places](const std::string& place) { progress = places.at(place); };
    app.add_option_function<std::string>("--progress", choose,
                                         "Where the items of a stream are printed: err, out or none")
        ->check(one_of({"err", "out", "none"}))
        ->type_name("PLACE")
        ->default_str("err");
    app.add_flag("--pretty", pretty, "Print the result over several lines");
    app.add_option("--content-type", content_type, "The params are a raw body of this type (MQTT 5)");
    app.add_option("--traceparent", traceparent, "W3C Trace Context, which goes with the request (MQTT 5)");
    app.add_option("--org", org, "Account of whoever asks: its organisation")->capture_default_str();
    app.add_option("--user", user, "Account of whoever asks: its user; by default the login name");
    app.add_option("--uid", uid, "All of it: ORG:USER:RAND, which is the client identifier as well");
    add_root(app, root);
}

void ServeArguments::add_to(CLI::App& app) {
    connection.add_to(app, Offer::no_session);
    add_forms(app,
              "wsmq serve [OPTIONS] SERVICE --echo\n"
              "wsmq serve [OPTIONS] SERVICE --exec PROGRAM\n"
              "wsmq serve [OPTIONS] SERVICE -- PROGRAM [ARGUMENTS]");
    app.add_option("SERVICE", service, "Its name");
    app.add_flag("--backend", backend, "Be the unnamed backend instead");
    app.add_flag("--echo", echo, "Answer with the params");
    app.add_option("--exec", executable, "The program that answers a request, where it takes no arguments");
    app.add_flag("--text", text, "What the program prints is text, and becomes a JSON string");
    app.add_flag("--lines", lines, "Each line that the program prints is an item of a stream");
    app.add_flag("--raw", raw, "Take raw bodies as well (MQTT 5)");
    app.add_option("--content-type", content_type, "Type of raw answers; by default that of the request");
    add_repeated(app, "--method", methods, "A method that there is, of which by default all are taken");
    app.add_option("--instance", instance, "Its name among the service's instances; by default made up");
    app.add_option("--service-version", version, "What the discovery record has as version")->capture_default_str();
    app.add_flag("--no-share", no_share, "Take no shared subscription; the instances agree on who answers");
    app.add_option("--janitor", janitor, "Seconds after which it clears the record of a webapp that has gone")
        ->check(whole_number(0, UINT32_MAX));
    app.add_option("--jobs", jobs, "Programs that run at once; by default as many as there are processors")
        ->check(whole_number(1, 10'000));
    app.add_option("--queue", queue, "Requests that wait for their turn; more are answered with -32004")
        ->check(whole_number(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--queue-bytes", queue_bytes, "Bytes that waiting requests may take")
        ->check(whole_number(0, 1 << 30))
        ->capture_default_str();
    app.add_option("--stall", stall, "Seconds after which a stream is ended whose caller takes no more of it")
        ->check(number(0.1, 86'400))
        ->capture_default_str();
    app.add_option("--max-output", maximum_output, "Bytes that a program may print; a line, with --lines")
        ->check(whole_number(1, 256 << 20))
        ->capture_default_str();
    app.add_option("-W,--timeout", timeout, "Exit with code 27 where it has not joined after this many seconds")
        ->check(seconds());
    app.add_option("--patience", patience, "Seconds that open requests have left when it is ended")
        ->check(number(0, 86'400))
        ->capture_default_str();
    add_root(app, root);
}

void WatchArguments::add_common(CLI::App& app) {
    connection.add_to(app, Offer::no_session);
    app.add_option("-W,--timeout", timeout, "Exit after this many seconds, with code 27")->check(seconds());
    app.add_option("--settle", settle,
                   "Seconds behind the last retained record until all are taken to be here; 1 with --roll-call")
        ->check(number(0, 60))
        ->capture_default_str();
    add_root(app, root);
}

void PresenceArguments::add_to(CLI::App& app) {
    add_common(app);
    app.add_option("--org", org, "Webapps of this organisation alone");
    app.add_option("--user", user, "Webapps of this user alone");
    app.add_flag("--once", once, "Print who is there, and exit");
    app.add_flag("--roll-call", roll_call,
                 "Ask everybody to announce themselves, where the broker keeps no record for wildcards");
}

void ServicesArguments::add_to(CLI::App& app) {
    add_common(app);
    app.add_option("SERVICE", service, "This service alone; the exit code is 6 where no instance of it is online");
    app.add_flag("--watch", watch, "Go on, and print what changes");
    app.add_flag("--online", online, "Leave out instances that are not online");
}

}  // namespace wsmq::command
