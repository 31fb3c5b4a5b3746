#include "command_arguments.hpp"

#include <CLI/CLI.hpp>

#include "arguments/option_kinds.hpp"
#include "messages/message_format.hpp"

namespace wsmq::command {

void PubArguments::add_to(CLI::App& app) {
    connection.add_to(app);
    app.add_option("-t,--topic", topic, "Topic name");
    app.add_option("-m,--message", payload.message, "The payload");
    app.add_option("-f,--file", payload.file, "A file whose content is the payload; - is standard input");
    app.add_flag("-l,--stdin-line", payload.lines, "Each line of standard input is a message");
    app.add_flag("-s,--stdin-file", payload.standard_input, "All of standard input is the payload");
    app.add_flag("-n,--null-message", payload.empty, "An empty payload, which removes a retained message");
    app.add_option("-q,--qos", qos, "QoS")->check(whole_number(0, 2))->capture_default_str();
    app.add_flag("-r,--retain", retain, "The broker keeps the message for those who subscribe later");
    app.add_option("--repeat", payload.repeat, "How often the message is published")
        ->check(whole_number(1))
        ->capture_default_str();
    app.add_option("--repeat-delay", repeat_delay, "Seconds between repeats")->check(number(0, most_seconds));
    app.add_option("-W,--timeout", timeout, "Exit after this many seconds, with code 27")->check(seconds());
}

void SubArguments::add_to(CLI::App& app) {
    connection.add_to(app);
    add_repeated(app, "-t,--topic", topic_filters, "Topic filter");
    add_repeated(app, "-T,--filter-out", filtered_out, "Topics that this filter matches are not printed");
    add_repeated(app, "-U,--unsubscribe", unsubscribed, "Unsubscribe from this topic filter, of a session with -c");
    app.add_option("-q,--qos", qos, "QoS of the subscription")->check(whole_number(0, 2))->capture_default_str();
    app.add_option("-C,--count", count, "Exit after this many messages")->check(whole_number(1));
    app.add_option("-W,--timeout", timeout, "Exit after this many seconds, with code 27")->check(seconds());
    app.add_flag("-v,--verbose", verbose, "Print the topic before the payload");
    app.add_flag("-N,--no-newline", no_newline, "Print no end of line after a payload");
    app.add_option("-F,--format", format, "What is printed of a message: " + std::string{format_letters()});
    app.add_flag("--pretty", pretty, "With --json: over several lines");
    app.add_flag("-R,--no-retained", no_retained, "Leave out messages that were retained");
    app.add_flag("--retained-only", retained_only, "Print retained messages only, and exit at the first other one");
    app.add_flag("--remove-retained", remove_retained, "Remove from the broker each retained message that arrives");
    app.add_flag("-E,--exit-after-subscribe", exit_after_subscribe,
                 "Exit when the broker has granted the subscriptions");
    app.add_option(
           "--store", store,
           "File of the session, which outlives the process (as with -c): what was printed is acknowledged, and "
           "does not come again")
        ->type_name("FILE");
    app.add_flag("--no-local", no_local, "MQTT 5: not the messages of this very client");
    app.add_flag("--retain-as-published", retain_as_published, "MQTT 5: the retain flag stays as it was published");
    app.add_option("--retain-handling", retain_handling,
                   "MQTT 5: retained messages are sent always (0), to new subscriptions (1), never (2)")
        ->check(whole_number(0, 2));
}

void BenchArguments::add_to(CLI::App& app) {
    connection.add_to(app);
    app.add_option("-t,--topic", topic, "Topic name; %i becomes the publisher's number")->capture_default_str();
    app.add_option("--publishers", publishers, "Connections that publish")
        ->check(whole_number(0, 10'000))
        ->capture_default_str();
    app.add_option("--subscribers", subscribers, "Connections that receive everything")
        ->check(whole_number(0, 10'000))
        ->capture_default_str();
    app.add_option("-n,--messages", messages, "Messages of each publisher")
        ->check(whole_number(1))
        ->capture_default_str();
    app.add_option("-s,--size", size, "Bytes of each payload, 16 at least")
        ->check(whole_number(16, 16 << 20))
        ->capture_default_str();
    app.add_option("-q,--qos", qos, "QoS both ways")->check(whole_number(0, 2))->capture_default_str();
    app.add_option("--rate", rate, "Messages a second of each publisher; as fast as possible by default")
        ->check(number(0.001, 1e9));
    app.add_option("--window", window, "QoS 1 and 2: unacknowledged messages of each publisher")
        ->check(whole_number(1, 65'535))
        ->capture_default_str();
    app.add_option("-W,--timeout", timeout, "Seconds without progress after which it is given up, with code 27")
        ->check(seconds())
        ->capture_default_str();
}

}  // namespace wsmq::command
